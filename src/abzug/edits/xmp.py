"""XMP: properties taken out of a packet, the rest left as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.dom import minidom
from xml.parsers.expat import ExpatError

_PLACES = {
    "location",
    "locationcreated",
    "locationshown",
    "sublocation",
    "city",
    "state",
    "province",
    "provincestate",
    "country",
    "countrycode",
    "countryname",
    "worldregion",
}
_RIGHTS = {
    ("http://purl.org/dc/elements/1.1/", "creator"),
    ("http://purl.org/dc/elements/1.1/", "rights"),
    ("http://ns.adobe.com/photoshop/1.0/", "Credit"),
    ("http://ns.adobe.com/photoshop/1.0/", "AuthorsPosition"),
    ("http://ns.adobe.com/tiff/1.0/", "Artist"),
    ("http://ns.adobe.com/tiff/1.0/", "Copyright"),
}
_RIGHTS_SPACES = {
    "http://ns.adobe.com/xap/1.0/rights/",
    "http://ns.useplus.org/ldf/xmp/1.0/",
}
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XMLNS = "http://www.w3.org/2000/xmlns/"
_STALE = {"orientation", "thumbnails", "imagewidth", "imagelength"}
"""True of the photo as it was, not of the result."""
_PACKED = re.compile(r"(?:[A-Za-z0-9+/=_-]{40,}\s*){4}")
"""Bytes as text, as no language has it (base64, hex): mostly a picture of the photo as it was."""
_MAX = 1024 * 1024


def without_stale(packet: bytes) -> bytes:
    return _without(packet, lambda _, name: name.lower() in _STALE)


def without_location(packet: bytes) -> bytes:
    return _without(packet, lambda _, name: name.lower() in _STALE or _tells_the_place(name))


def rights_only(packet: bytes) -> bytes:
    return _without(
        packet, lambda space, name: (space, name) not in _RIGHTS and space not in _RIGHTS_SPACES
    )


def in_ascii(packet: bytes) -> bytes:
    """The same with other characters as references: libvips puts it into a chunk of a PNG that is
    read as Latin-1."""
    return packet.decode(errors="replace").encode("ascii", "xmlcharrefreplace")


def _tells_the_place(name: str) -> bool:
    lower = name.lower()
    return lower in _PLACES or any(word in lower for word in ("gps", "latitude", "longitude"))


def _without(packet: bytes, unwanted: Callable[[str, str], bool]) -> bytes:
    """The packet without the properties whose (namespace, name) is unwanted.

    Empty if it cannot be read, declares entities, or has nothing left: what could not be looked
    through is not handed on.
    """
    if len(packet) > _MAX or b"<!DOCTYPE" in packet or b"<!ENTITY" in packet:
        return b""
    try:
        document = minidom.parseString(packet.strip(b"\0 \t\r\n"))  # noqa: S318  no DTD can come here
    except (ExpatError, ValueError):
        return b""
    descriptions = document.getElementsByTagNameNS(_RDF, "Description")
    for description in descriptions:
        _clean(description, unwanted)
    if not any(map(_has_properties, descriptions)):
        return b""
    root = document.documentElement
    return root.toxml().encode() if root else b""


def _clean(description: minidom.Element, unwanted: Callable[[str, str], bool]) -> None:
    for attribute in _attributes(description):
        is_packed = bool(_PACKED.search(attribute.value))
        if is_packed or unwanted(attribute.namespaceURI or "", attribute.localName):
            description.removeAttributeNode(attribute)
    for child in _elements(description):
        is_packed = any(map(_PACKED.search, _texts(child)))
        if is_packed or unwanted(child.namespaceURI or "", child.localName):
            description.removeChild(child)


def _has_properties(description: minidom.Element) -> bool:
    return bool(list(_elements(description)) or list(_attributes(description)))


def _texts(element: minidom.Element) -> Iterator[str]:
    """Of all that is in it."""
    yield from (one.value for one in _attributes(element))
    yield "".join(
        child.data for child in element.childNodes if isinstance(child, minidom.CharacterData)
    )
    for child in _elements(element):
        yield from _texts(child)


def _attributes(element: minidom.Element) -> Iterator[minidom.Attr]:
    """Its properties written as attributes; declarations of namespaces are none."""
    every: list[minidom.Attr] = list(element.attributes.values())
    return (one for one in every if one.namespaceURI not in {_XMLNS, _RDF})


def _elements(element: minidom.Element) -> Iterator[minidom.Element]:
    return (child for child in list(element.childNodes) if child.nodeType == child.ELEMENT_NODE)
