"""HSL: hue, saturation and luminance of eight colors, each by itself."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.color.colorspace import Array, planes
from abzug.edits.color.curves import scale_chroma
from abzug.edits.color.hues import HUES, has_hue, hue_mix, turn_hues
from abzug.edits.color.pixelwise import OKLCH, ColorOperation, Pixelwise
from abzug.edits.operation import Parameters

Share = Annotated[float, Field(ge=-100, le=100, strict=True)]


class Change(Parameters):
    hue: Share = 0
    """Towards its neighbor: red goes to magenta below 0, to orange above."""
    saturation: Share = 0
    luminance: Share = 0


class Hsl(Parameters):
    red: Annotated[Change, Field(title="Red")] = Change()
    orange: Annotated[Change, Field(title="Orange")] = Change()
    yellow: Annotated[Change, Field(title="Yellow")] = Change()
    green: Annotated[Change, Field(title="Green")] = Change()
    aqua: Annotated[Change, Field(title="Aqua")] = Change()
    blue: Annotated[Change, Field(title="Blue")] = Change()
    purple: Annotated[Change, Field(title="Purple")] = Change()
    magenta: Annotated[Change, Field(title="Magenta")] = Change()

    def shares(self, part: str) -> dict[str, float]:
        """Hue, saturation or luminance of each color, −1..1."""
        return {name: getattr(getattr(self, name), part) / 100 for name in HUES}


def mix(color: Array, value: Hsl) -> Array:
    """Colors between two of the eight take part of both; grey has no hue and stays."""
    lightness, chroma, hue = np.moveaxis(color, -1, 0)
    gate = has_hue(chroma)
    turned = turn_hues(hue, value.shares("hue"))
    brighter = hue_mix(hue, value.shares("luminance")) * gate
    stronger = hue_mix(hue, value.shares("saturation"))
    darker = 1 + 0.28 * np.minimum(brighter, 0)
    lit = lightness + 0.55 * np.maximum(brighter, 0) * lightness * (1 - lightness)
    gain = 1 + stronger * np.where(stronger > 0, gate, 1)
    return planes([lit * darker, scale_chroma(lit * darker, chroma * darker, turned, gain), turned])


OPERATION = ColorOperation(
    name="hsl",
    label="HSL",
    group="Color",
    order=40,  # after the tones, which make the colors; before saturation: grey has no hue
    place=103,
    value=Hsl,
    neutral=Hsl(),
    run=Pixelwise(OKLCH, mix),
    examples=(
        {"blue": {"saturation": 60, "luminance": -40}},
        {"green": {"hue": -100}, "orange": {"luminance": 40}},
    ),
    doc="Changes hue, saturation and luminance of eight colors, each by itself.",
)
