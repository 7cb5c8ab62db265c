"""Whether all of a picture is there, where the decoders do not say."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from itertools import islice

from abzug.edits.formats.containers import raf, tiff
from abzug.edits.formats.jxl_header import CONTAINER

_STRIPS_AND_TILES = (273, 279), (324, 325)
"""Tags of where they begin, and of how long they are."""
_ELSEWHERE, _PANASONIC_START = 0xFFFFFFFF, 280
"""In some RW2 files the first strip begins there, and the tag that would have it says so."""
_MANY = 1_000_000
_BOXED = {"image/heic", "image/avif", "image/x-canon-cr3"}


def ends_early(data: bytes | memoryview, media_type: str) -> bool:
    """True if the file tells of more bytes than there are; False too where it does not tell.

    libheif and libtiff fill what is missing of a picture with grey or black, and the decoders of
    PNG and WebP do not say whether a file is damaged or cut off.
    """
    return told_end(data, media_type) > len(data)


def told_end(data: bytes | memoryview, media_type: str) -> int:
    """How many bytes the file has by its own word, at least; 0: it does not tell. It is told from
    lengths that stand in it, without decoding."""
    is_container = bytes(data[: len(CONTAINER)]) == CONTAINER
    if media_type in _BOXED or (media_type == "image/jxl" and is_container):
        return _end_of_boxes(data)
    match media_type:
        case "image/png":
            return _end_of_chunks(data)
        case "image/webp":
            return 8 + int.from_bytes(data[4:8], "little")
        case "image/x-fuji-raf":
            return max((start + length for start, length in raf.parts(data)), default=0)
    is_raw = media_type.startswith("image/x-")
    directories = tiff.directories(data) if is_raw or media_type == "image/tiff" else ()
    return _end_of_strips(islice(directories, None if is_raw else 1))


def has_damaged_chunk(png: bytes | memoryview, kind: bytes) -> bool:
    """Whether the first chunk of that kind before the pixels is not what its checksum says.

    libpng leaves such out of account, except for a profile, of which it takes what it can unpack.
    """
    at = 8
    while at + 12 <= len(png) and (name := bytes(png[at + 4 : at + 8])) != b"IDAT":
        end = at + 8 + int.from_bytes(png[at : at + 4])
        if name == kind:
            return zlib.crc32(png[at + 4 : end]) != int.from_bytes(png[end : end + 4])
        at = end + 4
    return False


def _end_of_chunks(data: bytes | memoryview) -> int:
    """Where the last chunk of a PNG ends, as far as the chunks tell."""
    at = 8
    while at + 8 <= len(data):
        kind = bytes(data[at + 4 : at + 8])
        if not kind.isalpha():
            return 0
        at += 12 + int.from_bytes(data[at : at + 4])
        if kind == b"IEND":
            return at
    return at


def _end_of_strips(directories: Iterable[tiff.Directory]) -> int:
    """Where the last strip or tile of the pictures of a TIFF ends."""
    ends = [0]
    for one in directories:
        for starting, sizes in _STRIPS_AND_TILES:
            starts = one.integers(starting, _MANY)
            if starts == (_ELSEWHERE,):
                starts = one.integers(_PANASONIC_START)
            spans = zip(starts, one.integers(sizes, _MANY), strict=False)
            ends += [start + size for start, size in spans if size]
    return max(ends)


def _end_of_boxes(data: bytes | memoryview) -> int:
    """Where the last box of an ISO media file ends (ISO/IEC 14496-12, 4.2)."""
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4])
        if size == 1 and at + 16 <= len(data):
            size = int.from_bytes(data[at + 8 : at + 16])
        if size < 8:
            return 0  # 0: it reaches to the end of the file; else it is no box
        at += size
    return at
