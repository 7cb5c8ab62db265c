"""Border: a frame of one color around the finished picture."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from abzug.edits.homography import Matrix, framed
from abzug.edits.operation import OverlayOperation, Parameters
from abzug.edits.pixels.arrays import Pixels, size_of
from abzug.edits.pixels.ground import laid_on_color
from abzug.edits.sizes import Size
from abzug.edits.values import HexColor


class Border(Parameters):
    width: Annotated[float, Field(strict=True, ge=0, le=50)] = 0.0
    """In percent of the picture's shorter side."""
    color: HexColor = "#ffffff"


def border(pixels: Pixels, value: Border) -> Pixels:
    """The picture, untouched, amid opaque color; the one that was given is used up."""
    width, height = size_of(pixels)
    full_width, full_height = size((width, height), value)
    if full_width == width:
        return pixels
    edge = (full_width - width) // 2
    return laid_on_color(value.color, pixels, (full_width, full_height), edge, edge)


def size(before: Size, value: Border) -> Size:
    edge = round(min(before) * value.width / 100)
    return before[0] + 2 * edge, before[1] + 2 * edge


def moves(before: Size, value: Border) -> Matrix:
    width, height = size(before, value)
    edge = (width - before[0]) // 2
    return framed(before, (edge, edge, width, height))


OPERATION = OverlayOperation(
    name="border",
    label="Border",
    group="Overlay",
    order=20,  # after padding: it is around the margins too
    value=Border,
    neutral=Border(),
    run=border,
    size=size,
    moves=moves,
    examples=({"width": 5}, {"width": 10, "color": "#202020"}),
    holds=0.05,
    doc="Puts a frame around the finished picture; a limit of its longest side includes the frame.",
)
