"""Straighten: turned by a small angle, and cut so that no corner is empty."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.homography import Matrix, in_fractions
from abzug.edits.operation import GeometryOperation
from abzug.edits.pixels.arrays import Pixels, size_of
from abzug.edits.pixels.warp import warp
from abzug.edits.sizes import Size


def straighten(pixels: Pixels, degrees: float) -> Pixels:
    """Turned clockwise about its middle, bicubic, and cut to `size`. Raises EditImpossible."""
    before = size_of(pixels)
    after = size(before, degrees)
    middle, middle_after = (np.array([w - 1, h - 1]) / 2 for w, h in (before, after))
    return warp(pixels, _turned(-degrees, middle_after, middle), after)


def moves(before: Size, degrees: float) -> Matrix:
    after = size(before, degrees)
    turned = _turned(degrees, np.array(before) / 2, np.array(after) / 2)
    return in_fractions(turned, before, after)


def _turned(degrees: float, middle: Matrix, middle_after: Matrix) -> Matrix:
    """Clockwise, about a point that comes to be another."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    turn = np.array([(cosine, -sine), (sine, cosine)])
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = turn, middle_after - turn @ middle
    return matrix


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
    moves=moves,
    examples=(5, -15),
    doc="Turns the photo by a small angle, clockwise, and cuts it so that no corner is empty.",
    unit="°",
    step=0.1,
)
