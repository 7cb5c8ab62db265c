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
_XML = "http://www.w3.org/XML/1998/namespace"
_GEO = "http://www.w3.org/2003/01/geo/wgs84_pos#"
_STALE = {
    "orientation",
    "thumbnails",
    "imagewidth",
    "imagelength",
    "pixelxdimension",
    "pixelydimension",
    "hasextendedxmp",
}
"""True of the photo's file as it was, not of the result."""
_STALE_SPACES = {
    "http://ns.adobe.com/hdr-gain-map/1.0/",
    "http://ns.apple.com/HDRGainMap/1.0/",
    "http://ns.google.com/photos/1.0/container/",
    "http://ns.google.com/photos/1.0/depthmap/",
    "http://ns.google.com/photos/1.0/image/",
    "http://ns.google.com/photos/1.0/audio/",
}
"""Of gain maps, depth, sound and other files behind the picture, which a result does not have."""
_STALE_PREFIXES = "microvideo", "motionphoto"
_PACKED = re.compile(r"(?:[A-Za-z0-9+/=_-]{40,}\s*){4}")
"""Bytes as text, as no language has it (base64, hex): mostly a picture of the photo as it was."""
_MAX = 1024 * 1024
_MAX_DEPTH = 64


def without_stale(packet: bytes) -> bytes:
    return _without(packet, _is_stale)


def without_location(packet: bytes) -> bytes:
    return _without(
        packet, lambda space, name: _is_stale(space, name) or _tells_the_place(space, name)
    )


def rights_only(packet: bytes) -> bytes:
    return _without(
        packet, lambda space, name: (space, name) not in _RIGHTS and space not in _RIGHTS_SPACES
    )


def in_ascii(packet: bytes) -> bytes:
    """The same with other characters as references: libvips puts it into a chunk of a PNG that is
    read as Latin-1."""
    return packet.decode(errors="replace").encode("ascii", "xmlcharrefreplace")


def _is_stale(space: str, name: str) -> bool:
    lower = name.lower()
    return lower in _STALE or space in _STALE_SPACES or lower.startswith(_STALE_PREFIXES)


def _tells_the_place(space: str, name: str) -> bool:
    lower = name.lower()
    by_name = lower in _PLACES or any(word in lower for word in ("gps", "latitude", "longitude"))
    return by_name or space == _GEO


def _without(packet: bytes, unwanted: Callable[[str, str], bool]) -> bytes:
    """The packet without the properties whose (namespace, name) is unwanted, at whatever depth.

    Empty if it cannot be read, declares entities, is nested too deeply, or has nothing left: what
    could not be looked through is not handed on.
    """
    packet = packet.strip(b"\0 \t\r\n")
    # in UTF-16, which no format asks for, a document type would not be seen
    if len(packet) > _MAX or any(sign in packet for sign in (b"<!DOCTYPE", b"<!ENTITY", b"\0")):
        return b""
    try:
        document = minidom.parseString(packet)  # noqa: S318  no DTD can come here
    except (ExpatError, ValueError):
        return b""
    root = document.documentElement
    if root is None or _is_too_deep(root):
        return b""
    _clean(root, unwanted)
    if not any(map(_has_properties, document.getElementsByTagNameNS(_RDF, "Description"))):
        return b""
    return root.toxml().encode()


def _is_too_deep(root: minidom.Element) -> bool:
    """Whether a walk through it, which calls itself, could be too much for Python's stack."""
    level = [root]
    for _ in range(_MAX_DEPTH):
        level = [child for element in level for child in _elements(element)]
    return bool(level)


def _clean(element: minidom.Element, unwanted: Callable[[str, str], bool]) -> None:
    """Comments and instructions to programs go too: they may say anything."""
    for node in list(element.childNodes):
        if node.nodeType in {node.COMMENT_NODE, node.PROCESSING_INSTRUCTION_NODE}:
            element.removeChild(node)
    for attribute in _attributes(element):
        is_packed = bool(_PACKED.search(attribute.value))
        if is_packed or unwanted(attribute.namespaceURI or "", attribute.localName):
            element.removeAttributeNode(attribute)
    for child in _elements(element):
        space = child.namespaceURI or ""
        if _PACKED.search(_text(child)) or (space != _RDF and unwanted(space, child.localName)):
            element.removeChild(child)
        else:
            _clean(child, unwanted)


def _has_properties(description: minidom.Element) -> bool:
    return bool(list(_elements(description)) or list(_attributes(description)))


def _text(element: minidom.Element) -> str:
    """Its own, without that of elements in it."""
    return "".join(
        child.data for child in element.childNodes if isinstance(child, minidom.CharacterData)
    )


def _attributes(element: minidom.Element) -> Iterator[minidom.Attr]:
    """Its properties written as attributes; declarations of namespaces and languages are none."""
    every: list[minidom.Attr] = list(element.attributes.values())
    return (one for one in every if one.namespaceURI not in {_XMLNS, _XML, _RDF})


def _elements(element: minidom.Element) -> Iterator[minidom.Element]:
    return (child for child in list(element.childNodes) if child.nodeType == child.ELEMENT_NODE)
