"""IPTC-IIM, the oldest of the three kinds of metadata: data sets in a JPEG or a TIFF.

Each is `1C record number length bytes` (IPTC-IIM 4.2). A TIFF holds them as they are; a JPEG's
block is a list of Photoshop's resources, of which number 0x0404 holds them (Adobe's Photoshop File
Formats, "Image resources").
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Iterator

from abzug.edits.metadata.properties import IPTC_PLACES, IPTC_PREVIEW
from abzug.edits.metadata.text import decoded
from abzug.edits.metadata.words import is_place_tag, tells_coordinates, words_of

KEYWORD, BYLINE, CREDIT, COPYRIGHT = 25, 80, 110, 116
TIFF_TAG = 33723

_HEADER = b"Photoshop 3.0\0"
_DATA_SETS = 0x0404
_CHARACTER_SET = (1, 90)
_UTF_8 = b"\x1b%G"
_LONGEST = 0x8000
"""From there on, a length is that of a length."""
_BINARY = {0}
"""Data sets of record 2 that are no text: its version."""

DataSet = tuple[int, int, bytes]
"""Record, number, value."""


def read_iptc(block: bytes) -> list[DataSet]:
    """The data sets of a JPEG's block or a TIFF's tag, their text in UTF-8; those behind a damage
    are left out, and a preview."""
    if block.startswith(b"\x1c"):
        found = list(_sets(block))
    else:
        bodies = [body for kind, body in _resources(block) if kind == _DATA_SETS]
        found = [one for body in bodies for one in _sets(body)]
    return in_utf_8([one for one in found if one[0] != 2 or one[1] not in IPTC_PREVIEW])


def joined(segments: Iterable[bytes]) -> bytes:
    """The block of a JPEG, which may be spread over several segments."""
    parts = [one.removeprefix(_HEADER) for one in segments if one.startswith(_HEADER)]
    return _HEADER + b"".join(parts) if parts else b""


def in_utf_8(sets: list[DataSet]) -> list[DataSet]:
    """What names no character set is in Latin-1, as programs before 2000 had it, unless it is
    valid in UTF-8 (MWG, Guidelines for Handling Image Metadata 2.0, 5.3)."""
    new = [
        (record, number, raw if record != 2 or number in _BINARY else _text(raw))
        for record, number, raw in sets
    ]
    is_plain = all(raw.isascii() for record, number, raw in new if record == 2)
    if is_plain or (*_CHARACTER_SET, _UTF_8) in new:
        return new
    return [(*_CHARACTER_SET, _UTF_8), *(one for one in new if one[:2] != _CHARACTER_SET)]


def _text(raw: bytes) -> bytes:
    return decoded(raw).encode()


def without_location(sets: list[DataSet]) -> list[DataSet]:
    """Without data sets of places, nor such as hold coordinates, nor keywords of places."""
    tags = [decoded(raw) for record, number, raw in sets if (record, number) == (2, KEYWORD)]
    places = {tag for tag in tags if is_place_tag(tag)}
    forgotten = {*places, *(word for tag in places for word in words_of(tag))}
    kept = [
        one
        for one in sets
        if one[0] != 2 or (one[1] not in IPTC_PLACES and not tells_coordinates(one[2]))
    ]
    return without_keywords(kept, forgotten)


def without_keywords(sets: list[DataSet], forgotten: Collection[str]) -> list[DataSet]:
    return [one for one in sets if one[:2] != (2, KEYWORD) or decoded(one[2]) not in forgotten]


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
    return b"".join(
        struct.pack(">BBBH", 0x1C, *one[:2], len(one[2])) + one[2]
        for one in sets
        if len(one[2]) < _LONGEST
    )


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
        if length >= _LONGEST or at + 5 + length > len(body):
            return
        yield record, number, body[at + 5 : at + 5 + length]
        at += 5 + length
