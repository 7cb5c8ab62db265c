"""Where the items of a HEIF lie in the file (ISO/IEC 14496-12, 8.11.3)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice

from abzug.edits.formats.containers.iso_boxes import boxes

_IN_THE_FILE = 0
"""What an extent's offset counts from; others lie in the box itself, or in another item."""
_MANY = 200_000
"""Extents."""


def end_of_items(meta: memoryview) -> int:
    """Where in the file the last part of a picture ends, or of what is told of one; 0: not to be
    told. `meta` is the content of that box."""
    iloc = dict(boxes(meta[4:])).get(b"iloc", meta[:0])
    end = 0
    try:
        for extent_end in islice(_extent_ends(iloc), _MANY):
            end = max(end, extent_end)
    except struct.error:
        pass  # what the box does not hold is the decoder's to complain about
    return end


def _extent_ends(iloc: memoryview) -> Iterator[int]:
    """0 of those that do not lie in the file by themselves."""
    fields = _Fields(iloc)
    version = fields.take(1)
    fields.take(3)
    widths = fields.take(2)
    offset, length, base, index = (widths >> shift & 15 for shift in (12, 8, 4, 0))
    number = 4 if version > 1 else 2
    for _ in range(fields.take(number)):
        fields.take(number)
        method = fields.take(2) & 15 if version else _IN_THE_FILE
        fields.take(2)  # in which file
        start = fields.take(base)
        for _ in range(fields.take(2)):
            fields.take(index if version else 0)
            end = start + fields.take(offset) + fields.take(length)
            yield end if method == _IN_THE_FILE else 0


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
