"""The blocks of a GIF, each with sub-blocks that tell their lengths (GIF89a, 15 to 27)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_HEADER = 13
_EXTENSION, _PICTURE = 0x21, 0x2C
_DESCRIPTOR = 10
"""Bytes of a picture's block before its color table."""


class Block(NamedTuple):
    is_picture: bool
    start: int
    end: int | None
    """None if the file is cut off within it."""


def blocks(data: bytes) -> Iterator[Block]:
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


def _end(data: bytes, start: int, *, is_picture: bool) -> int | None:
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
