"""Levels: what becomes black and white, what is between, and what black and white become."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from abzug.edits.color.colorspace import Array
from abzug.edits.color.curves import rgb_tone
from abzug.edits.color.pixelwise import ENCODED, ColorOperation, Pixelwise
from abzug.edits.operation import Parameters

NARROWEST = 2
"""Levels between black and white at least: nearer, a photo would be a drawing of two tones."""
_HAIR = 1e-9
"""3.7135 - 1.7135 is a hair less than 2."""
Tone = Annotated[float, Field(ge=0, le=255, strict=True)]


class Levels(Parameters):
    """Tones are 0..255."""

    black: Annotated[float, Field(ge=0, le=253, strict=True)] = 0
    """What is this dark becomes black."""
    white: Annotated[float, Field(ge=2, le=255, strict=True)] = 255
    """What is this light becomes white."""
    gamma: Annotated[float, Field(ge=0.1, le=10, strict=True)] = 1
    """Above 1 the middle tones become lighter."""
    out_black: Annotated[Tone, Field(title="Black becomes")] = 0
    """What black becomes."""
    out_white: Annotated[Tone, Field(title="White becomes")] = 255
    """What white becomes; darker than black's, the photo is a negative."""

    @model_validator(mode="after")
    def _apart(self) -> Levels:
        if self.white - self.black < NARROWEST - _HAIR:
            msg = f"white must be at least {NARROWEST} above black"
            raise ValueError(msg)
        return self


def set_levels(rgb: Array, levels: Levels) -> Array:
    """A straight line from black to white, bent by gamma, then one from out_black to out_white."""
    low, high = levels.out_black / 255, levels.out_white / 255

    def curve(x: Array) -> Array:
        place = (x * 255 - levels.black) / (levels.white - levels.black)
        bent: Array = low + (high - low) * np.clip(place, 0, 1) ** (1 / levels.gamma)
        return bent

    return rgb_tone(rgb, curve)


OPERATION = ColorOperation(
    name="levels",
    label="Levels",
    group="Light",
    order=34,  # after the tone curve, which would move what black and white become here
    value=Levels,
    neutral=Levels(),
    run=Pixelwise(ENCODED, set_levels),
    examples=({"black": 20, "white": 230}, {"out_black": 255, "out_white": 0}),
    doc="Sets which tones become black and white, and bends those between.",
)
