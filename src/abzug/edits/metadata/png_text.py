"""The text in a PNG: keyword and value, in chunks of three kinds (PNG, third edition, 11.3.3)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from itertools import islice

from abzug.edits.formats.containers import png
from abzug.edits.on_disk import File, joined

_BEHIND_HEADER = len(png.SIGNATURE) + 25
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
    for kind, body in _chunks(data):
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


def _chunks(data: bytes | memoryview) -> Iterator[tuple[bytes, memoryview]]:
    every = islice(png.chunks(data), _MAX_CHUNKS)
    return ((one.kind, one.content) for one in every if one.kind in {b"tEXt", b"zTXt", b"iTXt"})


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
    return png.chunk(b"iTXt", word.encode("latin-1") + b"\0\0\0\0\0" + value.encode())
