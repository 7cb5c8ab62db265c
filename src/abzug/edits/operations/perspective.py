"""Perspective: a quadrilateral of the photo made a rectangle, and the rest cut off."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, Field

from abzug.edits.homography import Matrix
from abzug.edits.operation import GeometryOperation, Parameters
from abzug.edits.pixels.arrays import Pixels, size_of
from abzug.edits.pixels.warp import warp
from abzug.edits.sizes import Size

_LEAST_TURN = 1e-4
"""Twice the area of a corner's triangle, of the photo's: three corners in a line make no plane."""

Fraction = Annotated[float, Field(strict=True, ge=0, le=1)]
Point = tuple[Fraction, Fraction]
Corners = tuple[Point, Point, Point, Point]


def _convex(corners: Corners) -> Corners:
    for at in range(4):
        (x0, y0), (x1, y1), (x2, y2) = (corners[(at + n) % 4] for n in range(3))
        if (x1 - x0) * (y2 - y1) - (y1 - y0) * (x2 - x1) < _LEAST_TURN:
            raise ValueError("the corners must go clockwise around a shape without dents")
    return corners


class Perspective(Parameters):
    corners: Annotated[Corners, AfterValidator(_convex)] = (
        (0.0, 0.0),
        (1.0, 0.0),
        (1.0, 1.0),
        (0.0, 1.0),
    )
    """Where the corners of the rectangle-to-be are, clockwise from its upper left one, in fractions
    of the upright photo."""


def rectify(pixels: Pixels, value: Perspective) -> Pixels:
    """The plane that the corners span seen from straight before it, bicubic.

    The homography maps the corners to those of `size` (Hartley and Zisserman, Multiple View
    Geometry, 2004, chapter 2). Corners are points between pixels, whose middles are at halves.
    """
    import cv2

    before = size_of(pixels)
    if value == Perspective():
        return pixels
    after = size(before, value)
    target = np.array([(0, 0), (after[0], 0), after, (0, after[1])], np.float32)
    source = cv2.getPerspectiveTransform(
        target - 0.5, _in_pixels(before, value).astype(np.float32) - 0.5
    )
    return warp(pixels, np.asarray(source), after)


def moves(_: Size, value: Perspective) -> Matrix:
    import cv2

    whole = np.array(Perspective().corners, np.float32)
    return np.asarray(cv2.getPerspectiveTransform(np.array(value.corners, np.float32), whole))


def size(before: Size, value: Perspective) -> Size:
    """As wide as the longer of the upper and lower edges, as high as the longer of the others.

    So nothing is made smaller than it was; the true proportions cannot be told from four points.
    """
    corners = _in_pixels(before, value)
    upper, right, lower, left = (math.dist(corners[at], corners[(at + 1) % 4]) for at in range(4))
    return max(1, round(max(upper, lower))), max(1, round(max(left, right)))


def _in_pixels(photo: Size, value: Perspective) -> npt.NDArray[np.float64]:
    return np.array(value.corners) * photo


OPERATION = GeometryOperation(
    name="perspective",
    label="Perspective",
    group="Geometry",
    order=5,  # before crop, whose fractions are of what is made straight here
    value=Perspective,
    neutral=Perspective(),
    run=rectify,
    size=size,
    moves=moves,
    examples=({"corners": [[0.1, 0], [0.9, 0.1], [1, 1], [0, 0.9]]},),
    doc="Makes four corners a rectangle, as if seen from straight before it: a page, a facade.",
)
