"""Automatic white balance: takes away a cast, and leaves the colors of the subject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from abzug.edits.color.adaptation import adaptation
from abzug.edits.color.colorspace import Array, oklab, polar, to_linear
from abzug.edits.color.curves import smoothstep
from abzug.edits.color.hues import skin
from abzug.edits.operation import AutomaticOperation
from abzug.edits.operations.temperature import MIRED_PER_UNIT
from abzug.edits.operations.tint import DUV_PER_UNIT

SHARES = np.array([0.85, 0.3])
"""How much of the temperature and tint that would make the light neutral is used: a rest of the
light belongs to the scene, and what is off towards green or magenta is mostly the subject."""
LIMITS = np.array([50, 15])
LEAST = 5
"""Of temperature: less is no cast."""
_FLAT = 1e-9
"""Determinant of the slopes of two ratios of colors over two sliders; in usual light it is 6e-5."""


def find_balance(photo: Array, edits: Mapping[str, Any]) -> dict[str, float]:
    """Temperature and tint, with the person's own added. None if white_balance says the light."""
    if "white_balance" in edits:
        return {}
    found = zip(("temperature", "tint"), cast_of(to_linear(photo.reshape(-1, 3))), strict=True)
    return {
        name: float(np.clip(edits.get(name, 0) + value, -100, 100))
        for name, value in found
        if value
    }


def cast_of(linear: Array) -> Array:
    """Temperature and tint that take the cast away, whole numbers; zeros where there is none.

    linear: (N, 3). There are two witnesses, and the surer one counts: all colors together, if they
    lie beside grey as one, and the brightest twentieth, if it is of one pale color like a white
    thing in that light.
    """
    usable = linear[(linear.max(-1) < 0.97) & (linear.max(-1) > 0.01)]
    if len(usable) < 0.1 * len(linear):
        return np.zeros(2)
    lab = oklab(usable)
    is_bright = lab[:, 0] >= np.quantile(lab[:, 0], 0.95)
    bright = lab[is_bright]
    white_thing = _relative_to_green(usable[is_bright].mean(0))
    # shades of grey (Finlayson and Trezzi 2004)
    light = (_relative_to_green(np.mean(usable**6, axis=0) ** (1 / 6)) + white_thing) / 2
    by_all, by_bright = _neutralizing(light), _neutralizing(white_thing)
    by_all *= _cloud(lab, bright) * _likely(by_all)
    by_bright *= _patch(lab, bright, by_bright) * _likely(by_bright)
    surer = max(by_all, by_bright, key=lambda sliders: abs(sliders[0]))
    found = np.rint(surer * SHARES * _clean(linear, bright))
    return np.clip(found, -LIMITS, LIMITS) if abs(found[0]) >= LEAST else np.zeros(2)


def _clean(linear: Array, bright: Array) -> float:
    """0 if something is white, so that it is balanced already, or if what is bright is colorful."""
    white = np.mean(linear.min(-1) > 0.85)
    spread = np.sqrt(bright[:, 1:].var(0).sum())
    return float((1 - smoothstep(0.003, 0.03, white)) * (1 - smoothstep(0.03, 0.05, spread)))


def _cloud(lab: Array, bright: Array) -> float:
    """How sure it is that all of it is a cast: the cloud of colors lies beside grey as a whole.

    Each factor saved photos that lost their color without it: a sunset, a red phone box, skin.
    """
    mean = lab[:, 1:].mean(0)
    distance = max(float(np.hypot(*mean)), 1e-6)
    spread = max(float(np.sqrt(lab[:, 1:].var(0).sum())), 1e-3)
    beyond_grey = np.mean(lab[:, 1:] @ (-mean / distance) > 0.012)
    return float(
        smoothstep(0.7, 1.3, np.asarray(distance / spread))
        * smoothstep(0.012, 0.045, np.hypot(*bright[:, 1:].mean(0)))
        * (1 - smoothstep(0.02, 0.15, beyond_grey))
        * _no_skin(lab)
    )


def _patch(lab: Array, bright: Array, sliders: Array) -> float:
    """How sure it is that what is bright is a white thing: pale, and if warm, lit by a warm lamp.

    That is no skin, and the lamp lights the rest, too. Else it is a warm thing, like a flower.
    """
    own = bright[:, 1:].mean(0)
    chroma = max(float(np.hypot(*own)), 1e-6)
    sure = smoothstep(0.022, 0.04, np.asarray(chroma))
    sure *= 1 - smoothstep(0.055, 0.08, np.asarray(chroma))
    if sliders[0] < 0:
        shared = lab[:, 1:].mean(0) @ own / chroma**2
        sure *= _no_skin(lab) * smoothstep(0.1, 0.35, shared)
    return float(sure)


def _no_skin(lab: Array) -> float:
    """Nor wood or sand: in normal light they look like a weak warm cast."""
    chroma, hue = polar(lab)[:, 1:].T
    return float(1 - smoothstep(0.35, 0.6, np.mean((skin(hue) > 0.5) & (chroma < 0.11))))


def _likely(sliders: Array) -> float:
    """0 for what no lamp looks like: red or magenta, or the yellow green of leaves."""
    temperature, tint = sliders
    too_magenta = smoothstep(50, 90, -tint)
    too_green = smoothstep(30, 70, tint) if temperature < 0 else 0
    return float((1 - too_magenta) * (1 - too_green))


def _relative_to_green(rgb: Array) -> Array:
    relative: Array = rgb / max(rgb[1], 1e-6)
    return relative


def _neutralizing(light: Array) -> Array:
    """Temperature and tint that make that linear color grey, by Newton's method; zeros if nothing
    does, as where all red or all blue is missing: that is no light, but the color of a thing."""
    sliders = np.zeros(2)

    def color(at: Array) -> Array:
        red, green, blue = adaptation(MIRED_PER_UNIT * at[0], DUV_PER_UNIT * at[1]) @ light
        green = max(green, 1e-6)
        ratios: Array = np.log2(np.maximum([red / green, blue / green], 1e-3))
        return ratios

    for _ in range(6):
        here = color(sliders)
        slopes = np.stack([(color(sliders + step) - here) / 2 for step in np.eye(2) * 2], axis=1)
        if abs(np.linalg.det(slopes)) < _FLAT:
            return np.zeros(2)
        sliders = np.clip(sliders - np.linalg.solve(slopes, here), -100, 100)
    return sliders


OPERATION = AutomaticOperation(
    name="auto_white_balance",
    label="Auto white balance",
    group="Automatic",
    order=10,  # before auto tone, which measures the photo with the balance that is found
    place=-1,
    value=Annotated[bool, Field(strict=True)],
    neutral=False,
    run=find_balance,
    doc="Takes away a cast of light: sets temperature and tint by the photo; your own are added.",
    examples=(True,),
)
