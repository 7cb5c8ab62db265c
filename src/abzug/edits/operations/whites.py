"""Whites: where white begins."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from abzug.edits.color.colorspace import Array
from abzug.edits.color.curves import rgb_tone, smoothstep
from abzug.edits.color.pixelwise import ENCODED, ColorOperation, Pixelwise


def set_white(rgb: Array, whites: float) -> Array:
    """At +100 about 0.84 becomes white, at −100 white becomes 0.86; below 0.25 nothing moves."""
    amount = (0.22 if whites > 0 else 0.14) * whites / 100
    return rgb_tone(rgb, lambda x: x * (1 + amount * smoothstep(0.25, 1, x)))


OPERATION = ColorOperation(
    name="whites",
    label="Whites",
    group="Light",
    order=31,  # after contrast, which leaves both ends where they are
    place=5,
    value=Annotated[float, Field(ge=-100, le=100, strict=True)],
    neutral=0,
    run=Pixelwise(ENCODED, set_white),
    doc="Moves the white end of the tones; the darks stay.",
    step=1,
)
