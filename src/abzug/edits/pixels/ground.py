"""A picture laid on a ground of one color."""

from __future__ import annotations

import numpy as np

from abzug.edits.pixels.arrays import Pixels, level
from abzug.edits.pixels.buffer import new_buffer, use_up
from abzug.edits.pixels.strips import ROWS
from abzug.edits.sizes import Size


def laid_on_color(color: str, pixels: Pixels, size: Size, left: int, top: int) -> Pixels:
    """The pixels, which are used up, at a place on an opaque ground of that size."""
    width, height = size
    channels = pixels.shape[2]
    whole: Pixels = new_buffer((height, width, channels), pixels.dtype)
    ground = [level(pixels) * part for part in (*bytes.fromhex(color[1:]), 255)][:channels]
    rows = np.full((ROWS, width, channels), ground, pixels.dtype)
    inner = slice(left, left + pixels.shape[1])
    for start in range(0, height, ROWS):
        whole[start : start + ROWS] = rows[: height - start]  # whole rows are copied fast
        first = max(0, start - top)
        strip = pixels[first : max(0, start - top + ROWS)]
        whole[top + first :][: len(strip), inner] = strip
        use_up(strip)
    return whole
