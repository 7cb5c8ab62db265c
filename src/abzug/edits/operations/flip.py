"""Flip: mirrored."""

from __future__ import annotations

from typing import Literal

from abzug.edits.homography import Matrix, upright
from abzug.edits.operation import GeometryOperation
from abzug.edits.pixels.arrays import Pixels, mirror
from abzug.edits.sizes import Size

_ORIENTATIONS = {"horizontal": 2, "both": 3, "vertical": 4}


def flip(pixels: Pixels, direction: str) -> Pixels:
    return mirror(pixels, across=direction != "vertical", down=direction != "horizontal")


def moves(_: Size, direction: str) -> Matrix:
    return upright(_ORIENTATIONS[direction])


OPERATION = GeometryOperation(
    name="flip",
    label="Flip",
    group="Geometry",
    order=40,  # after rotate: left and right are as they are seen in the end
    place=4,
    value=Literal["none", "horizontal", "vertical", "both"],
    neutral="none",
    run=flip,
    moves=moves,
    examples=("horizontal", "vertical"),
    holds=0,
    doc="Mirrors the photo, left to right, top to bottom, or both.",
)
