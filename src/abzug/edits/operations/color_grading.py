"""Color grading: a color and a brightness each for shadows, midtones and highlights."""

from __future__ import annotations

import colorsys
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from abzug.edits.color.colorspace import Array, multiply, oklab, planes, to_linear
from abzug.edits.color.curves import smoothstep
from abzug.edits.color.pixelwise import OKLAB, ColorOperation, Pixelwise
from abzug.edits.operation import Parameters

STRENGTH = 0.11
"""Chroma that saturation 100 adds in the middle tones."""
LIFT = 0.10
"""Lightness that luminance 100 adds in the middle tones."""


class Wheel(Parameters):
    hue: Annotated[float, Field(ge=0, le=360, strict=True)] = 0
    """As on a color wheel: red 0, yellow 60, green 120, blue 240."""
    saturation: Annotated[float, Field(ge=0, le=100, strict=True)] = 0
    luminance: Annotated[float, Field(ge=-100, le=100, strict=True)] = 0


def _one_form(wheel: Wheel) -> Wheel:
    """Without saturation a hue says nothing, and a whole turn is none: equal edits, one form."""
    return wheel.model_copy(update={"hue": wheel.hue % 360 if wheel.saturation else 0})


CanonicalWheel = Annotated[Wheel, AfterValidator(_one_form)]


class Grading(Parameters):
    shadows: Annotated[CanonicalWheel, Field(title="Shadows")] = Wheel()
    midtones: Annotated[CanonicalWheel, Field(title="Midtones")] = Wheel()
    highlights: Annotated[CanonicalWheel, Field(title="Highlights")] = Wheel()
    blending: Annotated[float, Field(ge=0, le=100, strict=True)] = 50
    """How far the three reach into one another."""
    balance: Annotated[float, Field(ge=-100, le=100, strict=True)] = 0
    """Above 0 more tones count as highlights, below 0 as shadows."""

    @property
    def wheels(self) -> tuple[Wheel, Wheel, Wheel]:
        return self.shadows, self.midtones, self.highlights


def _canonical(value: Grading) -> Grading:
    """Three wheels at rest change nothing, however they would blend."""
    return value if any(wheel != Wheel() for wheel in value.wheels) else Grading()


def grade(lab: Array, value: Grading) -> Array:
    """Add each wheel's color and brightness to its tones; black and white stay as they are."""
    lightness = np.clip(lab[..., 0], 0, 1)
    window = np.sqrt(4 * lightness * (1 - lightness))
    weights = planes([share * window for share in _shares(lightness, value)])
    additions = np.stack([_addition(wheel) for wheel in value.wheels], axis=-1)
    return lab + multiply(additions, weights)


def _shares(lightness: Array, value: Grading) -> tuple[Array, Array, Array]:
    """How much of a shadow, a midtone, a highlight each tone is; their sum is 1."""
    tone = lightness**2.0 ** (-value.balance / 100)
    reach = 0.18 + 0.14 * value.blending / 100
    shadow = 1 - smoothstep(0.36 - reach, 0.40 + reach, tone)
    highlight = smoothstep(0.64 - reach, 0.68 + reach, tone)
    return shadow, 1 - shadow - highlight, highlight


def _addition(wheel: Wheel) -> Array:
    """Lightness, a and b that a wheel adds where its share is 1."""
    pure = oklab(to_linear(np.array(colorsys.hsv_to_rgb(wheel.hue / 360, 1, 1))))
    direction = pure[1:] / np.hypot(*pure[1:])
    color = STRENGTH * wheel.saturation / 100 * direction
    return np.array([LIFT * wheel.luminance / 100, *color])


OPERATION = ColorOperation(
    name="color_grading",
    label="Color grading",
    group="Color",
    order=70,  # after black & white, so that grey can be given colors
    place=104,
    value=Annotated[Grading, AfterValidator(_canonical)],
    neutral=Grading(),
    run=Pixelwise(OKLAB, grade),
    examples=(
        {"shadows": {"hue": 210, "saturation": 60}, "highlights": {"hue": 40, "saturation": 50}},
    ),
    doc="Gives shadows, midtones and highlights a color and a brightness each.",
)
