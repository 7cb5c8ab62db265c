"""Flip: mirrored."""

from __future__ import annotations

from typing import Literal

from abzug.edits.base import Operation, Stage
from abzug.edits.pixels import Pixels, turn

_ORIENTATIONS = {"horizontal": 2, "vertical": 4, "both": 3}


def flip(pixels: Pixels, direction: str) -> Pixels:
    return turn(pixels, _ORIENTATIONS[direction])


OPERATION = Operation(
    name="flip",
    label="Flip",
    group="Geometry",
    stage=Stage.geometry,
    order=40,
    value=Literal["none", "horizontal", "vertical", "both"],
    neutral="none",
    run=flip,
    examples=("horizontal", "vertical"),
    doc="Mirrors the photo, left to right, top to bottom, or both.",
)
