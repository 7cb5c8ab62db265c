"""Sharpening: an unsharp mask on lightness only, so that no edge gets a colored seam."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, Field

from abzug.edits.color.local_light import enlarged
from abzug.edits.operation import DetailOperation, Parameters, at_rest_without_amount
from abzug.edits.pixels.arrays import Pixels, add_levels, in_8_bits, level
from abzug.edits.pixels.strips import half, strips

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
    """Add to each pixel what its lightness differs from its surroundings.

    To all three channels alike, or edges would be colored. The difference d = y − blur(y) is added
    1.25 × amount / 100 times, but limited to about ±(6 + 0.6 × detail) levels by tanh. In place, a
    strip of rows at a time.
    """
    import cv2

    if not value.amount:
        return pixels
    curve = _curve(value)
    mask = _mask(pixels, value.masking) if value.masking else None
    for rows, luma, inner in strips(pixels, halo=round(3 * value.radius) + 2):
        blurred = cv2.GaussianBlur(luma, (0, 0), value.radius)[inner]
        strip, here = pixels[rows], luma[inner]
        there = None if mask is None else enlarged(mask, range(rows.start, rows.stop), pixels.shape)
        if level(pixels) > 1:
            change = _added((here - np.asarray(blurred, np.float32)) / level(pixels), value)
            add_levels(strip, change if there is None else change * (there / 255))
            continue
        apart = cv2.LUT(cv2.addWeighted(here, 1, blurred, -1, _ZERO), curve)
        middle = np.full_like(apart, _ZERO)
        more, less = cv2.subtract(apart, middle), cv2.subtract(middle, apart)
        if there is not None:
            more, less = (
                cv2.multiply(one, cv2.convertScaleAbs(there), scale=1 / 255) for one in (more, less)
            )
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


def _mask(pixels: Pixels, masking: float) -> Plane:
    """255 where there are edges, 0 where it is smooth: at half size, softened."""
    import cv2

    small: Any = in_8_bits(half(pixels))
    across = cv2.convertScaleAbs(cv2.Sobel(small, cv2.CV_16S, 1, 0))
    down = cv2.convertScaleAbs(cv2.Sobel(small, cv2.CV_16S, 0, 1))
    strength = cv2.addWeighted(across, 0.5, down, 0.5, 0)
    threshold = 50 * masking / 100
    rise = np.clip((np.arange(256) - 0.4 * threshold) / (0.8 * threshold + 1e-3), 0, 1)
    smooth = (255 * rise * rise * (3 - 2 * rise)).astype(np.uint8)
    wide = cv2.dilate(cv2.LUT(strength, smooth), np.ones((5, 5), np.uint8))
    # no wider than that: on the edge itself all of it stays
    return np.asarray(cv2.blur(wide, (5, 5)), np.uint8)


OPERATION = DetailOperation(
    name="sharpening",
    label="Sharpening",
    group="Detail",
    order=10,  # before grain, which it would harden
    value=Annotated[Sharpening, AfterValidator(at_rest_without_amount)],
    neutral=Sharpening(),
    run=sharpen,
    examples=({"amount": 75}, {"amount": 150, "radius": 3}),
    holds=0.2,
    doc="Makes edges crisper, at the size of each output.",
)
