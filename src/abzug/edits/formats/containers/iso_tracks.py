"""Where the samples of an ISO media file's tracks lie in it (ISO/IEC 14496-12, 8.7)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from abzug.edits.formats.containers.iso_boxes import boxes

TABLES = b"trak", b"mdia", b"minf", b"stbl"
"""The path within `moov` to what tells where samples are."""
_MANY_BOXES, _MANY = 64, 1_000_000
"""Boxes within one; samples of a track."""


def inside(data: memoryview, kind: bytes, *path: bytes) -> Iterator[memoryview]:
    """The contents of all boxes of that kind, or of those on that path."""
    for found, body in islice(boxes(data), _MANY_BOXES):
        if found == kind and path:
            yield from inside(body, *path)
        elif found == kind:
            yield body


def end_of_tracks(moov: memoryview) -> int:
    """Where in the file the last sample of all tracks ends; 0: not to be told."""
    return max((end for table in inside(moov, *TABLES) for end in _chunk_ends(table)), default=0)


def _chunk_ends(table: memoryview) -> Iterator[int]:
    parts, nothing = dict(islice(boxes(table), _MANY_BOXES)), table[:0]
    starts = _rows(parts.get(b"stco", nothing)[4:], "I") or _rows(
        parts.get(b"co64", nothing)[4:], "Q"
    )
    sizes = _sizes(parts.get(b"stsz", nothing)[4:])
    at = 0
    for start, count in zip(
        starts, _counts(parts.get(b"stsc", nothing), len(starts)), strict=False
    ):
        yield start + sum(sizes[at : at + count])
        at += count


def _counts(body: memoryview, chunks: int) -> Iterator[int]:
    """Samples in each chunk: a row tells of those from its chunk up to the next row's;
    without any there is one in each."""
    numbers = _rows(body[4:], "I", 3) or (1, 1, 1)
    runs = [*zip(numbers[::3], numbers[1::3], strict=True), (chunks + 1, 0)]
    for (first, count), (following, _) in pairwise(runs):
        yield from (count for _ in range(first, min(following, chunks + 1)))


def _sizes(body: memoryview) -> Sequence[int]:
    """Of each sample: one for all, or else one by one."""
    if len(body) < 8:
        return ()
    each, count = struct.unpack_from(">II", body)
    return [each] * min(count, _MANY) if each else _rows(body[4:], "I")


def _rows(body: memoryview, code: str, across: int = 1) -> Sequence[int]:
    """The numbers of a table behind the count of its rows, as far as they are there."""
    size = across * struct.calcsize(f">{code}")
    count = min(int.from_bytes(body[:4]), max(0, len(body) - 4) // size, _MANY)
    return struct.unpack_from(f">{count * across}{code}", body, 4) if count else ()
