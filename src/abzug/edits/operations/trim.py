"""Trim: a border of one color is cut away."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, Field, StrictBool

from abzug.edits.homography import cut
from abzug.edits.operation import GeometryOperation, Measure, Parameters
from abzug.edits.pixels.arrays import Pixels, cut_out, size_of, white
from abzug.edits.pixels.strips import strips
from abzug.edits.sizes import Box

Color = tuple[int, ...]


class Trim(Parameters):
    """For a border that is not quite of one color."""

    tolerance: Annotated[float, Field(strict=True, ge=0, le=100)] = 4.0
    """How far colors may lie from the border's and still belong to it, in percent."""


def _canonical(value: bool | Trim) -> bool | Trim:
    """The usual tolerance need not be said, and equal edits must have one form."""
    return True if value == Trim() else value


def inside(pixels: Pixels, value: bool | Trim) -> Box:
    """What is left without the border: all of it, where there is none, or nothing else."""
    import cv2

    width, height = size_of(pixels)
    levels = white(pixels) * (value if isinstance(value, Trim) else Trim()).tolerance
    color = _border_color(pixels, levels / 100)
    if color is None:
        return 0, 0, width, height

    def content(rows: Pixels) -> Pixels:
        return np.asarray(cv2.bitwise_not(_like(rows, color, levels / 100)))

    columns, lines = np.zeros(width, bool), np.zeros(height, bool)
    for rows, seen, inner in strips(pixels, 1, content):
        # what is one pixel small is dust, and holds no border
        found = cv2.medianBlur(seen, 3)[inner]
        columns |= found.any(0)
        lines[rows] = found.any(1)
    if not lines.any():
        return 0, 0, width, height
    across, down = np.flatnonzero(columns), np.flatnonzero(lines)
    left, top = int(across[0]), int(down[0])
    return left, top, int(across[-1]) - left + 1, int(down[-1]) - top + 1


def _border_color(pixels: Pixels, levels: float) -> Color | None:
    """The color that most corners have; None if each has another one."""
    corners = [tuple(map(int, pixels[y, x])) for y in (0, -1) for x in (0, -1)]
    row = np.array([corners], pixels.dtype)
    alike = [np.count_nonzero(_like(row, color, levels)) for color in corners]
    return corners[int(np.argmax(alike))] if max(alike) > 1 else None


def _like(pixels: Pixels, color: Color, levels: float) -> npt.NDArray[np.uint8]:
    """255 where a pixel is of about that color; what cannot be seen has none."""
    import cv2

    if len(color) == 4 and color[3] <= levels:
        pixels, color = pixels[..., 3], (0,)
    low, high = (np.clip(np.array(color) + d, 0, 2**31) for d in (-levels, levels))
    return np.asarray(cv2.inRange(pixels, low, high))


def cut_margins(pixels: Pixels, box: Box) -> Pixels:
    return cut_out(pixels, *box)


OPERATION = GeometryOperation(
    name="trim",
    label="Trim",
    group="Geometry",
    order=1,  # first: cut or turned, a photo has no border of one color all around
    place=5,
    value=Annotated[StrictBool | Trim, AfterValidator(_canonical)],
    neutral=False,
    run=cut_margins,
    moves=cut,
    measure=Measure(inside),
    holds=0.125,
    doc="Cuts away a border of one color, before all other cuts; never the whole photo.",
    examples=(True,),
)
