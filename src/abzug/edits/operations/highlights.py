"""Highlights: exposure of the bright regions."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from abzug.edits.color.colorspace import Array
from abzug.edits.color.curves import smoothstep
from abzug.edits.color.local_light import LightOperation, Scene


def bright_gain(scene: Scene, highlights: float) -> Array:
    """Gain by the brightness of the region, so the drawing within it is kept.

    Downwards pure white gives way less: there is nothing behind it, and it would be a grey sheet.
    """
    amount, base = highlights / 100, scene.base
    if amount > 0:
        return scene.gain(amount * smoothstep(0.36, 1, base))
    window = smoothstep(0.40, 0.92, base) * (1 - 0.45 * smoothstep(0.84, 1, base))
    return scene.gain(1.05 * amount * window)


OPERATION = LightOperation(
    name="highlights",
    label="Highlights",
    group="Light",
    order=20,  # after dehaze; gains are multiplied, so that among them no order shows
    place=3,
    value=Annotated[float, Field(ge=-100, le=100, strict=True)],
    neutral=0,
    run=bright_gain,
    doc="Darkens or brightens the bright regions and keeps the drawing within them.",
    step=1,
)
