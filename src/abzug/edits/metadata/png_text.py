"""The text in a PNG: keyword and value, in chunks of three kinds (PNG, third edition, 11.3.3)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping

from abzug.edits.on_disk import File, joined

_START = b"\x89PNG\r\n\x1a\n"
_BEHIND_HEADER = len(_START) + 25
_MAX = 2000
"""Characters of a value; what is longer is cut off, before it is unpacked."""
_MAX_CHUNKS = 100_000
"""Looked at; those of the pixels have some KiB each."""
_WORDS = {"Title", "Author", "Description", "Copyright", "Creation Time", "Source", "Comment"}
"""Keywords of the standard that are about the photo. Others may hold anything, EXIF with the place
among it."""


def read_text(data: bytes | memoryview) -> dict[str, str]:
    """The values of known keywords; those that are damaged are left out."""
    found: dict[str, str] = {}
    for kind, body in _chunks(memoryview(data)):
        raw_word, _, rest = bytes(body[: 20 * _MAX]).partition(b"\0")
        word = raw_word.decode("latin-1")
        value = _value(kind, rest) if word in _WORDS else ""
        if value.strip():
            found.setdefault(word, value[:_MAX])
    return found


def with_text(file: File, text: Mapping[str, str]) -> File:
    """A PNG with these keywords and values, in chunks that hold any character."""
    if not text:
        return file
    whole = memoryview(file)  # its slices are no copies, and a PNG may be large
    chunks = [_international(word, value) for word, value in sorted(text.items())]
    return joined([whole[:_BEHIND_HEADER], *chunks, whole[_BEHIND_HEADER:]])


def _chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    at = len(_START)
    for _ in range(_MAX_CHUNKS):
        if at + 12 > len(data):
            return
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind in {b"tEXt", b"zTXt", b"iTXt"}:
            yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length


def _value(kind: bytes, rest: bytes) -> str:
    """The value behind a chunk's keyword; empty if it cannot be read."""
    if kind == b"tEXt":
        return rest.decode("latin-1")
    if kind == b"zTXt":
        return _unpacked(rest[1:]).decode("latin-1")
    is_packed, rest = rest[:1] == b"\1", rest[2:]
    raw = rest.split(b"\0", 2)[-1]  # behind language and translated keyword
    return (_unpacked(raw) if is_packed else raw).decode(errors="ignore")


def _unpacked(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, 4 * _MAX)
    except zlib.error:
        return b""


def _international(word: str, value: str) -> bytes:
    body = b"iTXt" + word.encode("latin-1") + b"\0\0\0\0\0" + value.encode()
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
