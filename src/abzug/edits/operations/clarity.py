"""Clarity: contrast of the drawing within a region, not of the whole."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.color.colorspace import Array
from abzug.edits.color.curves import smoothstep
from abzug.edits.color.guided import guided
from abzug.edits.color.local_light import LightOperation, Scene

_RADIUS, _EPSILON = 28, 0.018
"""Finer drawing than the regions of highlights and shadows: edges above 0.13 bound it."""
_LARGEST = 0.22
"""Differences beyond are edges that leaked into the drawing; more of them would be a halo."""


def crisp_gain(scene: Scene, clarity: float) -> Array:
    """Gain that moves each pixel away from its region's brightness, or towards it below 0.

    In black there is only noise to draw out, and in white only clipping: both get less.
    """
    amount = (1.1 if clarity > 0 else 0.65) * clarity / 100
    luma = scene.luma
    slope, offset = guided(luma, luma, scene.radius(_RADIUS), _EPSILON)
    base = slope * luma + offset
    window = smoothstep(0, 0.25, base) * (1 - 0.85 * smoothstep(0.6, 1, base))
    drawing = np.clip(luma - base, -_LARGEST, _LARGEST)
    gain: Array = (luma + amount * drawing * window) / np.maximum(luma, np.float32(0.02))
    return np.clip(gain, 0.5, 1.8)


OPERATION = LightOperation(
    name="clarity",
    label="Clarity",
    group="Effects",
    order=30,  # beside highlights and shadows: gains are multiplied, and no order shows
    place=2,
    value=Annotated[float, Field(ge=-100, le=100, strict=True)],
    neutral=0,
    run=crisp_gain,
    doc="Brings out or softens the drawing of the middle tones, without halos along edges.",
    step=1,
)
