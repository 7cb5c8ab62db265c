"""Round corners: transparent beyond a quarter circle, where the format has transparency."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field

from abzug.edits.operation import OverlayOperation, Parameters
from abzug.edits.pixels.arrays import Pixels, level, size_of
from abzug.edits.pixels.buffer import new_buffer, use_up
from abzug.edits.pixels.strips import ROWS


class RoundCorners(Parameters):
    radius: Annotated[float, Field(strict=True, ge=0, le=50)] = 0.0
    """In percent of the picture's shorter side; 50 makes a square a circle."""


def round_corners(pixels: Pixels, value: RoundCorners) -> Pixels:
    """The picture with an alpha channel that fades out within a pixel of the circles."""
    radius = min(size_of(pixels)) * value.radius / 100
    side = int(np.ceil(radius))
    if side == 0:
        return pixels
    if pixels.shape[2] == 3:
        pixels = _opaque(pixels)
    upper_left = _coverage(side, radius)
    alpha = pixels[..., 3]
    for flipped in (alpha, alpha[:, ::-1], alpha[::-1], alpha[::-1, ::-1]):
        corner = flipped[:side, :side]
        corner[:] = np.rint(corner * upper_left[: corner.shape[0], : corner.shape[1]])
    return pixels


def _opaque(pixels: Pixels) -> Pixels:
    """The pixels with alpha; those that were given are used up."""
    opaque: Pixels = new_buffer((*pixels.shape[:2], 4), pixels.dtype)
    for top in range(0, len(pixels), ROWS):
        strip = pixels[top : top + ROWS]
        opaque[top : top + ROWS, :, :3] = strip
        opaque[top : top + ROWS, :, 3] = 255 * level(pixels)
        use_up(strip)
    return opaque


def _coverage(side: int, radius: float) -> npt.NDArray[np.float64]:
    """How much (0–1) of each pixel is within the circle about (radius, radius)."""
    away = radius - (np.arange(side) + 0.5)
    inside: npt.NDArray[np.float64] = radius + 0.5 - np.hypot(away[:, None], away)
    return inside.clip(0, 1)


OPERATION = OverlayOperation(
    name="round_corners",
    label="Round corners",
    group="Overlay",
    order=30,  # last: it rounds all of it, border and margins too
    value=RoundCorners,
    neutral=RoundCorners(),
    run=round_corners,
    examples=({"radius": 20},),
    holds=0.4,
    doc="Rounds the corners of the finished picture: transparent beyond, in a JPEG white.",
)
