"""Canon's CR3: an ISO media file whose tracks are a JPEG and what the sensor counted.

Source: L. Clévy's description of the format (github.com/lclevy/canon_cr3).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from abzug.edits.formats.containers.iso_boxes import boxes, end_of_last, first_of
from abzug.edits.formats.containers.iso_tracks import TABLES, end_of_tracks, inside

_PREVIEW = bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")


def previews(data: memoryview) -> Iterator[memoryview]:
    """The JPEG of a screen's size in a box of its own, and those of tracks, whole or cut off."""
    for body in inside(data, b"uuid"):
        if body[:16] == _PREVIEW:
            for box in inside(body[24:], b"PRVW"):
                yield box[16:][: _number(">I", box, 12)]
    for table in inside(data, b"moov", *TABLES):
        parts = dict(boxes(table))
        start = _number(">Q", parts.get(b"co64", data[:0]), 8)
        sizes = parts.get(b"stsz", data[:0])
        length = _number(">I", sizes, 4) or _number(">I", sizes, 12)
        yield data[start:][:length]


def declared_end(data: bytes | memoryview) -> int:
    """Where the last sample of its tracks ends."""
    view = memoryview(data)
    film, told = first_of(view, b"moov")
    return max(told, end_of_tracks(film)) if film else end_of_last(view)


def sensor_side(data: memoryview) -> int:
    """The longer side of the largest track, in pixels; 0: not to be told."""
    entries = [
        entry for table in inside(data, b"moov", *TABLES) for entry in inside(table, b"stsd")
    ]
    return max((_number(">H", entry, at) for entry in entries for at in (40, 42)), default=0)


def _number(form: str, data: memoryview, at: int) -> int:
    """0 where the data end before it."""
    if at + struct.calcsize(form) > len(data):
        return 0
    (number,) = struct.unpack_from(form, data, at)
    return int(number)
