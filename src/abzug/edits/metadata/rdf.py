"""The XML of an XMP packet (XMP part 1, ISO 16684-1, 7): looked through, changed, written anew.

A property is an attribute or an element, whichever a program likes; a structure's fields stand in
its element, in a Description within, or in its attributes.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.dom import minidom
from xml.parsers.expat import ExpatError

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XMLNS = "http://www.w3.org/2000/xmlns/"
_XML = "http://www.w3.org/XML/1998/namespace"
_MAX = 1024 * 1024
_MAX_DEPTH = 64
_LISTS = {"Bag", "Seq", "Alt"}

Element = minidom.Element
Node = minidom.Element | minidom.Attr


def root_of(packet: bytes) -> Element | None:
    """None if it cannot be read, declares entities, or is nested too deeply: what could not be
    looked through is not handed on. Comments and instructions to programs are gone: they may say
    anything."""
    packet = packet.strip(b"\0 \t\r\n")
    # in UTF-16, which no format asks for, a document type would not be seen
    if len(packet) > _MAX or any(sign in packet for sign in (b"<!DOCTYPE", b"<!ENTITY", b"\0")):
        return None
    try:
        document = minidom.parseString(packet)  # noqa: S318  no DTD can come here
    except (ExpatError, ValueError):
        return None
    root = document.documentElement
    if root is None or _is_too_deep(root):
        return None
    _without_remarks(root)
    return root


def written(root: Element) -> bytes:
    """Empty if there is no property left in it."""
    has_any = any(next(properties(one), None) for one in descriptions(root))
    return root.toxml().encode() if has_any else b""


def descriptions(root: Element) -> list[Element]:
    """Those of the file, which hold its properties; not those within one."""
    every = root.getElementsByTagNameNS(RDF, "Description")
    return [one for one in every if _is(one.parentNode, "RDF")]


def properties(element: Element) -> Iterator[Node]:
    """Those that stand in it: declarations of namespaces and languages are none."""
    yield from attributes(element)
    yield from elements(element)


def attributes(element: Element) -> Iterator[minidom.Attr]:
    every: list[minidom.Attr] = list(element.attributes.values())
    return (one for one in every if one.namespaceURI not in {_XMLNS, _XML, RDF})


def elements(element: Element) -> Iterator[Element]:
    return (child for child in list(element.childNodes) if child.nodeType == child.ELEMENT_NODE)


def every_element(root: Element) -> Iterator[Element]:
    yield root
    for child in elements(root):
        yield from every_element(child)


def named(root: Element, space: str, name: str) -> list[Element]:
    return list(root.getElementsByTagNameNS(space, name))


def own_text(element: Element) -> str:
    """Without that of elements in it."""
    return "".join(
        child.data for child in element.childNodes if isinstance(child, minidom.CharacterData)
    )


def items(element: Element) -> list[Element]:
    """The members of a list; those of its alternatives too."""
    lists = [child for child in elements(element) if child.localName in _LISTS]
    return [item for one in lists for item in elements(one) if _is(item, "li")]


def fields(structure: Element) -> dict[tuple[str, str], Node]:
    """By namespace and name, wherever they stand in it."""
    inner = [one for one in elements(structure) if _is(one, "Description")]
    every = [node for one in (structure, *inner) for node in properties(one)]
    return {
        (node.namespaceURI or "", node.localName or ""): node
        for node in every
        if not _is(node, "Description")
    }


def text_of(node: Node | None) -> str:
    if node is None:
        return ""
    return (node.value if isinstance(node, minidom.Attr) else own_text(node)).strip()


def number_of(node: Node | None) -> float | None:
    return number_in(text_of(node))


def number_in(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < 1e9 else None  # no infinity, nothing that is none


def set_text(node: Node, text: str) -> None:
    if isinstance(node, minidom.Attr):
        node.value = text
        return
    for child in list(node.childNodes):
        node.removeChild(child)
    node.appendChild(minidom.Document().createTextNode(text))


def remove(node: Node) -> None:
    if isinstance(node, minidom.Attr):
        if node.ownerElement is not None:
            node.ownerElement.removeAttributeNode(node)
    elif node.parentNode is not None:
        node.parentNode.removeChild(node)


def number(value: float) -> str:
    """As people write it, with six places."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _is(node: minidom.Node | None, name: str) -> bool:
    return isinstance(node, minidom.Element) and (node.namespaceURI, node.localName) == (RDF, name)


def _is_too_deep(root: Element) -> bool:
    """Whether a walk through it, which calls itself, could be too much for Python's stack."""
    level = [root]
    for _ in range(_MAX_DEPTH):
        level = [child for element in level for child in elements(element)]
    return bool(level)


def _without_remarks(root: Element) -> None:
    for element in every_element(root):
        for node in list(element.childNodes):
            if node.nodeType in {node.COMMENT_NODE, node.PROCESSING_INSTRUCTION_NODE}:
                element.removeChild(node)
