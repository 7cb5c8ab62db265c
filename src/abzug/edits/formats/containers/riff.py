"""The chunks of a RIFF file, which a WebP is."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple


class Chunk(NamedTuple):
    kind: bytes
    content: bytes
    """As far as it lies in the file."""
    end: int
    """Where the next one begins; beyond the file if it is cut off."""


def read_chunks(file: bytes) -> Iterator[Chunk]:
    """The chunks whose beginnings lie in the file."""
    at = 12
    while at + 8 <= len(file):
        (length,) = struct.unpack_from("<I", file, at + 4)
        kind, content = file[at : at + 4], file[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
        yield Chunk(kind, content, at)


def declared_end(file: bytes | memoryview) -> int:
    """Where the file ends by its own word."""
    return 8 + int.from_bytes(file[4:8], "little")


def chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def riff(form: bytes, chunks: bytes) -> bytes:
    """A file of that form ("WEBP") with these chunks."""
    return chunk(b"RIFF", form + chunks)
