"""Fujifilm's RAF: a header that says where a JPEG and what the sensor counted are.

Source: ExifTool's reader of the format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_PARTS = 84
"""Where the header has offset and length of the JPEG, of the notes on the sensor, and of what it
counted, in big-endian order."""
_HEADER = struct.Struct(">6I")
_FULL_SIZE = 0x100
_MANY = 256


def parts(data: bytes | memoryview) -> list[tuple[int, int]]:
    """Offset and length of the JPEG, the notes and the counts; none if the header is cut off."""
    if len(data) < _PARTS + _HEADER.size:
        return []
    numbers = _HEADER.unpack_from(data, _PARTS)
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def declared_end(data: bytes | memoryview) -> int:
    """Where the last of the three ends, by the header's word."""
    return max((start + length for start, length in parts(data)), default=0)


def previews(data: memoryview) -> Iterator[memoryview]:
    for start, length in parts(data)[:1]:
        yield data[start:][:length]


def sensor_side(data: memoryview) -> int:
    """The longer side of the sensor, in pixels; 0: not to be told."""
    found = parts(data)
    if not found:
        return 0
    start, length = found[1]
    notes = data[start:][:length]
    at = 4
    for _ in range(_MANY):
        if at + 8 > len(notes):
            break
        tag, size, height, width = struct.unpack_from(">4H", notes, at)
        if tag == _FULL_SIZE:
            return int(max(width, height))
        at += 4 + size
    return 0
