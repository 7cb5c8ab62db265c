"""Gamma: the middle tones lighter or darker, black and white where they are."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from abzug.edits.color.colorspace import Array
from abzug.edits.color.curves import rgb_tone
from abzug.edits.color.pixelwise import ENCODED, ColorOperation, Pixelwise


def bend(rgb: Array, gamma: float) -> Array:
    """Encoded values to the power of 1/gamma: above 1 lighter."""
    return rgb_tone(rgb, lambda x: x ** (1 / gamma))


OPERATION = ColorOperation(
    name="gamma",
    label="Gamma",
    group="Light",
    order=35,  # after levels: it bends what lies between the ends that they have set
    value=Annotated[float, Field(ge=0.1, le=10, strict=True)],
    neutral=1,
    run=Pixelwise(ENCODED, bend),
    examples=(0.6, 1.6),
    doc="Lightens the middle tones above 1, darkens them below; black and white stay.",
    step=0.05,
)
