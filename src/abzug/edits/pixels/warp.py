"""Pixels turned, or seen from another side: bicubic."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from abzug.edits.pixels.arrays import Pixels, check_sides, level, size_of
from abzug.edits.pixels.buffer import new_buffer, use_up
from abzug.edits.pixels.premultiplied import is_opaque, premultiply, unpremultiply
from abzug.edits.sizes import Size

Matrix = npt.NDArray[np.float64]
_TILE = 256
"""Side of the tiles of a picture that is made plane by plane."""
_AROUND = 3
"""Pixels about what a tile shows that the kernel looks at, and OpenCV by rounding places."""


def warp(pixels: Pixels, source: Matrix, size: Size) -> Pixels:
    """A picture of `size`. Raises EditImpossible.

    source: the homography, 3 × 3, from a place in it to the place in `pixels` that is seen there;
    the middles of pixels are at whole numbers. Beyond its edge the picture goes on as at its edge.
    The pixels are used up.
    """
    check_sides(size_of(pixels), size)
    if level(pixels) == 1 and is_opaque(pixels):
        return np.asarray(_seen(pixels, source, size), np.uint8)
    width, height = size
    result: Pixels = new_buffer((height, width, pixels.shape[2]), pixels.dtype)
    for top in range(0, height, _TILE):
        rows, _ = _seen_from(pixels, source @ _moved(0, top), (width, height - top))
        use_up(pixels[: rows.start])  # no tile from here on shows them
        for left in range(0, width, _TILE):
            _fill(
                result[top : top + _TILE, left : left + _TILE], pixels, source @ _moved(left, top)
            )
    return result


def _fill(tile: Pixels, pixels: Pixels, source: Matrix) -> None:
    """By planes of the part of the picture that the tile shows."""
    import cv2

    width, height = size_of(tile)
    rows, columns = _seen_from(pixels, source, (width, height))
    part = pixels[rows, columns]
    source = _moved(-columns.start, -rows.start) @ source
    straight = is_opaque(part)
    planes = cv2.split(part) if straight else premultiply(part)
    seen = [_seen(plane, source, (width, height)) for plane in planes]
    if straight:
        cv2.merge(seen, dst=tile)
    else:
        unpremultiply(seen, tile)


def _seen_from(pixels: Pixels, source: Matrix, size: Size) -> tuple[slice, slice]:
    """The rows and columns of the picture that a part of the result, of `size`, shows."""
    width, height = size
    corners = source @ np.array([(0, 0, 1), (width, 0, 1), (0, height, 1), (width, height, 1)]).T
    columns, rows = (
        _span(places / corners[2], length)
        for places, length in zip(corners, size_of(pixels), strict=False)
    )
    return rows, columns


def _seen(pixels: Any, source: Matrix, size: Size) -> Any:
    import cv2

    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    edge = cv2.BORDER_REPLICATE
    if (source[2] == (0, 0, 1)).all():  # takes less time
        return cv2.warpAffine(pixels, source[:2], size, flags=how, borderMode=edge)
    return cv2.warpPerspective(pixels, source, size, flags=how, borderMode=edge)


def _span(places: npt.NDArray[np.float64], length: int) -> slice:
    first = int(np.clip(np.floor(places.min()) - _AROUND, 0, length - 1))
    return slice(first, int(np.clip(np.ceil(places.max()) + _AROUND, first, length - 1)) + 1)


def _moved(right: float, down: float) -> Matrix:
    return np.array([(1.0, 0, right), (0, 1, down), (0, 0, 1)])
