"""Pixelate: the whole picture as squares of one color each."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.base import Operation, Stage
from abzug.edits.pixels import Pixels, size_of
from abzug.edits.weighing import by_weight

_LARGEST = 0.1
"""Side of a square at 100, of the picture's shorter side: the same in every size of output."""


def pixelate(pixels: Pixels, amount: float) -> Pixels:
    """Each square becomes the mean of its colors, weighed by alpha; that itself, the outline of the
    picture, stays. Squares at the right and at the bottom may be cut off."""
    side = round(_LARGEST * min(size_of(pixels)) * amount / 100)
    if side < 2:
        return pixels
    alpha = pixels[..., 3:].copy()
    squares = by_weight(pixels, lambda weighed: _means(weighed, side))
    squares[..., 3:] = alpha
    return squares


def _means(pixels: Pixels, side: int) -> Pixels:
    """In place, a row of squares at a time."""
    width, height = size_of(pixels)
    starts = np.arange(0, width, side)
    widths = np.diff(starts, append=width)
    for top in range(0, height, side):
        strip = pixels[top : top + side]
        sums = np.add.reduceat(strip.mean(axis=0), starts, axis=0)
        strip[:] = np.rint(sums / widths[:, None]).astype(pixels.dtype).repeat(widths, axis=0)
    return pixels


OPERATION = Operation(
    name="pixelate",
    label="Pixelate",
    group="Effects",
    stage=Stage.detail,
    order=4,
    value=Annotated[float, Field(strict=True, ge=0, le=100)],
    neutral=0.0,
    run=pixelate,
    takes_alpha=True,
    holds=0.05,
    doc="Makes squares of one color of the whole picture. To hide something in it take Redact.",
)
