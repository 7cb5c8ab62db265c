"""How large a photo is, from its beginning: only numbers are read, never pixels.

Sizes are those of the upright photo: EXIF orientation and HEIF rotation are counted in.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import imagesize

from abzug.edits.formats.containers import tiff
from abzug.edits.formats.containers.iso_boxes import boxes
from abzug.edits.formats.containers.riff import read_chunks
from abzug.edits.formats.jxl_header import read_header
from abzug.edits.sizes import turned

Dimensions = tuple[int | None, int | None, int | None]
"""Width, height, frames; None: not to be told."""

UNKNOWN: Dimensions = (None, None, None)
_ORIENTATION = 274


def dimensions(head: bytes, media_type: str) -> Dimensions:
    """Width, height and frames of the photo that begins with `head`; None where it cannot tell.

    Never raises: a header that is damaged is the decoder's to complain about.
    """
    try:
        width, height, frames = _READERS[media_type](head)
    except (struct.error, ValueError, LookupError, TypeError, ArithmeticError):
        return UNKNOWN
    if width is None or height is None or width < 1 or height < 1:
        return UNKNOWN
    return width, height, frames


def orientation_of(exif: bytes | memoryview) -> int:
    """The orientation in an EXIF block, with or without its `Exif` prefix, or in a TIFF; 1 if there
    is none."""
    body = exif[6:] if exif[:6] == b"Exif\0\0" else exif
    first = next(tiff.directories(body), None)
    found = first.integer(_ORIENTATION, 1) if first else 1
    return found if 1 <= found <= 8 else 1


def _by_imagesize(head: bytes) -> Dimensions:
    width, height = imagesize.get(io.BytesIO(head))
    return width, height, 1


def _png(head: bytes) -> Dimensions:
    width, height = struct.unpack_from(">II", head, 16)
    at, exif = 8, b""
    while at + 8 <= len(head) and head[at + 4 : at + 8] != b"IDAT":
        (length,) = struct.unpack_from(">I", head, at)
        if head[at + 4 : at + 8] == b"eXIf" and not exif:
            exif = head[at + 8 : at + 8 + length]
        at += 12 + length
    return *turned(width, height, orientation_of(exif)), 1


def _gif(head: bytes) -> Dimensions:
    """The screen, grown where the first frame reaches beyond it, as the decoder grows it."""
    width, height, flags = struct.unpack_from("<HHB", head, 6)
    at = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    while head[at] == 0x21:  # extensions: a label, and sub-blocks that each tell their length
        at += 2
        while head[at]:
            at += 1 + head[at]
        at += 1
    if head[at] != 0x2C:
        return UNKNOWN
    left, top, across, down = struct.unpack_from("<HHHH", head, at + 1)
    return max(width, left + across), max(height, top + down), None


def _webp(head: bytes) -> Dimensions:
    every = list(read_chunks(head))
    chunks = dict(reversed(every))  # of several of a kind the first one counts
    extended = chunks.get(b"VP8X")
    if extended is not None and every[0][0] == b"VP8X":
        width = int.from_bytes(extended[4:7], "little") + 1
        height = int.from_bytes(extended[7:10], "little") + 1
        animated, has_exif = extended[0] & 2, extended[0] & 8
        if has_exif and b"EXIF" not in chunks:
            return UNKNOWN  # which side is up stands behind the pixels, beyond this head
        exif = chunks[b"EXIF"] if has_exif else b""
        width, height = turned(width, height, orientation_of(exif))
        return width, height, None if animated else 1
    if (lossless := chunks.get(b"VP8L")) is not None:
        bits = int.from_bytes(lossless[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, 1
    width, height = struct.unpack_from("<HH", chunks[b"VP8 "], 6)
    return width & 0x3FFF, height & 0x3FFF, 1


def _iso(head: bytes) -> Dimensions:
    """Size of the primary item of a HEIF file (ISO/IEC 23008-12): its `ispe`, cut by `clap`, turned
    by `irot`."""
    meta = dict(boxes(head))[b"meta"][4:]
    parts = dict(boxes(meta))
    primary_box = parts[b"pitm"]
    primary = int.from_bytes(primary_box[4 : 8 if primary_box[0] else 6])
    properties = dict(boxes(parts[b"iprp"]))
    owned = _associations(properties[b"ipma"])[primary]
    containers = list(boxes(properties[b"ipco"]))
    width = height = None
    for index in owned:
        kind, body = containers[index - 1]
        if kind == b"ispe":
            width, height = struct.unpack_from(">II", body, 4)
        elif kind == b"clap":  # the part of it that is to be seen, as two fractions
            across, by_across, down, by_down = struct.unpack_from(">IIII", body)
            width, height = round(across / by_across), round(down / by_down)
        elif kind == b"irot" and body[0] & 1:
            width, height = height, width
    return width, height, None


def _jxl(head: bytes) -> Dimensions:
    found = read_header(head)
    return *turned(found.width, found.height, found.orientation), None if found.is_animated else 1


def _bmp(head: bytes) -> Dimensions:
    if head[14] == 12:  # of OS/2
        return *struct.unpack_from("<HH", head, 18), 1
    width, height = struct.unpack_from("<ii", head, 18)
    return width, abs(height), 1  # negative: its first line is the uppermost


def _associations(body: bytes) -> dict[int, list[int]]:
    """Item → indices of its properties, from an `ipma` box."""
    version, wide = body[0], body[3] & 1
    (count,) = struct.unpack_from(">I", body, 4)
    at, found = 8, {}
    for _ in range(min(count, len(body))):
        (item,) = struct.unpack_from(">I" if version else ">H", body, at)
        at += 4 if version else 2
        many, at = body[at], at + 1
        form = f">{many}{'H' if wide else 'B'}"
        mask = 0x7FFF if wide else 0x7F
        found[item] = [index & mask for index in struct.unpack_from(form, body, at)]
        at += struct.calcsize(form)
    return found


_READERS: dict[str, Callable[[bytes], Dimensions]] = {
    "image/jpeg": _by_imagesize,
    "image/tiff": _by_imagesize,
    "image/png": _png,
    "image/gif": _gif,
    "image/webp": _webp,
    "image/avif": _iso,
    "image/heic": _iso,
    "image/jxl": _jxl,
    "image/bmp": _bmp,
}
