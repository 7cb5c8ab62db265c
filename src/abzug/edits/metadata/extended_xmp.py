"""XMP of more than a JPEG's segment holds (XMP part 3, ISO 16684-3, 1.1.3.1).

A first packet stands as usual, and names the digest of a second one, which stands in as many
segments as it needs: name, digest, whole length, offset, and a part.
"""

from __future__ import annotations

import hashlib
import struct
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from abzug.edits.metadata import rdf
from abzug.edits.metadata.properties import XMP_NOTE

SIGNATURE = b"http://ns.adobe.com/xmp/extension/\0"
_HEAD = len(SIGNATURE) + 32 + 8
_PART = 65_400
_MOST = 1024 * 1024
"""Bytes: more are depth maps and other pictures, which a result does not have."""


class Split(NamedTuple):
    packet: bytes
    segments: tuple[bytes, ...] = ()


def split(packet: bytes, longest: int) -> Split:
    """The packet, if it is no longer; or a shorter one and the segments of what it had besides."""
    root, rest = rdf.root_of(packet), rdf.root_of(packet)
    if len(packet) <= longest or root is None or rest is None:
        return Split(packet)
    every = [node for one in rdf.descriptions(root) for node in rdf.elements(one)]
    others = [node for one in rdf.descriptions(rest) for node in rdf.elements(one)]
    sizes = [len(node.toxml().encode()) for node in every]
    over, moved = len(packet) + 200 - longest, set()
    for index in sorted(range(len(every)), key=lambda index: -sizes[index]):
        if over <= 0:
            break
        over -= sizes[index]
        moved.add(index)
    if over > 0:
        return Split(b"")
    for index, (here, there) in enumerate(zip(every, others, strict=True)):
        rdf.remove(here if index in moved else there)
    for one in rdf.descriptions(rest):
        for attribute in list(rdf.attributes(one)):
            rdf.remove(attribute)
    extension = rest.toxml().encode()
    digest = hashlib.md5(extension, usedforsecurity=False).hexdigest().upper()
    first = rdf.descriptions(root)[0]
    first.setAttribute("xmlns:xmpNote", XMP_NOTE)
    first.setAttributeNS(XMP_NOTE, "xmpNote:HasExtendedXMP", digest)
    return Split(root.toxml().encode(), _segments(extension, digest.encode()))


def _segments(extension: bytes, digest: bytes) -> tuple[bytes, ...]:
    return tuple(
        SIGNATURE + digest + struct.pack(">II", len(extension), at) + extension[at : at + _PART]
        for at in range(0, len(extension), _PART)
    )


def joined(packet: bytes, segments: Iterable[bytes]) -> bytes:
    """The packet with what its segments hold besides, if they are whole and its own."""
    parts: dict[bytes, dict[int, bytes]] = defaultdict(dict)
    lengths: dict[bytes, int] = {}
    for segment in segments:
        if not segment.startswith(SIGNATURE) or len(segment) < _HEAD:
            continue
        digest = segment[len(SIGNATURE) : len(SIGNATURE) + 32]
        lengths[digest], at = struct.unpack_from(">II", segment, _HEAD - 8)
        parts[digest][at] = segment[_HEAD:]
    digest = _named_digest(packet) if parts else b""
    if digest not in parts or lengths[digest] > _MOST:
        return packet
    extension = _whole(parts[digest])
    found = hashlib.md5(extension, usedforsecurity=False).hexdigest().upper().encode()
    if len(extension) != lengths[digest] or found != digest.upper():
        return packet
    return merged(packet, extension)


def _named_digest(packet: bytes) -> bytes:
    root = rdf.root_of(packet)
    every = rdf.descriptions(root) if root is not None else []
    found = [rdf.fields(one).get((XMP_NOTE, "HasExtendedXMP")) for one in every]
    return next((rdf.text_of(node).encode() for node in found if node is not None), b"")


def _whole(parts: dict[int, bytes]) -> bytes:
    """The parts in their order, as far as there is no gap."""
    whole = b""
    for at in sorted(parts):
        if at != len(whole):
            break
        whole += parts[at]
    return whole


def merged(packet: bytes, other: bytes) -> bytes:
    """A packet with the properties of another one that it does not have itself."""
    root, more = rdf.root_of(packet), rdf.root_of(other)
    if more is None:
        return packet
    if root is None:
        return other
    mine = rdf.descriptions(root)
    has = {(node.namespaceURI, node.localName) for one in mine for node in rdf.properties(one)}
    for one in rdf.descriptions(more):
        for node in list(rdf.properties(one)):
            if (node.namespaceURI, node.localName) in has:
                rdf.remove(node)
        if mine and mine[0].parentNode is not None and next(rdf.properties(one), None) is not None:
            moved = _with_spaces(one)
            mine[0].parentNode.appendChild(moved)
    return root.toxml().encode()


def _with_spaces(description: rdf.Element) -> rdf.Element:
    """With the declarations of prefixes that it would leave behind."""
    above = description.parentNode
    while isinstance(above, rdf.Element):
        for name, value in above.attributes.items():
            if name.startswith("xmlns") and not description.hasAttribute(name):
                description.setAttribute(name, value)
        above = above.parentNode
    return description
