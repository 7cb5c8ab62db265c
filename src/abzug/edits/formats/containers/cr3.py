"""Canon's CR3: an ISO media file whose tracks are a JPEG and what the sensor counted.

Source: L. Clévy's description of the format (github.com/lclevy/canon_cr3).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice

from abzug.edits.formats.containers.iso_boxes import boxes

_PREVIEW = bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")
_TABLES = b"moov", b"trak", b"mdia", b"minf", b"stbl"
_MANY = 16
"""Boxes within one: there are not more than ten."""


def previews(data: memoryview) -> Iterator[memoryview]:
    """The JPEG of a screen's size in a box of its own, and those of tracks, whole or cut off."""
    for body in _inside(data, b"uuid"):
        if body[:16] == _PREVIEW:
            for box in _inside(body[24:], b"PRVW"):
                yield box[16:][: _number(">I", box, 12)]
    for table in _inside(data, *_TABLES):
        parts = dict(islice(boxes(table), _MANY))
        start = _number(">Q", parts.get(b"co64", data[:0]), 8)
        sizes = parts.get(b"stsz", data[:0])
        length = _number(">I", sizes, 4) or _number(">I", sizes, 12)
        yield data[start:][:length]


def sensor_side(data: memoryview) -> int:
    """The longer side of the largest track, in pixels; 0: not to be told."""
    entries = [entry for table in _inside(data, *_TABLES) for entry in _inside(table, b"stsd")]
    return max((_number(">H", entry, at) for entry in entries for at in (40, 42)), default=0)


def _inside(data: memoryview, kind: bytes, *path: bytes) -> Iterator[memoryview]:
    """The contents of all boxes of that kind, or of those on that path."""
    for found, body in islice(boxes(data), _MANY):
        if found == kind and path:
            yield from _inside(body, *path)
        elif found == kind:
            yield body


def _number(form: str, data: memoryview, at: int) -> int:
    """0 where the data end before it."""
    if at + struct.calcsize(form) > len(data):
        return 0
    (number,) = struct.unpack_from(form, data, at)
    return int(number)
