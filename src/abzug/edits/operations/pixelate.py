"""Pixelate: the whole picture as squares of one color each."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.operation import DetailOperation
from abzug.edits.pixels.arrays import Pixels, size_of
from abzug.edits.pixels.premultiplied import premultiplier_for, write_colors

_LARGEST = 0.1
"""Side of a square at 100, of the picture's shorter side: the same in every size of output."""


def pixelate(pixels: Pixels, amount: float) -> Pixels:
    """Each square becomes the mean of its colors, weighed by alpha; that itself, the outline of the
    picture, stays. In place, a row of squares at a time. Those at the right and at the bottom may
    be cut off."""
    width, height = size_of(pixels)
    side = round(_LARGEST * min(width, height) * amount / 100)
    if side < 2:
        return pixels
    see = premultiplier_for(pixels)
    starts = np.arange(0, width, side)
    widths = np.diff(starts, append=width)
    for top in range(0, height, side):
        rows = pixels[top : top + side]
        seen = see(rows)
        sums = np.add.reduceat(seen.mean(axis=0), starts, axis=0)
        means = np.rint(sums / widths[:, None]).astype(seen.dtype)
        line = np.zeros((1, len(means), rows.shape[2]), rows.dtype)
        write_colors(means[None], line)
        rows[..., :3] = line[..., :3].repeat(widths, axis=1)
    return pixels


OPERATION = DetailOperation(
    name="pixelate",
    label="Pixelate",
    group="Effects",
    order=4,  # after blur, which would soften its squares; before grain, which they would swallow
    value=Annotated[float, Field(strict=True, ge=0, le=100)],
    neutral=0.0,
    run=pixelate,
    takes_alpha=True,
    holds=0.05,
    doc="Makes squares of one color of the whole picture. To hide something in it take Redact.",
)
