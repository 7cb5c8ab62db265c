"""Contrast: an S-curve around middle grey."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.color.colorspace import Array
from abzug.edits.color.curves import rgb_tone
from abzug.edits.color.pixelwise import ENCODED, ColorOperation, Pixelwise


def stretch(rgb: Array, contrast: float) -> Array:
    """Slope 1.62 at middle grey for +100, 0.5 for −100; black and white do not move."""
    amount = (0.62 if contrast > 0 else 0.50) * contrast / 100
    return rgb_tone(rgb, lambda x: x - amount * np.sin(2 * np.pi * x) / (2 * np.pi))


OPERATION = ColorOperation(
    name="contrast",
    label="Contrast",
    group="Light",
    order=30,  # after exposure: it turns about the middle grey that this has made
    place=2,
    value=Annotated[float, Field(ge=-100, le=100, strict=True)],
    neutral=0,
    run=Pixelwise(ENCODED, stretch),
    doc="Spreads light and dark around middle grey, or brings them together.",
    step=1,
)
