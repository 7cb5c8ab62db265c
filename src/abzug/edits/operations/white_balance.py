"""White balance: which light lit the scene, by its name or in kelvin."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, model_validator

from abzug.edits.adaptation import LitColors, light_gains
from abzug.edits.base import Operation, Parameters, Stage
from abzug.edits.pixelwise import BALANCE, Pixelwise

AS_SHOT = (5500.0, 10.0)
"""Kelvin and tint of the light that a developed photo is taken to be balanced for: daylight."""
PRESETS = {
    "daylight": (5500.0, 10.0),
    "cloudy": (6500.0, 10.0),
    "shade": (7500.0, 10.0),
    "tungsten": (2850.0, 0.0),
    "fluorescent": (3800.0, 21.0),
    "flash": (5500.0, 0.0),
}
"""Kelvin and tint, as Camera Raw has them."""


class WhiteBalance(Parameters):
    """A preset, or kelvin and tint: what is left out stays as shot. A photo that the camera has
    developed, and a RAW too, is taken to be balanced for daylight: 5500 K with a tint of 10. So
    kelvin are not those of the true light, but tell how much warmer or cooler it becomes."""

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

    @property
    def light(self) -> tuple[float, float]:
        """Kelvin and tint."""
        kelvin, tint = PRESETS.get(self.preset, AS_SHOT)
        return (
            kelvin if self.kelvin is None else self.kelvin,
            tint if self.tint is None else self.tint,
        )


def balance(lit: LitColors, value: WhiteBalance) -> LitColors:
    """Temperature and tint are added to it, in the same adaptation."""
    return replace(lit, gains=light_gains(*value.light, *AS_SHOT))


OPERATION = Operation(
    name="white_balance",
    label="White balance",
    group="Color",
    stage=Stage.color,
    order=9,
    value=WhiteBalance,
    neutral=WhiteBalance(),
    run=Pixelwise(BALANCE, balance),
    doc="Says what light the scene was lit by, so that white comes out white in it.",
    examples=({"preset": "shade"}, {"preset": "tungsten"}, {"kelvin": 4500}),
)
