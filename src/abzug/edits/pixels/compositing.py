"""A patch laid over a picture: at one place, or again and again all over it.

'Over' is that of Porter and Duff (1984), on the encoded values of the working space, as browsers do
it: of the alphas p and b of patch and picture comes a = p + b (1 − p), and of their colors P and B
comes (p P + (1 − p) b B) / a. Colors are straight in the picture, before and after; *weighed* ones
are those times their alpha, and what is mixed of neighbors must be that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from abzug.edits.pixels.arrays import Pixels, size_of, white
from abzug.edits.sizes import Size

BLOCK = 128, 256
"""Rows and columns at a time: what is worked on stays in the processor's cache."""
_AROUND = 2
"""Pixels about a block that OpenCV looks at, as it rounds places and mixes neighbors."""
_FINE = 65535
"""The range of a pattern, also for 8 bits: what is rounded twice is off by more than a level."""

Patch = Pixels
"""RGBA, straight."""
Plane = npt.NDArray[np.float32]


def compose(below: Pixels, patch: Patch, opacity: float) -> None:
    """`patch` over `below`, in place. opacity: 0..1.

    Both have the same height and width; `below` has 3 or 4 channels.
    """
    for (block, *_), (part, *_) in zip(_blocks(below), _blocks(patch), strict=True):
        _over(block, list(_premultiplied(part, opacity)))


def tile(pixels: Pixels, patch: Patch, *, gap: int, angle: float, opacity: float) -> None:
    """`patch` all over the picture, in place, in rows of which every other is shifted by half.

    gap: pixels between two, or one more. angle: degrees by which the whole pattern is turned,
    clockwise. opacity: 0..1. The pattern is drawn once, and as much of its repetitions as a block
    may look at: it costs the same however small it is.
    """
    import cv2

    width, height = size_of(patch)
    cell = width + gap + (width + gap) % 2, height + gap
    sine, cosine = np.sin(np.deg2rad(angle)), np.cos(np.deg2rad(angle))
    turn = np.array([[cosine, sine], [-sine, cosine]])
    corners = np.array([(0, 0), (BLOCK[1], 0), (0, BLOCK[0]), BLOCK[::-1]]) @ turn.T
    first = corners.min(0) - _AROUND
    right, down = (int(side) for side in np.ceil(np.ptp(corners, 0)) + 2 * _AROUND)
    # plane by plane, which OpenCV turns in half the time
    planes = [_pattern(one, cell, right, down) for one in _premultiplied(patch, opacity)]
    how = (cv2.INTER_LINEAR if angle else cv2.INTER_NEAREST) | cv2.WARP_INVERSE_MAP
    middle = np.array(size_of(pixels)) // 2
    for block, left, top in _blocks(pixels):
        start = turn @ (np.array([left, top]) - middle) + (width // 2, height // 2) + first
        row = start[1] // cell[1]
        start = (start - (row * (cell[0] // 2), 0)) % cell - first
        place = np.column_stack([turn, start])
        turned = [cv2.warpAffine(plane, place, size_of(block), flags=how) for plane in planes]
        _over(block, [plane * np.float32(1 / _FINE) for plane in turned])


def _blocks(pixels: Pixels) -> Iterator[tuple[Pixels, int, int]]:
    """Views that make up the picture, with their left and top."""
    width, height = size_of(pixels)
    rows, columns = BLOCK
    for top in range(0, height, rows):
        for left in range(0, width, columns):
            yield pixels[top : top + rows, left : left + columns], left, top


def _premultiplied(patch: Patch, opacity: float) -> Iterator[Plane]:
    """Red, green and blue weighed by alpha, and alpha, each 0..1; one by one, as they are large."""
    most = white(patch)
    cover = patch[..., 3] * np.float32(opacity / most)
    for channel in range(3):
        yield patch[..., channel] * np.float32(1 / most) * cover
    yield cover


def _pattern(plane: Plane, cell: Size, right: int, down: int) -> npt.NDArray[np.uint16]:
    """What the pattern repeats, and so many columns and rows of its repetitions.

    cell: width and height from one to the next; each row is shifted by half of the width.
    """
    width, height = cell
    single = np.zeros((height, width), np.uint16)
    np.rint(plane * _FINE, out=single[: plane.shape[0], : plane.shape[1]], casting="unsafe")
    pattern = np.empty((height + down, width + right), np.uint16)
    for row, top in enumerate(range(0, len(pattern), height)):
        part = pattern[top : top + height]
        columns = (np.arange(width + right) - row * (width // 2)) % width
        np.take(single[: len(part)], columns, axis=1, out=part, mode="clip")
    return pattern


def _over(below: Pixels, patch: Sequence[Plane]) -> None:
    """Planes of weighed colors and their alpha, each 0..1, over `below`, in place.

    Where neither can be seen the color below stays what it was.
    """
    import cv2

    most = np.float32(white(below))
    *colors, cover = patch
    planes: list[Any] = list(cv2.split(below))
    alpha = planes[3] * (1 / most) if len(planes) == 4 else np.float32(1)
    both = cover + alpha * (1 - cover)
    share = 1 / np.maximum(both, np.finfo(np.float32).eps)
    kept, shown = 1 - cover * share, most * share
    mixed = [old * kept + new * shown for old, new in zip(planes, colors, strict=False)]
    if len(planes) == 4:
        mixed.append(both * most)
    np.rint(cv2.merge(mixed), out=below, casting="unsafe")
