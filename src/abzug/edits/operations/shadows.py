"""Shadows: exposure of the dark regions."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from abzug.edits.color.colorspace import Array
from abzug.edits.color.curves import smoothstep
from abzug.edits.color.local_light import LightOperation, Scene


def dark_gain(scene: Scene, shadows: float) -> Array:
    """Gain by the darkness of the region, so the drawing within it is kept."""
    amount = (3.2 if shadows > 0 else 1.8) * shadows / 100
    return scene.gain(amount * (1 - smoothstep(0, 0.60, scene.base)))


OPERATION = LightOperation(
    name="shadows",
    label="Shadows",
    group="Light",
    order=21,  # beside highlights: gains are multiplied, and no order shows
    place=4,
    value=Annotated[float, Field(ge=-100, le=100, strict=True)],
    neutral=0,
    run=dark_gain,
    doc="Brightens or darkens the dark regions and keeps the drawing within them.",
    step=1,
)
