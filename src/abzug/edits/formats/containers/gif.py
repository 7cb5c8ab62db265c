"""The blocks of a GIF, each with sub-blocks that tell their lengths (GIF89a, 15 to 27)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

_HEADER = 13
_EXTENSION, _PICTURE = 0x21, 0x2C
_CONTROL, _INTERLACED = 0xF9, 0x40
_TRANSPARENT_FRAME = (
    b"\x21\xf9\x04\x01\0\0\0\0"  # its first color is transparent
    b"\x2c\0\0\0\0\1\0\1\0\x80Abzug."  # 1 × 1; two colors of its own, by which it is known
    b"\2\2\x44\1\0;"
)
_DESCRIPTOR = 10
"""Bytes of a picture's block before its color table."""


class Block(NamedTuple):
    is_picture: bool
    start: int
    end: int | None
    """None if the file is cut off within it."""


def blocks(data: bytes | memoryview) -> Iterator[Block]:
    """The blocks whose beginnings lie in `data`, which begins a GIF."""
    if len(data) < _HEADER:
        return
    at = _HEADER + _color_table(data[10])
    while at < len(data) and data[at] in {_EXTENSION, _PICTURE}:
        is_picture = data[at] == _PICTURE
        end = _end(data, at, is_picture=is_picture)
        yield Block(is_picture, at, end)
        if end is None:
            return
        at = end


class Frame(NamedTuple):
    """A picture on the canvas, in pixels from its upper left; it may reach beyond."""

    left: int
    top: int
    width: int
    height: int
    is_interlaced: bool
    bits: int
    """Of the first codes, less one."""
    codes: int
    """Where the first sub-block of its pixels begins."""


def frames(data: bytes | memoryview) -> Iterator[Frame]:
    """The pictures whose codes begin in `data`, which begins a GIF."""
    for block in blocks(data):
        if not block.is_picture or block.start + _DESCRIPTOR > len(data):
            continue
        left, top, width, height, flags = struct.unpack_from("<4HB", data, block.start + 1)
        bits_at = block.start + _DESCRIPTOR + _color_table(flags)
        if bits_at < len(data):
            is_interlaced, bits = bool(flags & _INTERLACED), data[bits_at]
            yield Frame(left, top, width, height, is_interlaced, bits, bits_at + 1)


def canvas(data: bytes | memoryview) -> tuple[int, int]:
    """Width and height: the screen, grown where the first frame reaches beyond it, as decoders and
    browsers grow it; later frames are clipped."""
    width, height = struct.unpack_from("<HH", data, 6)
    first = next(frames(data), None)
    if first is None:
        return width, height
    return max(width, first.left + first.width), max(height, first.top + first.height)


def is_opaque(data: bytes | memoryview) -> bool:
    """Whether no frame says of a color that it is transparent."""
    return not any(
        data[block.start + 1] == _CONTROL and data[block.start + 3] & 1
        for block in blocks(data)
        if not block.is_picture and block.start + 3 < len(data)
    )


def with_transparent_frame(data: bytes | memoryview) -> bytes:
    """The file with a frame more, of one transparent pixel."""
    ends = [block.end for block in blocks(data) if block.end is not None]
    return bytes(data[: ends[-1]]) + _TRANSPARENT_FRAME if ends else bytes(data)


def has_transparent_frame(data: bytes | memoryview) -> bool:
    """Whether that was added to it."""
    return bytes(data[-len(_TRANSPARENT_FRAME) :]) == _TRANSPARENT_FRAME


def _end(data: bytes | memoryview, start: int, *, is_picture: bool) -> int | None:
    at = start + 2
    if is_picture:
        if start + _DESCRIPTOR > len(data):
            return None
        at = start + _DESCRIPTOR + 1 + _color_table(data[start + _DESCRIPTOR - 1])
    while at < len(data):
        if not data[at]:
            return at + 1
        at += 1 + data[at]
    return None


def _color_table(flags: int) -> int:
    """Bytes of the color table that these flags tell of."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
