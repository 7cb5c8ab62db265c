"""The text in a PNG: keyword and value, in chunks of three kinds (PNG, third edition, 11.3.3)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from itertools import islice

from abzug.edits.formats.containers import png
from abzug.edits.metadata.text import decoded

_MAX = 2000
"""Characters of a value; what is longer is cut off, before it is unpacked."""
_MAX_PROFILE = 4 * 1024 * 1024
_MAX_PROFILES = 16
"""Each may be small and unpack to much."""
_MAX_CHUNKS = 100_000
"""Looked at; those of the pixels have some KiB each."""
_WORDS = {"Title", "Author", "Description", "Copyright", "Creation Time", "Source", "Comment"}
"""Keywords of the standard that are about the photo. Others may hold anything, EXIF with the place
among it."""
_PROFILE = "raw profile type "
_XMP = "XML:com.adobe.xmp"
_TEXT_KINDS = {b"tEXt", b"zTXt", b"iTXt"}


def read_text(data: bytes | memoryview) -> dict[str, str]:
    """The values of known keywords; those that are damaged are left out."""
    found: dict[str, str] = {}
    for kind, word, rest in _texts(data):
        value = decoded(_value(kind, rest[: 20 * _MAX], 4 * _MAX)) if word in _WORDS else ""
        if value.strip():
            found.setdefault(word, value[:_MAX])
    return found


def read_profiles(data: bytes | memoryview) -> dict[str, bytes]:
    """Whole blocks of metadata, wherever in the file they stand: `exif`, `xmp` and `iptc`.

    In chunks of their own, or as ImageMagick writes them: in hexadecimal, under the keyword `Raw
    profile type exif`, `APP1`, `iptc`, `8bim` or `xmp`.
    """
    found: dict[str, bytes] = {}
    for chunk in islice(png.chunks(data), _MAX_CHUNKS):
        if chunk.kind == b"eXIf" and chunk.length <= _MAX_PROFILE:
            found.setdefault("exif", bytes(chunk.content))
    for kind, word, rest in islice(filter(_is_profile, _texts(data)), _MAX_PROFILES):
        if word == _XMP:
            found.setdefault("xmp", _value(kind, rest, _MAX_PROFILE))
        else:
            body = _of_hex(_value(kind, rest, 2 * _MAX_PROFILE))
            for name, block in _by_content(word.lower().removeprefix(_PROFILE), body):
                found.setdefault(name, block)
    return found


def _is_profile(text: tuple[bytes, str, bytes]) -> bool:
    _, word, _ = text
    return word == _XMP or word.lower().startswith(_PROFILE)


def _by_content(name: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What a profile of that name holds; APP1, and what calls itself so, may be EXIF or XMP."""
    if body.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
        yield "xmp", body.partition(b"\0")[2]
    elif body.startswith((b"Exif\0\0", b"II*\0", b"MM\0*")):
        yield "exif", body
    elif body and name in {"iptc", "8bim"}:
        yield "iptc", body
    elif body and name == "xmp":
        yield "xmp", body


def _of_hex(text: bytes) -> bytes:
    """A line feed, the name, the length, and lines of hexadecimal digits."""
    parts = re.match(rb"\s*\w+\s+(\d+)\s+([0-9a-fA-F\s]*)", text)
    if parts is None:
        return b""
    digits = b"".join(parts[2].split())
    return bytes.fromhex(digits[: len(digits) // 2 * 2].decode())[: int(parts[1][:9])]


def _texts(data: bytes | memoryview) -> Iterator[tuple[bytes, str, bytes]]:
    """Kind of chunk, keyword, and what is behind it."""
    for one in islice(png.chunks(data), _MAX_CHUNKS):
        if one.kind in _TEXT_KINDS:
            word, _, rest = bytes(one.content[: 2 * _MAX_PROFILE]).partition(b"\0")
            yield one.kind, word.decode("latin-1"), rest


def _value(kind: bytes, rest: bytes, longest: int) -> bytes:
    """The value behind a chunk's keyword in UTF-8 or Latin-1; empty if it cannot be read."""
    if kind == b"tEXt":
        return rest[:longest]
    if kind == b"zTXt":
        return _unpacked(rest[1:], longest)
    is_packed, rest = rest[:1] == b"\1", rest[2:]
    raw = rest.split(b"\0", 2)[-1]  # behind language and translated keyword
    return _unpacked(raw, longest) if is_packed else raw[:longest]


def _unpacked(packed: bytes, longest: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, longest)
    except zlib.error:
        return b""
