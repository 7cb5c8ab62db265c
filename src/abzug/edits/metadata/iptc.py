"""IPTC-IIM, the oldest of the three kinds of metadata: data sets in a JPEG or a TIFF.

Each is `1C record number length bytes` (IPTC-IIM 4.2). A TIFF holds them as they are; a JPEG's
block is a list of Photoshop's resources, of which number 0x0404 holds them (Adobe's Photoshop File
Formats, "Image resources").
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

BYLINE, CREDIT, COPYRIGHT = 80, 110, 116
TIFF_TAG = 33723

_HEADER = b"Photoshop 3.0\0"
_DATA_SETS = 0x0404
_CHARACTER_SET = (1, 90)
_PLACES = {26, 27, 90, 92, 95, 100, 101}
"""Content location, city, sub-location, province, country."""

_PREVIEW = {200, 201, 202}
"""Its format, the version of that, and the preview: the photo as it was before the edits."""

DataSet = tuple[int, int, bytes]
"""Record, number, value."""


def read_iptc(block: bytes) -> list[DataSet]:
    """The data sets of a JPEG's block or a TIFF's tag; those behind a damage are left out,
    and a preview."""
    if block.startswith(b"\x1c"):
        found = list(_sets(block))
    else:
        bodies = [body for kind, body in _resources(block) if kind == _DATA_SETS]
        found = [one for body in bodies for one in _sets(body)]
    return [one for one in found if one[0] != 2 or one[1] not in _PREVIEW]


def without_location(sets: list[DataSet]) -> list[DataSet]:
    return [one for one in sets if one[0] != 2 or one[1] not in _PLACES]


def rights_only(sets: list[DataSet]) -> list[DataSet]:
    rights = [one for one in sets if one[0] == 2 and one[1] in {BYLINE, CREDIT, COPYRIGHT}]
    return [one for one in sets if one[:2] == _CHARACTER_SET] + rights if rights else []


def value(sets: list[DataSet], number: int) -> bytes:
    """The first value of a number in record 2, or nothing."""
    return next((raw for record, found, raw in sets if (record, found) == (2, number)), b"")


def write_iptc(sets: list[DataSet]) -> bytes:
    """A block with these data sets and no other resource: those are previews of what was."""
    if not sets:
        return b""
    body = write_sets(sets)
    resource = struct.pack(">4sHHI", b"8BIM", _DATA_SETS, 0, len(body))
    return _HEADER + resource + body + b"\0" * (len(body) % 2)


def write_sets(sets: list[DataSet]) -> bytes:
    """The data sets as a TIFF holds them."""
    return b"".join(struct.pack(">BBBH", 0x1C, *one[:2], len(one[2])) + one[2] for one in sets)


def _resources(block: bytes) -> Iterator[tuple[int, bytes]]:
    at = len(_HEADER) if block.startswith(_HEADER) else 0
    while block[at : at + 4] == b"8BIM" and at + 12 <= len(block):
        kind, name_length = struct.unpack_from(">HB", block, at + 4)
        at += 6 + (name_length + 2) // 2 * 2
        if at + 4 > len(block):
            return
        (length,) = struct.unpack_from(">I", block, at)
        yield kind, block[at + 4 : at + 4 + length]
        at += 4 + length + length % 2


def _sets(body: bytes) -> Iterator[DataSet]:
    at = 0
    while at + 5 <= len(body) and body[at] == 0x1C:
        record, number, length = struct.unpack_from(">BBH", body, at + 1)
        if length >= 0x8000 or at + 5 + length > len(body):
            return
        yield record, number, body[at + 5 : at + 5 + length]
        at += 5 + length
