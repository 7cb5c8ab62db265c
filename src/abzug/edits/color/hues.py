"""The eight hues of the color mixers, and where skin lies; hue is in OKLCh degrees."""

from __future__ import annotations

import numpy as np

from abzug.edits.color.colorspace import Array
from abzug.edits.color.curves import monotone_cubic, smoothstep

HUES = {
    "red": 27.0,
    "orange": 57.0,
    "yellow": 103.0,
    "green": 142.0,
    "aqua": 195.0,
    "blue": 255.0,
    "purple": 300.0,
    "magenta": 345.0,
}


def hue_mix(hue: Array, weights: dict[str, float]) -> Array:
    """The weights of HUES blended over the circle: raised cosines between neighboring centers."""
    centers = np.array([*HUES.values(), HUES["red"] + 360])
    levels = np.array([*(weights[name] for name in HUES), weights["red"]])
    turned = (hue - centers[0]) % 360 + centers[0]
    i = np.clip(np.searchsorted(centers, turned, side="right") - 1, 0, len(HUES) - 1)
    place = (turned - centers[i]) / np.diff(centers)[i]
    mix: Array = levels[i] + np.diff(levels)[i] * (0.5 - 0.5 * np.cos(np.pi * place))
    return mix


def turn_hues(hue: Array, turns: dict[str, float]) -> Array:
    """Hue after HUES are turned, each by −1..1: at ±1 by 0.7 of the way to its neighbor.

    Smooth over the circle, and no two hues become one: neighbors that are turned towards each other
    keep 15 % of their distance. Else the drawing between red and orange would be lost.
    """
    centers = np.array([*HUES.values()])
    gaps = np.diff(centers, append=centers[0] + 360)
    shares = np.array([turns[name] for name in HUES])
    turned = centers + 0.7 * shares * np.where(shares > 0, gaps, np.roll(gaps, 1))
    short = 0.15 * gaps - np.diff(turned, append=turned[0] + 360)
    push = np.maximum(short, 0) / 2
    turned += np.roll(push, 1) - push
    rounds = (-360, 0, 360)
    around = np.concatenate([centers + turn for turn in rounds])
    curve = monotone_cubic(around, np.concatenate([turned + turn for turn in rounds]))
    return curve(hue)


def has_hue(chroma: Array) -> Array:
    """0 for grey, 1 from chroma 0.09: greys have no hue, or a grey sky would turn blotchy."""
    return smoothstep(0.0, 0.09, chroma)


def skin(hue: Array) -> Array:
    """1 within 14 degrees of 55, gone at 38: six tones of skin from fair to dark lie at 39..64."""
    return 1 - smoothstep(14, 38, np.abs((hue - 55 + 180) % 360 - 180))
