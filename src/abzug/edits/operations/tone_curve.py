"""Tone curve: free curves through points, for all tones and for each channel."""

from __future__ import annotations

import itertools
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from abzug.edits.color.colorspace import Array, planes
from abzug.edits.color.curves import monotone_cubic, rgb_tone
from abzug.edits.color.pixelwise import ENCODED, ColorOperation, Pixelwise
from abzug.edits.operation import Parameters

Tone = Annotated[float, Field(ge=0, le=255, strict=True)]
Points = tuple[tuple[Tone, Tone], ...]


def _canonical(points: Points) -> Points:
    """No points if the curve is the identity: equal edits must have one form."""
    if len(points) == 1:
        raise ValueError("a curve needs two points, or none")
    if any(here[0] >= following[0] for here, following in itertools.pairwise(points)):
        raise ValueError("each point must lie to the right of the one before it")
    whole = bool(points) and points[0][0] == 0 and points[-1][0] == 255
    return () if whole and all(x == y for x, y in points) else points


Curve = Annotated[Points, Field(max_length=16), AfterValidator(_canonical)]


class ToneCurve(Parameters):
    """Points [before, after] from dark to light, 0..255; beyond the ends a curve is level."""

    points: Curve = ()
    """For all channels together; the hue stays."""
    red: Curve = ()
    green: Curve = ()
    blue: Curve = ()


def draw(rgb: Array, value: ToneCurve) -> Array:
    """The common curve first, then those of the channels. Nothing swings over between points."""
    toned = rgb_tone(rgb, lambda x: _follow(value.points, x)) if value.points else rgb
    channels = (value.red, value.green, value.blue)
    return planes([_follow(curve, toned[..., i]) for i, curve in enumerate(channels)])


def _follow(points: Points, x: Array) -> Array:
    if not points:
        return x
    before, after = np.transpose(points) / 255
    return monotone_cubic(before, after)(x)


OPERATION = ColorOperation(
    name="tone_curve",
    label="Tone curve",
    group="Light",
    order=33,  # after the sliders of tone, whose result its points are drawn over
    value=ToneCurve,
    neutral=ToneCurve(),
    run=Pixelwise(ENCODED, draw),
    examples=(
        {"points": [[0, 0], [64, 48], [192, 208], [255, 255]]},
        {"red": [[0, 30], [255, 255]], "blue": [[0, 0], [255, 210]]},
    ),
    doc="Curves through points of your own: for all tones, and for red, green and blue.",
)
