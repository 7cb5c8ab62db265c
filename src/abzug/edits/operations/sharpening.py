"""Sharpening: an unsharp mask on lightness only, so that no edge gets a colored seam."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, Field

from abzug.edits.base import Operation, Parameters, Stage, at_rest_without_amount
from abzug.edits.pixels import Pixels, add_levels, in_8_bits, level

_ROWS = 128
"""Rows worked on at a time: what lies between stays in the cache, and memory stays flat."""
_ZERO = 128
"""Where nothing is added, in planes that hold differences."""
Percent = Annotated[float, Field(strict=True, ge=0, le=100)]
Plane = npt.NDArray[np.uint8]


class Sharpening(Parameters):
    amount: Annotated[float, Field(strict=True, ge=0, le=150)] = 0.0
    """How much."""
    radius: Annotated[float, Field(strict=True, ge=0.5, le=3)] = 1.0
    """How wide an edge is, in pixels of the result."""
    detail: Percent = 25.0
    """0 keeps edges free of halos, 100 lets them overshoot."""
    masking: Percent = 0.0
    """Leaves smooth parts alone: 0 sharpens everywhere, 100 only the strongest edges."""


def sharpen(pixels: Pixels, value: Sharpening) -> Pixels:
    """Add to each pixel what its lightness differs from its surroundings (research/tone.md, 4).

    The difference d = y − blur(y) is added 1.25 × amount / 100 times, but limited to about
    ±(6 + 0.6 × detail) levels by tanh. In place, a strip of rows at a time; only the lightness of
    the whole is kept, for the rows that a strip's neighbor needs.
    """
    import cv2

    if not value.amount:
        return pixels
    luma = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), pixels.dtype)
    curve = _curve(value)
    mask = _mask(in_8_bits(luma), value.masking) if value.masking else None
    halo = round(3 * value.radius) + 2
    for top in range(0, len(luma), _ROWS):
        bottom = min(top + _ROWS, len(luma))
        above = min(halo, top)
        around: Any = luma[top - above : bottom + halo]
        blurred = cv2.GaussianBlur(around, (0, 0), value.radius)[above : above + bottom - top]
        strip, here = pixels[top:bottom], luma[top:bottom]
        if level(pixels) > 1:
            change = _added((here - np.asarray(blurred, np.float32)) / level(pixels), value)
            add_levels(strip, change if mask is None else change * (mask[top:bottom] / 255))
            continue
        apart = cv2.LUT(cv2.addWeighted(here, 1, blurred, -1, _ZERO), curve)
        middle = np.full_like(apart, _ZERO)
        more, less = cv2.subtract(apart, middle), cv2.subtract(middle, apart)
        if mask is not None:
            more = cv2.multiply(more, mask[top:bottom], scale=1 / 255)
            less = cv2.multiply(less, mask[top:bottom], scale=1 / 255)
        cv2.add(strip, cv2.cvtColor(more, cv2.COLOR_GRAY2RGB), dst=strip)
        cv2.subtract(strip, cv2.cvtColor(less, cv2.COLOR_GRAY2RGB), dst=strip)
    return pixels


def _curve(value: Sharpening) -> Plane:
    """What is added for each difference; both from −128 to 127, held as 0 to 255.

    In 8 bits, that is: numbers with a sign would take OpenCV three times as long. It never adds
    more than 119.
    """
    added = _added(np.arange(256) - float(_ZERO), value)
    return np.asarray(np.rint(added) + _ZERO, np.uint8)


def _added(difference: Any, value: Sharpening) -> Any:
    limit = 6 + 0.6 * value.detail
    return 1.25 * value.amount / 100 * limit * np.tanh(difference / limit)


def _mask(luma: Plane, masking: float) -> Plane:
    """255 where there are edges, 0 where it is smooth: found at half size, softened."""
    import cv2

    height, width = luma.shape
    half = cv2.resize(luma, (-(-width // 2), -(-height // 2)), interpolation=cv2.INTER_AREA)
    across, down = cv2.Sobel(half, cv2.CV_16S, 1, 0), cv2.Sobel(half, cv2.CV_16S, 0, 1)
    strength = cv2.addWeighted(cv2.convertScaleAbs(across), 0.5, cv2.convertScaleAbs(down), 0.5, 0)
    threshold = 50 * masking / 100
    rise = np.clip((np.arange(256) - 0.4 * threshold) / (0.8 * threshold + 1e-3), 0, 1)
    smooth = (255 * rise * rise * (3 - 2 * rise)).astype(np.uint8)
    wide = cv2.dilate(cv2.LUT(strength, smooth), np.ones((5, 5), np.uint8))
    edges = cv2.blur(wide, (5, 5))  # no wider than that: on the edge itself all of it stays
    return np.asarray(cv2.resize(edges, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


OPERATION = Operation(
    name="sharpening",
    label="Sharpening",
    group="Detail",
    stage=Stage.detail,
    order=10,
    value=Annotated[Sharpening, AfterValidator(at_rest_without_amount)],
    neutral=Sharpening(),
    run=sharpen,
    examples=({"amount": 75}, {"amount": 150, "radius": 3}),
    doc="Makes edges crisper, at the size of each output.",
)
