"""Noise reduction: of lightness; that of color has an operation of its own."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from abzug.edits.color.guided import guided
from abzug.edits.operation import DenoiseOperation
from abzug.edits.pixels.arrays import Pixels, add_levels, in_8_bits, level
from abzug.edits.pixels.noise import measured, middle
from abzug.edits.pixels.strips import luma, strips

_RADIUS = 2
_HALO = 3 * _RADIUS
"""Rows around that a strip looks at: twice the radius, and never too few for that radius."""


def smooth(pixels: Pixels, noise_reduction: float) -> Pixels:
    """Average what is as flat as the noise; contrasts well above it stay. In place.

    A guided filter of 5×5 pixels on luma, with ε = (1.7·σ·amount/50)² for a measured noise σ; what
    it takes is taken from all three channels.
    """
    import cv2

    epsilon = (1.7 * measured(in_8_bits(luma(middle(pixels)))) * noise_reduction / 50) ** 2
    for rows, seen, inner in strips(pixels, _HALO):
        around = seen.astype(np.float32)
        if level(pixels) > 1:
            around /= level(pixels)
        slope, offset = guided(around, around, _RADIUS, epsilon)
        change = ((slope - 1) * around + offset)[inner]
        strip = pixels[rows]
        if level(pixels) > 1:
            add_levels(strip, change)
            continue
        added: Any = np.rint(change).astype(np.int16)
        cv2.add(strip, cv2.merge([added] * 3), dst=strip, dtype=cv2.CV_8U)
    return pixels


OPERATION = DenoiseOperation(
    name="noise_reduction",
    label="Noise reduction",
    group="Detail",
    order=10,  # beside that of color: neither touches what the other one measures
    place=101,
    value=Annotated[float, Field(ge=0, le=100, strict=True)],
    neutral=0,
    run=smooth,
    holds=0.15,
    doc="Smooths the noise of dark or small-sensor photos, as far as it is measured; 25 is usual.",
    step=1,
)
