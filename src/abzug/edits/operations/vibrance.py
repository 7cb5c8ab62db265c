"""Vibrance: saturation for the colors that lack it."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.color.colorspace import Array, planes
from abzug.edits.color.curves import scale_chroma, smoothstep
from abzug.edits.color.hues import skin
from abzug.edits.color.pixelwise import OKLCH, ColorOperation, Pixelwise


def enliven(color: Array, vibrance: float) -> Array:
    """Weak colors most, strong ones hardly, skin a third; −100 leaves a third of the color."""
    lightness, chroma, hue = np.moveaxis(color, -1, 0)
    amount = vibrance / 100
    if amount > 0:
        weak = np.exp(-((chroma / 0.15) ** 2)) * (1 - 0.68 * skin(hue))
        gain = 1 + 1.1 * amount * weak * smoothstep(0, 0.4, lightness)
    else:
        weak = np.exp(-((chroma / 0.12) ** 2))
        gain = 1 + amount * (0.5 + 0.3 * weak) * (1 - 0.25 * skin(hue))
    return planes([lightness, scale_chroma(lightness, chroma, hue, gain), hue])


OPERATION = ColorOperation(
    name="vibrance",
    label="Vibrance",
    group="Color",
    order=50,  # before saturation, which would make strong what is told as weak here
    value=Annotated[float, Field(ge=-100, le=100, strict=True)],
    neutral=0,
    run=Pixelwise(OKLCH, enliven),
    doc="Strengthens or weakens pale colors more than strong ones, and spares skin.",
    step=1,
)
