"""Saturation: the strength of all colors."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.color.colorspace import Array, planes
from abzug.edits.color.curves import scale_chroma, smoothstep
from abzug.edits.color.pixelwise import OKLCH, ColorOperation, Pixelwise


def saturate(color: Array, saturation: float) -> Array:
    """−100 is grey; +100 doubles pale colors and nears the edge of sRGB with strong ones."""
    lightness, chroma, hue = np.moveaxis(color, -1, 0)
    # What color black has is noise: it may vanish, never grow.
    window = smoothstep(0, 0.35, lightness) if saturation > 0 else np.ones_like(lightness)
    gain = 1 + saturation / 100 * window
    return planes([lightness, scale_chroma(lightness, chroma, hue, gain), hue])


OPERATION = ColorOperation(
    name="saturation",
    label="Saturation",
    group="Color",
    order=51,  # after vibrance, which must see which colors were weak
    value=Annotated[float, Field(ge=-100, le=100, strict=True)],
    neutral=0,
    run=Pixelwise(OKLCH, saturate),
    doc="Strengthens or weakens all colors alike; −100 is grey.",
    step=1,
)
