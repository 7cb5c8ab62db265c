"""Duotone: two colors instead of black and white."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from abzug.edits.color.colorspace import Array, oklab, to_linear
from abzug.edits.color.pixelwise import OKLAB, ColorOperation, Pixelwise
from abzug.edits.operation import Parameters
from abzug.edits.values import HexColor


class Duotone(Parameters):
    dark: HexColor = "#1f2a4d"
    """What black becomes."""
    light: HexColor = "#f6ead0"
    """What white becomes."""
    amount: Annotated[float, Field(ge=0, le=100, strict=True)] = 100


NEUTRAL = Duotone(amount=0)


def _canonical(value: Duotone) -> Duotone:
    """Nothing of it is nothing, whichever the colors: equal edits must have one form."""
    return value if value.amount else NEUTRAL


def print_in_two(lab: Array, value: Duotone) -> Array:
    """Each lightness as the color at its place on the straight line from dark to light in OKLab."""
    dark, light = _oklab(value.dark), _oklab(value.light)
    printed = dark + lab[..., :1] * (light - dark)
    mixed: Array = lab + (printed - lab) * (value.amount / 100)
    return mixed


def _oklab(color: str) -> Array:
    return oklab(to_linear(np.array([*bytes.fromhex(color[1:])]) / 255))


OPERATION = ColorOperation(
    name="duotone",
    label="Duotone",
    group="Effects",
    order=81,  # after sepia, as another print: of two full ones the last is seen
    place=116,
    value=Annotated[Duotone, AfterValidator(_canonical)],
    neutral=NEUTRAL,
    run=Pixelwise(OKLAB, print_in_two),
    examples=({"amount": 100}, {"dark": "#4a0d2b", "light": "#ffe9b8", "amount": 100}),
    doc="Prints the photo in two colors: one for the dark tones, one for the light ones.",
)
