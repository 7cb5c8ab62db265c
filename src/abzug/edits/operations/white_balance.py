"""White balance: which light lit the scene, by its name or in kelvin."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, model_validator

from abzug.edits.color.adaptation import Illuminant, LitColors, illuminant_gains
from abzug.edits.color.pixelwise import BALANCE, ColorOperation, Pixelwise
from abzug.edits.operation import Parameters

DAYLIGHT = Illuminant(5500, 10)
"""What a photo is taken to be balanced for that the camera has developed."""
PRESETS = {
    "daylight": DAYLIGHT,
    "cloudy": Illuminant(6500, 10),
    "shade": Illuminant(7500, 10),
    "tungsten": Illuminant(2850, 0),
    "fluorescent": Illuminant(3800, 21),
    "flash": Illuminant(5500, 0),
}
"""As Camera Raw has them."""


class WhiteBalance(Parameters):
    """A preset, or kelvin and tint: what is left out stays as shot. Of a RAW they are those of the
    true light, counted by its camera's own colors. A photo that the camera has developed is taken
    to be balanced for daylight, 5500 K with a tint of 10: there they tell how much warmer or cooler
    it becomes."""

    preset: Literal[
        "as_shot", "daylight", "cloudy", "shade", "tungsten", "fluorescent", "flash"
    ] = "as_shot"
    kelvin: Annotated[
        Annotated[float, Field(strict=True, ge=2000, le=50_000, json_schema_extra={"x-step": 50})]
        | None,
        Field(
            description="Of the light: the higher, the bluer it was, and the warmer the photo.",
            json_schema_extra={"x-only-with": {"preset": "as_shot"}},
        ),
    ] = None
    tint: Annotated[
        Annotated[float, Field(strict=True, ge=-150, le=150, json_schema_extra={"x-step": 1})]
        | None,
        Field(
            description="Of the light: the higher, the greener it was.",
            json_schema_extra={"x-only-with": {"preset": "as_shot"}},
        ),
    ] = None

    @model_validator(mode="after")
    def _either(self) -> WhiteBalance:
        if self.preset != "as_shot" and (self.kelvin is not None or self.tint is not None):
            raise ValueError("a preset says kelvin and tint itself")
        return self

    def illuminant(self, as_shot: Illuminant) -> Illuminant:
        """The light that is meant, for a photo that is balanced for `as_shot`."""
        kelvin, tint = PRESETS.get(self.preset, as_shot)
        return Illuminant(
            kelvin if self.kelvin is None else self.kelvin,
            tint if self.tint is None else self.tint,
        )


def balance(lit: LitColors, value: WhiteBalance) -> LitColors:
    """Temperature and tint are added to it, in the same adaptation."""
    return replace(lit, gains=illuminant_gains(value.illuminant(DAYLIGHT), DAYLIGHT))


OPERATION = ColorOperation(
    name="white_balance",
    label="White balance",
    group="Color",
    order=9,  # first, in linear light; with temperature and tint it is one adaptation
    value=WhiteBalance,
    neutral=WhiteBalance(),
    run=Pixelwise(BALANCE, balance),
    doc="Says what light the scene was lit by, so that white comes out white in it.",
    examples=({"preset": "shade"}, {"preset": "tungsten"}, {"kelvin": 4500}),
)
