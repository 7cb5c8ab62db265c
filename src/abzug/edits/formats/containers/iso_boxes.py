"""The boxes of an ISO media file (ISO/IEC 14496-12, 4.2), of which HEIF and JPEG XL are made."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TypeVar

Data = TypeVar("Data", bytes, memoryview)


def boxes(data: Data) -> Iterator[tuple[bytes, Data]]:
    """Kind and content of each box; the last one may be cut off by the end of `data`."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, start)
            start += 8
        end = at + size if size else len(data)
        if end < start:
            return
        yield kind, data[start:end]
        at = end
