"""Temperature: the light is taken to have been bluer or warmer than it was."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.adaptation import adaptation
from abzug.edits.base import Operation, Stage
from abzug.edits.colorspace import Array, multiply
from abzug.edits.pixelwise import BALANCE, Pixelwise

MIRED_PER_UNIT = -0.85
"""±100 is 153.7 ∓ 85 mired of assumed light: 14600 K to 4190 K."""


def warm(rgb: Array, temperature: float) -> Array:
    """Adapt from a light on the Planckian locus to daylight; above 0 is warmer."""
    return np.maximum(multiply(adaptation(MIRED_PER_UNIT * temperature, 0), rgb), 0)


OPERATION = Operation(
    name="temperature",
    label="Temperature",
    group="Color",
    stage=Stage.color,
    order=10,
    value=Annotated[float, Field(ge=-100, le=100, strict=True)],
    neutral=0,
    run=Pixelwise(BALANCE, warm),
    doc="White balance between blue and amber; the brightness of grey stays.",
    step=1,
)
