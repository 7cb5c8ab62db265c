"""Straighten: turned by a small angle, and cut so that no corner is empty."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.base import Operation, Size, Stage
from abzug.edits.pixels import Pixels, by_weight, check_sides, size_of


def straighten(pixels: Pixels, degrees: float) -> Pixels:
    """Turned clockwise about its middle, bicubic, and cut to `size`. Raises EditImpossible."""
    import cv2

    before = size_of(pixels)
    check_sides(before)
    (width, height), (new_width, new_height) = before, size(before, degrees)
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1.0)
    matrix[0, 2] += (new_width - width) / 2
    matrix[1, 2] += (new_height - height) / 2

    def turn(weighed: Pixels) -> Pixels:
        turned = cv2.warpAffine(
            weighed,
            matrix,
            (new_width, new_height),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,  # the kernel looks a pixel past the edge
        )
        return np.asarray(turned, weighed.dtype)

    return by_weight(pixels, turn)


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


OPERATION = Operation(
    name="straighten",
    label="Straighten",
    group="Geometry",
    stage=Stage.geometry,
    order=20,
    value=Annotated[float, Field(strict=True, ge=-45, le=45)],
    neutral=0.0,
    run=straighten,
    size=size,
    examples=(5, -15),
    doc="Turns the photo by a small angle, clockwise, and cuts it so that no corner is empty.",
    unit="°",
    step=0.1,
)
