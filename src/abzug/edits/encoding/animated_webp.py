"""An animated WebP put together from still ones (RFC 9649, 2.7).

libwebp's own animation encoder leaves out frames that equal the one before, and adds their time to
it; here every frame of the original is one of the result.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator, Sequence

import numpy as np

from abzug.edits.decoding.animation import Motion
from abzug.edits.formats.containers.riff import chunk, read_chunks, riff
from abzug.edits.pixels.arrays import Pixels
from abzug.edits.sizes import Box

_OVERWRITE = 2
"""Of a frame's flags: its pixels replace those before, transparent ones too."""
_MOVES, _ALPHA = 0x02, 0x10
_FLAGS = {b"ICCP": 0x20, b"EXIF": 0x08, b"XMP ": 0x04}
_PICTURE = {b"ALPH", b"VP8 ", b"VP8L"}
_LONGEST = 2**24 - 1


def changes(frames: Sequence[Pixels]) -> Iterator[Box]:
    """What of each frame differs from the one before: all of the first, and never nothing.

    Left and top are even, as the format wants them.
    """
    height, width = frames[0].shape[:2]
    yield 0, 0, width, height
    for before, after in itertools.pairwise(frames):
        changed = (before != after).any(axis=2)
        left, right = _span(changed.any(axis=0))
        top, bottom = _span(changed.any(axis=1))
        yield left, top, right - left, bottom - top


def _span(changed: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[int, int]:
    places = np.flatnonzero(changed)
    return (int(places[0]) & ~1, int(places[-1]) + 1) if places.size else (0, 1)


def animated_webp(
    stills: Sequence[bytes], boxes: Sequence[Box], motion: Motion, *, has_alpha: bool
) -> bytes:
    """One file of stills, each of which is a part of its frame: its box, the first all of it.

    Color profile and metadata are those of the first.
    """
    _, _, width, height = boxes[0]
    beside = {one.kind: one.content for one in read_chunks(stills[0]) if one.kind in _FLAGS}
    flags = _MOVES | (_ALPHA if has_alpha else 0) | sum(_FLAGS[kind] for kind in beside)
    canvas = struct.pack("<I", flags) + _number(width - 1) + _number(height - 1)
    chunks = chunk(b"VP8X", canvas)
    if b"ICCP" in beside:
        chunks += chunk(b"ICCP", beside.pop(b"ICCP"))
    chunks += chunk(b"ANIM", bytes(4) + struct.pack("<H", min(motion.loop, 0xFFFF)))
    frames = [
        chunk(b"ANMF", _frame(still, box, delay))
        for still, box, delay in zip(stills, boxes, motion.delays, strict=True)
    ]
    after = [chunk(kind, body) for kind, body in sorted(beside.items())]
    return riff(b"WEBP", b"".join([chunks, *frames, *after]))


def _frame(still: bytes, box: Box, delay: int) -> bytes:
    left, top, width, height = box
    numbers = left // 2, top // 2, width - 1, height - 1, min(max(0, delay), _LONGEST)
    head = b"".join(map(_number, numbers)) + bytes([_OVERWRITE])
    picture = [chunk(one.kind, one.content) for one in read_chunks(still) if one.kind in _PICTURE]
    return head + b"".join(picture)


def _number(value: int) -> bytes:
    return value.to_bytes(3, "little")
