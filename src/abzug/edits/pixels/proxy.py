"""Small copies of a photo, to look at where fine detail tells nothing."""

from __future__ import annotations

import numpy as np

from abzug.edits.pixels.arrays import Pixels, size_of
from abzug.edits.sizes import Size, scaled


def size_of_copy(size: Size, longest: int) -> tuple[Size, float]:
    """The size with a longest side of at most `longest`, and the factor that gives it."""
    factor = min(1.0, longest / max(size))
    return scaled(size, factor), factor


def small_copy(pixels: Pixels, longest: int) -> tuple[Pixels, float]:
    """The pixels with a longest side of at most `longest`, each the mean of those that it stands
    for, and the factor that they were scaled by; themselves and 1 if they are no larger."""
    import cv2

    size, factor = size_of_copy(size_of(pixels), longest)
    if size == size_of(pixels):
        return pixels, factor
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), pixels.dtype), factor
