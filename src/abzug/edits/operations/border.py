"""Border: a frame of one color around the finished picture."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.base import Operation, Parameters, Size, Stage
from abzug.edits.pixels import Pixels, level, size_of


class Border(Parameters):
    width: Annotated[float, Field(strict=True, ge=0, le=50)] = 0.0
    """In percent of the picture's shorter side."""
    color: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#ffffff"


def border(pixels: Pixels, value: Border) -> Pixels:
    """The picture, untouched, amid opaque color."""
    width, height = size_of(pixels)
    full_width, full_height = size((width, height), value)
    if full_width == width:
        return pixels
    framed = np.full((full_height, full_width, pixels.shape[2]), 255 * level(pixels), pixels.dtype)
    framed[..., :3] = [level(pixels) * part for part in bytes.fromhex(value.color[1:])]
    edge = (full_width - width) // 2
    framed[edge : edge + height, edge : edge + width] = pixels
    return framed


def size(before: Size, value: Border) -> Size:
    edge = round(min(before) * value.width / 100)
    return before[0] + 2 * edge, before[1] + 2 * edge


OPERATION = Operation(
    name="border",
    label="Border",
    group="Overlay",
    stage=Stage.overlay,
    order=20,
    value=Border,
    neutral=Border(),
    run=border,
    size=size,
    examples=({"width": 5}, {"width": 10, "color": "#202020"}),
    doc="Puts a frame around the finished picture; a limit of its longest side includes the frame.",
)
