"""The chunks of a RIFF file, which a WebP is."""

from __future__ import annotations

import struct
from collections.abc import Iterator


def read_chunks(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each chunk; the last one may be cut off by the end of `file`."""
    at = 12
    while at + 8 <= len(file):
        (length,) = struct.unpack_from("<I", file, at + 4)
        yield file[at : at + 4], file[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def riff(form: bytes, chunks: bytes) -> bytes:
    """A file of that form ("WEBP") with these chunks."""
    return chunk(b"RIFF", form + chunks)
