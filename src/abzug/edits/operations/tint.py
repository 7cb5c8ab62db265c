"""Tint: white balance across the line of temperature."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.adaptation import adaptation
from abzug.edits.base import Operation, Stage
from abzug.edits.colorspace import Array, multiply
from abzug.edits.pixelwise import BALANCE, Pixelwise

DUV_PER_UNIT = 0.00024


def tint(rgb: Array, value: float) -> Array:
    """Adapt from a light beside daylight, greener or pinker; above 0 is magenta."""
    return np.maximum(multiply(adaptation(0, DUV_PER_UNIT * value), rgb), 0)


OPERATION = Operation(
    name="tint",
    label="Tint",
    group="Color",
    stage=Stage.color,
    order=11,
    value=Annotated[float, Field(ge=-100, le=100, strict=True)],
    neutral=0,
    run=Pixelwise(BALANCE, tint),
    doc="White balance between green and magenta; the brightness of grey stays.",
    step=1,
)
