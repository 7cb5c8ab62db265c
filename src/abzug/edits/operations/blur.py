"""Blur: the whole picture out of focus."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.base import Operation, Stage
from abzug.edits.light import STRIP, enlarged
from abzug.edits.pixels import Pixels, size_of
from abzug.edits.strips import strips
from abzug.edits.weighing import by_weight

_WIDEST = 0.05
"""Standard deviation of the Gaussian at 100, of the picture's shorter side: the same in every size
of output."""


def blur(pixels: Pixels, amount: float) -> Pixels:
    """Gaussian, of colors weighed by alpha; that itself, the outline of the picture, stays."""
    if not amount:
        return pixels
    blurred = by_weight(pixels, lambda weighed: _spread(weighed, amount))
    blurred[..., 3:] = pixels[..., 3:]
    return blurred


def _spread(pixels: Pixels, amount: float) -> Pixels:
    """A wide Gaussian is done on a smaller copy, which by then has lost nothing of its own.
    In place, a strip of rows at a time.

    Shrinking by k and enlarging linearly blur as well, with variances of about k²/12 and k²/6
    (a box, and a triangle on pixels k wide); the Gaussian in between does the rest.
    """
    import cv2

    size = size_of(pixels)
    deviation = _WIDEST * min(size) * amount / 100
    shrink = math.floor(deviation / 2)
    if shrink < 2:
        return _soften(pixels, deviation)
    small = (math.ceil(size[0] / shrink), math.ceil(size[1] / shrink))
    copy = np.asarray(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), pixels.dtype)
    _soften(copy, math.sqrt(deviation**2 - shrink**2 / 4) / shrink)
    for top in range(0, len(pixels), STRIP):
        strip = pixels[top : top + STRIP]
        strip[:] = np.rint(enlarged(copy, range(top, top + len(strip)), pixels.shape))
    return pixels


def _soften(pixels: Pixels, deviation: float) -> Pixels:
    import cv2

    for rows, seen, inner in strips(pixels, math.ceil(4 * deviation) + 1, np.asarray):
        soft = cv2.GaussianBlur(seen, (0, 0), deviation, borderType=cv2.BORDER_REPLICATE)
        pixels[rows] = soft[inner]
    return pixels


OPERATION = Operation(
    name="blur",
    label="Blur",
    group="Effects",
    stage=Stage.detail,
    order=3,
    value=Annotated[float, Field(strict=True, ge=0, le=100)],
    neutral=0.0,
    run=blur,
    takes_alpha=True,
    holds=0.25,
    doc="Blurs the whole picture. To hide something in it take Redact: a blur can be undone.",
)
