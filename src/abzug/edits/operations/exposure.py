"""Exposure: 2^EV in linear light."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from abzug.edits.color.colorspace import Array
from abzug.edits.color.curves import rgb_tone, shoulder
from abzug.edits.color.pixelwise import LINEAR, ColorOperation, Pixelwise


def expose(rgb: Array, ev: float) -> Array:
    """Upwards with a soft shoulder, so white stays white; downwards linear, so white turns grey."""
    return rgb_tone(rgb, lambda x: shoulder(x, 2.0**ev))


OPERATION = ColorOperation(
    name="exposure",
    label="Exposure",
    group="Light",
    order=20,  # before the tones, still in linear light: it says what middle grey is
    place=1,
    value=Annotated[float, Field(ge=-5, le=5, strict=True)],
    neutral=0,
    run=Pixelwise(LINEAR, expose),
    doc="Brightens or darkens the whole photo, in stops. White stays white.",
    unit="EV",
    step=0.05,
)
