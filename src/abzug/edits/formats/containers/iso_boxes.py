"""The boxes of an ISO media file (ISO/IEC 14496-12, 4.2), of which HEIF and JPEG XL are made."""

from __future__ import annotations

import struct
from collections.abc import Container, Iterator
from typing import TypeVar

Data = TypeVar("Data", bytes, memoryview)


def boxes(data: Data) -> Iterator[tuple[bytes, Data]]:
    """Kind and content of each box; the last one may be cut off by the end of `data`."""
    for kind, start, end in _spans(data):
        yield kind, data[start : end or len(data)]


def first_of(data: Data, kind: bytes) -> tuple[Data, int]:
    """The content of the first box of that kind, and where it ends; nothing and 0 if there is none,
    and 0 too if it reaches to the end of the file."""
    return next(
        ((data[start : end or len(data)], end) for one, start, end in _spans(data) if one == kind),
        (data[:0], 0),
    )


def end_of(data: bytes | memoryview, kinds: Container[bytes]) -> int:
    """Where the last box of these kinds ends; 0 where there is none, or it reaches to the end of
    the file, wherever that is."""
    return max((end for kind, _, end in _spans(data) if kind in kinds), default=0)


def until(data: bytes | memoryview, place: int) -> int:
    """Where the boxes end that begin before `place`, as far as they lie in the file."""
    ends = [end for _, start, end in _spans(data) if start <= place]
    return min(ends[-1] or len(data), len(data)) if ends else len(data)


def end_of_last(data: bytes | memoryview) -> int:
    """Where the last box ends; 0 where it reaches to the end of the file, or where one is none."""
    end = 0
    for _, _, end in _spans(data):  # noqa: B007  the last one is meant
        pass
    is_last = end + 8 > len(data)
    return end if is_last else 0


def _spans(data: bytes | memoryview) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start of the content and end of each box; the end is 0 where it is that of the file."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if size == 1:
            if start + 8 > len(data):
                return
            (size,) = struct.unpack_from(">Q", data, start)
            start += 8
        if size == 0:
            yield kind, start, 0
            return
        at += size
        if at < start:
            return
        yield kind, start, at
