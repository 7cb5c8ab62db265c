"""Rotate: by quarter turns, clockwise."""

from __future__ import annotations

from typing import Literal

from abzug.edits.homography import Matrix, upright
from abzug.edits.operation import GeometryOperation
from abzug.edits.pixels.arrays import Pixels, mirror, turned_buffer
from abzug.edits.sizes import Size, turned

_ORIENTATIONS = {90: 6, 180: 3, 270: 8}


def rotate(pixels: Pixels, degrees: int) -> Pixels:
    if degrees == 180:
        return mirror(pixels, across=True, down=True)
    return turned_buffer(pixels, _ORIENTATIONS[degrees])


def size(before: Size, degrees: int) -> Size:
    return turned(*before, _ORIENTATIONS[degrees])


def moves(_: Size, degrees: int) -> Matrix:
    return upright(_ORIENTATIONS[degrees])


OPERATION = GeometryOperation(
    name="rotate",
    label="Rotate",
    group="Geometry",
    order=30,  # before flip, whose left and right are those of the turned photo
    place=3,
    value=Literal[0, 90, 180, 270],
    neutral=0,
    run=rotate,
    size=size,
    moves=moves,
    examples=(90,),
    holds=0.15,
    doc="Turns the photo clockwise, by quarters.",
    unit="°",
    step=90,
)
