"""Automatic tone: exposure, contrast and what goes with them, as the photo asks for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from abzug.edits.color.colorspace import LUMINANCE, Array, from_linear, oklab, to_linear
from abzug.edits.color.curves import shoulder
from abzug.edits.color.lut import color_settings, exact
from abzug.edits.operation import AutomaticOperation

MIDDLE = 0.40
"""Encoded luminance that the mean of the logarithms should have."""
DEAD_ZONE = 0.35
"""EV that a photo may be off without anything being done."""
_BALANCE = ("white_balance", "temperature", "tint")


def find_tone(photo: Array, edits: Mapping[str, Any]) -> dict[str, float]:
    """Sliders of light and vibrance. Those that the person has set stay, and are reckoned with."""
    balance = {name: edits[name] for name in _BALANCE if name in edits}
    linear = to_linear(exact(photo.reshape(-1, 3), color_settings(balance)))
    found = tone_of(linear, edits.get("exposure"))
    return {name: value for name, value in found.items() if value and name not in edits}


def tone_of(linear: Array, exposure: float | None) -> dict[str, float]:
    """Slider values for colors (N, 3) in linear light; zeros where the photo is good.

    exposure: what the person has set.
    """
    luminance = from_linear(linear @ LUMINANCE)
    black, quarter, three_quarters, white = np.percentile(luminance, [0.5, 25, 75, 99.5])
    dark, bright = np.mean(luminance < 0.12), np.mean(luminance > 0.93)
    wanted, given = _exposure(luminance)
    ev = given if exposure is None else exposure
    white, black = (
        float(from_linear(shoulder(to_linear(tone), 2.0**ev))) for tone in (white, black)
    )
    dim = max(dark - 0.15, np.mean(luminance < 0.25) - 0.38)
    chroma = float(np.hypot(*oklab(linear)[:, 1:].T).mean())
    found = {
        "contrast": _within(0, 130 * (0.24 - (three_quarters - quarter)), 20) if dark < 0.3 else 0,
        "highlights": -_within(0, 400 * (bright - 0.01), 45),
        # what exposure may not give
        "shadows": _within(0, 90 * dim + 35 * max(0.0, wanted - ev), 45),
        "whites": _within(0, (0.96 - white) / 0.0022, 70) if white < 0.94 else 0,
        "blacks": -_within(0, (black - 0.04) / 0.0012, 60) if black > 0.06 else 0,
        # a photo without color stays without
        "vibrance": _within(0, 350 * (0.075 - chroma), 15) if chroma > 0.012 else 0,
    }
    return {"exposure": given} | {name: v if abs(v) > 2 else 0.0 for name, v in found.items()}


def _exposure(luminance: Array) -> tuple[float, float]:
    """EV that would bring the photo to the middle, by a part of the way, and EV that it may get."""
    lit = luminance[luminance > 0.06]
    if len(lit) <= 0.2 * len(luminance):  # else a black backdrop says nothing
        lit = luminance
    middle = math.exp(np.log(np.clip(lit, 0.03, 0.97)).mean())
    off = 2.2 * math.log2(MIDDLE / middle)
    wanted = math.copysign(max(0.0, abs(off) - DEAD_ZONE), off) * 0.6
    if wanted > 0:
        # the brightest fiftieth stays below white
        room = 2.2 * math.log2(0.96 / max(float(np.percentile(luminance, 98)), 0.05))
        given = min(wanted, max(0.15, room), 2.0)
    else:
        is_blown = np.mean(luminance > 0.93) > 0.02
        given = max(wanted, -1.0) * (1 if is_blown else 0.5)
    return wanted, round(given, 2) if abs(given) >= 0.08 else 0.0


def _within(low: float, value: Any, high: float) -> float:
    """A whole number."""
    return float(int(np.clip(value, low, high)))


OPERATION = AutomaticOperation(
    name="auto_tone",
    label="Auto tone",
    group="Automatic",
    order=20,  # after auto white balance: tone is measured in balanced colors
    place=-2,
    value=Annotated[bool, Field(strict=True)],
    neutral=False,
    run=find_tone,
    doc="Sets exposure, contrast, highlights, shadows, whites, blacks and vibrance by the photo. "
    "What you set yourself takes the place of what it finds.",
    examples=(True,),
)
