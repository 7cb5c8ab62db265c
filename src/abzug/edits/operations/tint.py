"""Tint: white balance across the line of temperature."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from abzug.edits.color.adaptation import LitColors
from abzug.edits.color.pixelwise import BALANCE, ColorOperation, Pixelwise

DUV_PER_UNIT = 0.00024


def tint(lit: LitColors, value: float) -> LitColors:
    """Above 0 the light is taken to have been greener, so the photo turns to magenta."""
    return replace(lit, duv=DUV_PER_UNIT * value)


OPERATION = ColorOperation(
    name="tint",
    label="Tint",
    group="Color",
    order=11,  # beside temperature, with which it is one adaptation, in whichever order
    value=Annotated[float, Field(ge=-100, le=100, strict=True)],
    neutral=0,
    run=Pixelwise(BALANCE, tint),
    doc="White balance between green and magenta; the brightness of grey stays.",
    step=1,
)
