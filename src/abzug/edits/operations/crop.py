"""Crop: a rectangle of the upright photo, or the largest one of an aspect ratio."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from abzug.edits.homography import Matrix, cut
from abzug.edits.operation import GeometryOperation, Measure, Parameters
from abzug.edits.pixels.arrays import Pixels, cut_out, size_of
from abzug.edits.pixels.subject import around_attention, around_faces
from abzug.edits.sizes import Box, Size
from abzug.edits.values import Aspect, sides

_MIDDLE = (0.5, 0.5)
_ANCHORS = {
    "center": _MIDDLE,
    "top": (0.5, 0.0),
    "bottom": (0.5, 1.0),
    "left": (0.0, 0.5),
    "right": (1.0, 0.5),
    "top-left": (0.0, 0.0),
    "top-right": (1.0, 0.0),
    "bottom-left": (0.0, 1.0),
    "bottom-right": (1.0, 1.0),
}
_SUBJECTS = {"attention": around_attention, "faces": around_faces}
Start = Annotated[float, Field(strict=True, ge=0, lt=1)]
Extent = Annotated[float, Field(strict=True, gt=0, le=1)]


class Crop(Parameters):
    """x, y, width and height are fractions of the upright photo, or of what perspective makes of
    it; an aspect is cut within them."""

    x: Start = 0.0
    y: Start = 0.0
    width: Extent = 1.0
    height: Extent = 1.0
    aspect: Annotated[Aspect | None, Field(examples=["4:5", "16:9"])] = None
    gravity: Literal[
        "center",
        "top",
        "bottom",
        "left",
        "right",
        "top-left",
        "top-right",
        "bottom-left",
        "bottom-right",
        "attention",
        "faces",
    ] = "center"
    """Where an aspect keeps to: a side, what draws the eye, or the faces (else what draws it)."""

    @model_validator(mode="after")
    def _inside(self) -> Crop:
        if self.x + self.width > 1 + 1e-9 or self.y + self.height > 1 + 1e-9:
            raise ValueError("the rectangle reaches beyond the photo")
        return self


def crop(pixels: Pixels, value: Crop | Box) -> Pixels:
    left, top, width, height = measure(pixels, value) if isinstance(value, Crop) else value
    return cut_out(pixels, left, top, width, height)


def moves(before: Size, value: Crop | Box) -> Matrix:
    return cut(before, box(before, value) if isinstance(value, Crop) else value)


def measure(pixels: Pixels, value: Crop) -> Box:
    """Where the cut is: of an aspect that keeps to the subject, only the pixels tell."""
    if value.aspect is None or value.gravity not in _SUBJECTS:
        return box(size_of(pixels), value)
    left, top, width, height = box(size_of(pixels), value.model_copy(update={"aspect": None}))
    kept = size(size_of(pixels), value)
    rectangle = pixels[top : top + height, left : left + width]
    across, down = _SUBJECTS[value.gravity](rectangle, kept)
    return left + across, top + down, *kept


def size(before: Size, value: Crop) -> Size:
    return box(before, value)[2:]


def box(photo: Size, value: Crop) -> Box:
    """Left, top, width, height in pixels; never empty, never beyond the photo.

    Where an aspect's place depends on what is seen, only its size is true: it is in the middle.
    """
    left, width = _span(photo[0], value.x, value.width)
    top, height = _span(photo[1], value.y, value.height)
    if value.aspect is not None:
        across, down = sides(value.aspect)
        new_width = max(1, min(width, round(height * across / down)))
        new_height = max(1, min(height, round(width * down / across)))
        anchor = _ANCHORS.get(value.gravity, _MIDDLE)
        left += round((width - new_width) * anchor[0])
        top += round((height - new_height) * anchor[1])
        width, height = new_width, new_height
    return left, top, width, height


def _span(length: int, start: float, extent: float) -> tuple[int, int]:
    first = min(round(length * start), length - 1)
    last = min(round(length * (start + extent)), length)
    return first, max(1, last - first)


OPERATION = GeometryOperation(
    name="crop",
    label="Crop",
    group="Geometry",
    order=10,  # before straighten: its fractions are of the photo that is not yet turned
    place=1,
    value=Crop,
    neutral=Crop(),
    run=crop,
    size=size,
    moves=moves,
    measure=Measure(measure),
    examples=(
        {"aspect": "1:1"},
        {"aspect": "4:5", "gravity": "attention"},
        {"x": 0.25, "y": 0.25, "width": 0.5, "height": 0.5},
    ),
    holds=0.125,
    doc="Cuts a rectangle out of the photo, by fractions of its sides, or by an aspect ratio.",
)
