"""Sepia: the brown of an old silver print."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.color.colorspace import Array, from_polar, planes
from abzug.edits.color.pixelwise import OKLAB, ColorOperation, Pixelwise

HUE = 72.0
"""OKLCh degrees."""


def tone(lab: Array, amount: float) -> Array:
    """At 100 every color is the brown of its lightness: black is neutral, paper a little warm."""
    lightness = np.clip(lab[..., 0], 0, 1)
    chroma = 0.052 * np.sqrt(4 * lightness * (1 - lightness)) + 0.012 * lightness
    brown = from_polar(planes([lab[..., 0], chroma, np.full_like(chroma, HUE)]))
    toned: Array = lab + (brown - lab) * (amount / 100)
    return toned


OPERATION = ColorOperation(
    name="sepia",
    label="Sepia",
    group="Effects",
    order=80,  # after all colors of the photo's own: it takes their place
    place=115,
    value=Annotated[float, Field(ge=0, le=100, strict=True)],
    neutral=0,
    run=Pixelwise(OKLAB, tone),
    doc="Tones the photo brown, like an old silver print.",
    step=1,
)
