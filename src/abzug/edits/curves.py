"""What the operations are built from: soft steps, gains with a shoulder, hue-keeping curves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from abzug.edits.colorspace import Array, max_chroma


def smoothstep(low: float, high: float, x: Array) -> Array:
    """0 up to `low`, 1 from `high`, a cubic without a corner between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    step: Array = t * t * (3 - 2 * t)
    return step


def roll(x: Array, gain: Array | float) -> Array:
    """Multiply x in 0..1; gains over 1 get a shoulder: slope `gain` at 0, 1 stays 1, monotone."""
    rolled: Array = gain * x / np.sqrt(1 + np.maximum(np.square(gain) - 1, 0) * x * x)
    return rolled


def rgb_tone(rgb: Array, curve: Callable[[Array], Array]) -> Array:
    """Apply a rising curve to the largest and the smallest channel; the middle one keeps its place.

    So the HSV hue is kept and no channel clips alone: per channel, orange at +2 EV turns yellow.
    The result is within 0..1. As in Adobe's published DNG code.
    """
    high, low = rgb.max(-1, keepdims=True), rgb.min(-1, keepdims=True)
    new_high, new_low = np.clip(curve(high), 0, 1), np.clip(curve(low), 0, 1)
    toned: Array = new_low + (rgb - low) * ((new_high - new_low) / np.maximum(high - low, 1e-9))
    return toned


def scale_chroma(lightness: Array, chroma: Array, hue: Array, gain: Array) -> Array:
    """Multiply chroma so that it nears the edge of sRGB and never crosses it.

    Clipped instead, saturated petals would become flat patches.
    """
    edge = max_chroma(lightness, hue)
    return np.where(gain > 1, edge * roll(np.minimum(chroma / edge, 1), gain), chroma * gain)
