"""Blacks: where black begins."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.color.colorspace import Array
from abzug.edits.color.curves import rgb_tone
from abzug.edits.color.pixelwise import ENCODED, ColorOperation, Pixelwise


def set_black(rgb: Array, blacks: float) -> Array:
    """At −100 all below 0.065 becomes black, at +100 black becomes 0.09; from 0.6 nothing moves."""
    shift = 0.09 * blacks / 100

    def curve(x: Array) -> Array:
        depth = 1 - np.minimum(x / 0.6, 1)
        lifted: Array = x + shift * depth * depth * depth
        return lifted

    return rgb_tone(rgb, curve)


OPERATION = ColorOperation(
    name="blacks",
    label="Blacks",
    group="Light",
    order=32,  # beside whites: neither reaches the other's end
    place=6,
    value=Annotated[float, Field(ge=-100, le=100, strict=True)],
    neutral=0,
    run=Pixelwise(ENCODED, set_black),
    doc="Moves the black end of the tones; the lights stay.",
    step=1,
)
