"""Temperature: the light is taken to have been bluer or warmer than it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from abzug.edits.color.adaptation import LitColors
from abzug.edits.color.pixelwise import BALANCE, ColorOperation, Pixelwise

MIRED_PER_UNIT = -0.85
"""±100 is 153.7 ∓ 85 mired of assumed light: 14600 K to 4190 K."""


def warm(lit: LitColors, temperature: float) -> LitColors:
    """Above 0 the light is taken to have been bluer, so the photo becomes warmer."""
    return replace(lit, mired=MIRED_PER_UNIT * temperature)


OPERATION = ColorOperation(
    name="temperature",
    label="Temperature",
    group="Color",
    order=10,  # beside white balance, with which it is one adaptation, in whichever order
    value=Annotated[float, Field(ge=-100, le=100, strict=True)],
    neutral=0,
    run=Pixelwise(BALANCE, warm),
    doc="White balance between blue and amber; the brightness of grey stays.",
    step=1,
)
