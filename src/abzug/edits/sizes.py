"""Sizes and rectangles in pixels, and what scaling and turning make of them."""

from __future__ import annotations

Size = tuple[int, int]
"""Width and height, in pixels."""
Box = tuple[int, int, int, int]
"""Left, top, width, height, in pixels."""


def scaled(size: Size, factor: float) -> Size:
    """The size times `factor`, each side at least a pixel."""
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def turned(width: int, height: int, orientation: int) -> Size:
    """The size after an EXIF orientation (1–8) has been applied."""
    return (height, width) if orientation in {5, 6, 7, 8} else (width, height)
