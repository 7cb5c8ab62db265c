"""The chunks of a PNG (third edition, 5.3)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_CHUNKS = 1_000_000
"""Those of the pixels have some KiB each."""


class Chunk(NamedTuple):
    kind: bytes
    content: memoryview
    """As far as it lies in the file."""
    length: int
    """Of the content, by its own word."""
    end: int
    """Behind its checksum, where the next one begins; beyond the file if it is cut off."""


def chunks(data: bytes | memoryview) -> Iterator[Chunk]:
    """The chunks whose beginnings lie in `data`, which begins a PNG."""
    view, at = memoryview(data), len(SIGNATURE)
    for _ in range(_MAX_CHUNKS):
        if at + 8 > len(view):
            return
        length, kind = struct.unpack_from(">I4s", view, at)
        end = at + 12 + length
        yield Chunk(kind, view[at + 8 : at + 8 + length], length, end)
        at = end


def before_pixels(data: bytes | memoryview) -> Iterator[Chunk]:
    return takewhile(lambda chunk: chunk.kind != b"IDAT", chunks(data))


def is_damaged(data: bytes | memoryview, kind: bytes) -> bool:
    """Whether the first chunk of that kind before the pixels is not what its checksum says.

    libpng leaves such out of account, except for a profile, of which it takes what it can unpack.
    """
    first = next((chunk for chunk in before_pixels(data) if chunk.kind == kind), None)
    if first is None:
        return False
    told = int.from_bytes(data[first.end - 4 : first.end])
    return told != zlib.crc32(first.content, zlib.crc32(kind))


def declared_end(data: bytes | memoryview) -> int:
    """Where the last chunk ends, as far as the chunks tell; 0 where one of them is none."""
    end = len(SIGNATURE)
    for chunk in chunks(data):
        if not chunk.kind.isalpha():
            return 0
        end = chunk.end
        if chunk.kind == b"IEND":
            break
    return end


def chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(content, zlib.crc32(kind))
    return struct.pack(">I4s", len(content), kind) + content + struct.pack(">I", check)
