"""Where the items of a HEIF lie in the file (ISO/IEC 14496-12, 8.11), and whether those that make
up its picture are whole, as far as their outer form tells.

libheif leaves green what a tile of a grid lacks, without a word.
"""

from __future__ import annotations

import contextlib
import struct
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from abzug.edits.formats.containers.iso_boxes import boxes

_IN_THE_FILE = 0
"""What an extent's offset counts from; others lie in the box itself, or in another item."""
_MANY = 200_000
"""Extents."""
_MADE_OF, _BESIDE = b"dimg", b"auxl"
"""A grid points to its tiles; opacity, among others, to the picture."""
_HEVC, _AV1 = {b"hvc1", b"hev1"}, {b"av01"}
_ESCAPED = b"\0\0\0", b"\0\0\1", b"\0\0\2"
"""What never stands within a NAL unit (ITU-T H.265, 7.4.2)."""
_HAS_SIZE, _HAS_EXTENSION = 2, 4
"""Flags of an OBU (AV1 Bitstream, 5.3.2)."""
_FRAMES = {3, 6}
"""Its types with a frame's header (6.2.2)."""
_OVERLAP = 4
"""How many times the file may be in its pieces: they hardly ever share a byte."""


class Extent(NamedTuple):
    item: int
    start: int
    end: int
    """Both 0 where it does not lie in the file by itself."""


def end_of_items(meta: memoryview) -> int:
    """Where in the file the last part of a picture ends, or of what is told of one; 0: not to be
    told. `meta` is the content of that box."""
    return max((extent.end for extent in _extents(meta)), default=0)


def lacks_parts(data: memoryview, meta: memoryview) -> bool:
    """Whether one of the pictures that make up the primary one is not there, or no sequence of
    units that fill it."""
    parts = dict(boxes(meta[4:]))
    pieces: dict[int, list[memoryview]] = defaultdict(list)
    for item, start, end in _extents(meta):
        pieces[item].append(data[start:end])
    kinds = _kinds(parts.get(b"iinf", meta[:0]))
    needed = _needed(_primary(parts.get(b"pitm", meta[:0])), parts.get(b"iref", meta[:0]))
    if sum(len(piece) for item in needed for piece in pieces[item]) > _OVERLAP * len(data):
        return True
    for item in needed:
        kind, content = kinds.get(item, b""), b"".join(pieces[item])
        if kind in _HEVC and not _is_of_nal_units(content):
            return True
        if kind in _AV1 and not _is_of_obus(content):
            return True
    return False


def _extents(meta: memoryview) -> list[Extent]:
    found: list[Extent] = []
    iloc = dict(boxes(meta[4:])).get(b"iloc", meta[:0])
    with contextlib.suppress(struct.error):  # what it does not hold the decoder complains about
        found.extend(islice(_read_extents(iloc), _MANY))
    return found


def _read_extents(iloc: memoryview) -> Iterator[Extent]:
    fields = _Fields(iloc)
    version = fields.take(1)
    fields.take(3)
    widths = fields.take(2)
    offset, length, base, index = (widths >> shift & 15 for shift in (12, 8, 4, 0))
    number = 4 if version > 1 else 2
    for _ in range(fields.take(number)):
        item = fields.take(number)
        method = fields.take(2) & 15 if version else _IN_THE_FILE
        fields.take(2)  # in which file
        first = fields.take(base)
        for _ in range(fields.take(2)):
            fields.take(index if version else 0)
            start = first + fields.take(offset)
            end = start + fields.take(length)
            yield Extent(item, start, end) if method == _IN_THE_FILE else Extent(item, 0, 0)


def _primary(pitm: memoryview) -> int:
    return int.from_bytes(pitm[4 : 8 if any(pitm[:1]) else 6])


def _kinds(iinf: memoryview) -> dict[int, bytes]:
    found = {}
    for _, entry in boxes(iinf[8 if any(iinf[:1]) else 6 :]):
        width = 4 if bytes(entry[:1]) == b"\3" else 2
        found[int.from_bytes(entry[4 : 4 + width])] = bytes(entry[6 + width : 10 + width])
    return found


def _needed(primary: int, iref: memoryview) -> set[int]:
    parts_of: dict[int, list[int]] = defaultdict(list)
    width, code = (4, "I") if any(iref[:1]) else (2, "H")
    for kind, row in boxes(iref[4:]):
        source, count = int.from_bytes(row[:width]), int.from_bytes(row[width : width + 2])
        count = min(count, (len(row) - width - 2) // width)
        targets = struct.unpack_from(f">{max(0, count)}{code}", row, width + 2) if count > 0 else ()
        for target in targets:
            if kind == _MADE_OF:
                parts_of[source].append(target)
            elif kind == _BESIDE:
                parts_of[target].append(source)
    found: set[int] = set()
    todo = [primary]
    while todo:
        item = todo.pop()
        if item not in found:
            found.add(item)
            todo += parts_of[item]
    return found


def _is_of_nal_units(content: bytes) -> bool:
    """Each behind its length, of 4 bytes as everybody writes it (ISO/IEC 14496-15)."""
    at = 0
    while at + 4 < len(content):
        size = int.from_bytes(content[at : at + 4])
        at += 4 + size
        if size < 2 or any(content.find(one, at - size, at) >= 0 for one in _ESCAPED):
            return False
    return 0 < at == len(content)


def _is_of_obus(content: bytes) -> bool:
    """Each behind its size, but for the last one, which may do without; one of them a frame."""
    at, has_frame = 0, False
    while at < len(content):
        head = content[at]
        has_frame |= head >> 3 & 15 in _FRAMES
        at += 2 if head & _HAS_EXTENSION else 1
        if head & 0x80 or not head & _HAS_SIZE:
            return has_frame and not head & 0x80
        size = shift = 0
        while at < len(content):
            byte = content[at]
            size, shift, at = size | (byte & 0x7F) << shift, shift + 7, at + 1
            if byte < 0x80 or shift > 56:
                break
        at += size
    return has_frame and at == len(content)


class _Fields:
    """Numbers one after the other. Raises struct.error behind the last one."""

    def __init__(self, data: memoryview) -> None:
        self._data, self._at = data, 0

    def take(self, width: int) -> int:
        """One of so many bytes; without any it is 0."""
        end = self._at + width
        if end > len(self._data):
            raise struct.error("the box ends within a number")
        taken = self._data[self._at : end]
        self._at = end
        return int.from_bytes(taken)
