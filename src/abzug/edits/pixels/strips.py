"""A picture a strip of rows at a time: what is worked out beside it stays small, and in the cache.

A copy of 100 megapixels in 16 bits would be 572 MiB; of their lightness alone, 190.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from abzug.edits.pixels.arrays import Pixels
from abzug.edits.sizes import Size

ROWS = 128


def luma(pixels: Pixels) -> Pixels:
    """Lightness (H, W) of the colors (H, W, 3)."""
    import cv2

    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), pixels.dtype)


def strips(
    pixels: Pixels, halo: int, see: Callable[[Pixels], Pixels] = luma
) -> Iterator[tuple[slice, Any, slice]]:
    """The rows of each strip, what `see` makes of it with `halo` rows around, and where in that the
    strip itself lies.

    What is seen is the picture as it was, even if each strip is changed in place.
    """
    above = see(pixels[:1])[:0]
    for top in range(0, len(pixels), ROWS):
        bottom = min(top + ROWS, len(pixels))
        seen = np.concatenate([above, see(pixels[top : bottom + halo])])
        inner = slice(len(above), len(above) + bottom - top)
        above = seen[max(0, inner.stop - halo) : inner.stop].copy()
        yield slice(top, bottom), seen, inner


def half(pixels: Pixels, see: Callable[[Pixels], Pixels] = luma) -> Pixels:
    """What `see` makes of the picture, at half its size: the means of 2 × 2 pixels."""
    import cv2

    height, width = (-(-side // 2) for side in pixels.shape[:2])
    small = np.empty((height, width, *see(pixels[:1]).shape[2:]), pixels.dtype)
    for top in range(0, len(pixels), ROWS):
        seen = see(pixels[top : top + ROWS])
        odd = seen.shape[0] % 2, seen.shape[1] % 2
        if any(odd):  # at the lower and right edge
            seen = np.asarray(cv2.copyMakeBorder(seen, 0, odd[0], 0, odd[1], cv2.BORDER_REPLICATE))
        rows = len(seen) // 2
        small[top // 2 :][:rows] = cv2.resize(seen, (width, rows), interpolation=cv2.INTER_AREA)
    return small


def shrunk(pixels: Pixels, size: Size, see: Callable[[Pixels], Pixels]) -> Pixels:
    """What `see` makes of the picture, in a smaller `size`: the means of what each of its pixels
    covers, as OpenCV's INTER_AREA has them."""
    import cv2

    width, height = size
    first = see(pixels[:1])
    small = np.empty((height, width, *first.shape[2:]), first.dtype)
    edges = np.linspace(0, len(pixels), height + 1)
    step = max(1, ROWS * height // len(pixels))
    for top in range(0, height, step):
        bottom = min(top + step, height)
        start = int(edges[top])
        seen = see(pixels[start : math.ceil(edges[bottom])])
        across = cv2.resize(seen, (width, len(seen)), interpolation=cv2.INTER_AREA)
        for row in range(top, bottom):
            small[row] = np.rint(_mean(across, edges[row] - start, edges[row + 1] - start))
    return small


def _mean(rows: Any, start: float, end: float) -> Any:
    """Of the rows between two places, those at the ends by the share that lies between them."""
    first, last = int(start), math.ceil(end)
    shares = np.ones(last - first, np.float32)
    shares[0] -= start - first
    shares[-1] -= last - end
    return np.einsum("r,r...->...", shares / np.float32(end - start), rows[first:last])
