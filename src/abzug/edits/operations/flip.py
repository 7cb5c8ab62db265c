"""Flip: mirrored."""

from __future__ import annotations

from typing import Literal

from abzug.edits.operation import GeometryOperation
from abzug.edits.pixels.arrays import Pixels, mirror


def flip(pixels: Pixels, direction: str) -> Pixels:
    return mirror(pixels, across=direction != "vertical", down=direction != "horizontal")


OPERATION = GeometryOperation(
    name="flip",
    label="Flip",
    group="Geometry",
    order=40,  # after rotate: left and right are as they are seen in the end
    place=4,
    value=Literal["none", "horizontal", "vertical", "both"],
    neutral="none",
    run=flip,
    examples=("horizontal", "vertical"),
    holds=0,
    doc="Mirrors the photo, left to right, top to bottom, or both.",
)
