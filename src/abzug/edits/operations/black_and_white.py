"""Black and white, with a weight for each color of the original."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field, StrictBool

from abzug.edits.color.colorspace import Array, planes
from abzug.edits.color.hues import has_hue, hue_mix
from abzug.edits.color.pixelwise import OKLCH, ColorOperation, Pixelwise
from abzug.edits.operation import Parameters

Weight = Annotated[float, Field(ge=-100, le=100, strict=True)]


class Mix(Parameters):
    """How much lighter or darker each original color becomes."""

    red: Weight = 0
    orange: Weight = 0
    yellow: Weight = 0
    green: Weight = 0
    aqua: Weight = 0
    blue: Weight = 0
    purple: Weight = 0
    magenta: Weight = 0


def _canonical(value: bool | Mix) -> bool | Mix:
    """A mix of zeros is plain black and white, and equal edits must have one form."""
    return True if value == Mix() else value


def drain(color: Array, mix: bool | Mix) -> Array:
    """Grey of the same lightness; a weight of ±100 moves a strong color far lighter or darker."""
    lightness, chroma, hue = np.moveaxis(color, -1, 0)
    if isinstance(mix, Mix):
        weight = hue_mix(hue, mix.model_dump()) / 100
        weight *= has_hue(chroma) * np.sqrt(np.minimum(chroma / 0.12, 1))
        lighter = lightness + 0.9 * weight * lightness * (1 - lightness)
        lightness = np.where(weight > 0, lighter, lightness * (1 + 0.45 * weight))
    grey = np.zeros_like(lightness)
    return planes([lightness, grey, grey])


OPERATION = ColorOperation(
    name="black_and_white",
    label="Black & white",
    group="Color",
    order=60,  # after all that changes one color: its weights are of those; before toning
    value=Annotated[StrictBool | Mix, AfterValidator(_canonical)],
    neutral=False,
    run=Pixelwise(OKLCH, drain),
    examples=(True, {"red": -60, "blue": 60}),
    doc="Takes the color away; weights make what was red, orange, … lighter or darker.",
)
