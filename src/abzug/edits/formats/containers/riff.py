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


_EXTENDED = b"VP8X"
_FLAGS = {b"ICCP": 0x20, b"ALPH": 0x10, b"EXIF": 0x08, b"XMP ": 0x04}


def with_beside(file: bytes, *, exif: bytes, xmp: bytes) -> bytes:
    """A WebP with these, behind its picture (RFC 9649, 2.7)."""
    beside = {kind: body for kind, body in ((b"EXIF", exif), (b"XMP ", xmp)) if body}
    if not beside:
        return file
    every = [(one.kind, one.content) for one in read_chunks(file)]
    if every[0][0] != _EXTENDED:
        every.insert(0, (_EXTENDED, _canvas(*every[0])))
    flags = sum(_FLAGS[kind] for kind in beside)
    every[0] = (_EXTENDED, bytes([every[0][1][0] | flags]) + every[0][1][1:])
    return riff(b"WEBP", b"".join(chunk(*one) for one in [*every, *beside.items()]))


def _canvas(kind: bytes, picture: bytes) -> bytes:
    """What is told of a picture that stands alone."""
    if kind == b"VP8L":
        bits = int.from_bytes(picture[1:5], "little")
        width, height, has_alpha = bits & 0x3FFF, bits >> 14 & 0x3FFF, bits >> 28 & 1
    else:
        width, height = (side - 1 & 0x3FFF for side in struct.unpack_from("<HH", picture, 6))
        has_alpha = 0
    sides = width.to_bytes(3, "little") + height.to_bytes(3, "little")
    return struct.pack("<I", _FLAGS[b"ALPH"] * has_alpha) + sides


def riff(form: bytes, chunks: bytes) -> bytes:
    """A file of that form ("WEBP") with these chunks."""
    return chunk(b"RIFF", form + chunks)
