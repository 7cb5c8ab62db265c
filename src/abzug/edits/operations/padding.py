"""Padding: margins of one color beside the finished picture, each as wide as asked for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from abzug.edits.homography import Matrix, framed
from abzug.edits.operation import OverlayOperation, Parameters
from abzug.edits.pixels.arrays import Pixels, size_of
from abzug.edits.pixels.ground import laid_on_color
from abzug.edits.sizes import Box, Size
from abzug.edits.values import Aspect, HexColor, sides

Percent = Annotated[float, Field(strict=True, ge=0, le=100)]
LONGEST = 10
"""An aspect's longer side by its shorter one: nobody needs more room than there is in memory."""


class Padding(Parameters):
    """Margins are in percent of the picture's shorter side; an aspect makes them wider, evenly on
    both sides, until all of it has that shape."""

    top: Percent = 0.0
    right: Percent = 0.0
    bottom: Percent = 0.0
    left: Percent = 0.0
    aspect: Annotated[Aspect | None, Field(examples=["1:1", "4:5"])] = None
    color: HexColor = "#ffffff"

    @property
    def shape(self) -> float | None:
        """Width by height."""
        if self.aspect is None:
            return None
        across, down = sides(self.aspect)
        return across / down

    @model_validator(mode="after")
    def _no_ribbon(self) -> Padding:
        if self.shape is not None and not 1 / LONGEST <= self.shape <= LONGEST:
            raise ValueError(f"an aspect lies between 1:{LONGEST} and {LONGEST}:1")
        return self


def pad(pixels: Pixels, value: Padding) -> Pixels:
    """The picture, untouched, on opaque color; the one that was given is used up."""
    picture = size_of(pixels)
    left, top, width, height = box(picture, value)
    if (width, height) == picture:
        return pixels
    return laid_on_color(value.color, pixels, (width, height), left, top)


def size(before: Size, value: Padding) -> Size:
    return box(before, value)[2:]


def moves(before: Size, value: Padding) -> Matrix:
    return framed(before, box(before, value))


def box(picture: Size, value: Padding) -> Box:
    """Where the picture lies in the whole, and the whole's size."""
    percent = min(picture) / 100
    left, top = round(value.left * percent), round(value.top * percent)
    width = left + picture[0] + round(value.right * percent)
    height = top + picture[1] + round(value.bottom * percent)
    if value.shape is not None:
        wider, higher = (
            max(width, round(height * value.shape)),
            max(height, round(width / value.shape)),
        )
        left, top = left + (wider - width) // 2, top + (higher - height) // 2
        width, height = wider, higher
    return left, top, width, height


OPERATION = OverlayOperation(
    name="padding",
    label="Padding",
    group="Overlay",
    order=15,  # after watermark, beside the picture; within the border
    value=Padding,
    neutral=Padding(),
    run=pad,
    size=size,
    moves=moves,
    holds=0.05,
    examples=({"aspect": "1:1"}, {"top": 5, "right": 5, "bottom": 20, "left": 5}),
    doc="Puts margins beside the picture, within its border; a limit of its longest side includes "
    "them.",
)
