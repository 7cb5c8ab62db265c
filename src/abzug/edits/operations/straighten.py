"""Straighten: turned by a small angle, and cut so that no corner is empty."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.operation import GeometryOperation
from abzug.edits.pixels.arrays import Pixels, size_of
from abzug.edits.pixels.warp import warp
from abzug.edits.sizes import Size


def straighten(pixels: Pixels, degrees: float) -> Pixels:
    """Turned clockwise about its middle, bicubic, and cut to `size`. Raises EditImpossible."""
    (width, height), after = size_of(pixels), size(size_of(pixels), degrees)
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    back = np.array([(cosine, sine), (-sine, cosine)])
    middle, middle_after = (np.array([w - 1, h - 1]) / 2 for w, h in ((width, height), after))
    source = np.eye(3)
    source[:2, :2], source[:2, 2] = back, middle - back @ middle_after
    return warp(pixels, source, after)


def size(before: Size, degrees: float) -> Size:
    """The largest upright rectangle of the photo's own proportions within the turned photo.

    Turned back by the angle, its corners must lie within the photo: for a scale k,
    k·(w·cos + h·sin) ≤ w and k·(w·sin + h·cos) ≤ h.
    """
    width, height = before
    sine, cosine = abs(math.sin(math.radians(degrees))), math.cos(math.radians(degrees))
    k = min(
        width / (width * cosine + height * sine),
        height / (width * sine + height * cosine),
    )
    return max(1, math.floor(width * k)), max(1, math.floor(height * k))


OPERATION = GeometryOperation(
    name="straighten",
    label="Straighten",
    group="Geometry",
    order=20,  # before flip: in a mirrored photo the angle would go the other way
    place=2,
    value=Annotated[float, Field(strict=True, ge=-45, le=45)],
    neutral=0.0,
    run=straighten,
    size=size,
    examples=(5, -15),
    doc="Turns the photo by a small angle, clockwise, and cuts it so that no corner is empty.",
    unit="°",
    step=0.1,
)
