"""What the operations are built from: soft steps, gains with a shoulder, hue-keeping curves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from abzug.edits.color.colorspace import Array, max_chroma


def smoothstep(low: float, high: float, x: Array) -> Array:
    """0 up to `low`, 1 from `high`, a cubic without a corner between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    step: Array = t * t * (3 - 2 * t)
    return step


def shoulder(x: Array, gain: Array | float) -> Array:
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

    Clipped instead, saturated petals would become flat patches. Where a color lies beyond the edge,
    as the table of edges has it, that color is the edge: pure yellow and blue are, for the table is
    coarse where the edge is a peak, and a gain would take a quarter of them away.
    """
    edge = np.maximum(max_chroma(lightness, hue), chroma)
    return np.where(gain > 1, edge * shoulder(chroma / edge, gain), chroma * gain)


def monotone_cubic(x: npt.ArrayLike, y: npt.ArrayLike) -> Callable[[Array], Array]:
    """A smooth curve through two or more points with rising x, level beyond the first and the last.

    Between two points it stays between their heights, so it never swings over. From F. Fritsch and
    R. Carlson, "Monotone Piecewise Cubic Interpolation" (1980); the slope at a point is the
    harmonic mean of those on its sides, or level where the curve turns around.
    """
    xs, ys = np.array(x, float), np.array(y, float)
    slopes = np.diff(ys) / np.diff(xs)
    before, after = slopes[:-1], slopes[1:]
    same_way = before * after > 0
    both = np.where(same_way, before + after, 1)
    inner = np.where(same_way, 2 * before * after / both, 0)
    tangents = np.concatenate([slopes[:1], inner, slopes[-1:]])

    def curve(at: Array) -> Array:
        i = np.clip(np.searchsorted(xs, at) - 1, 0, len(slopes) - 1)
        width = xs[i + 1] - xs[i]
        t = np.clip((at - xs[i]) / width, 0, 1)
        rise = t * t * (3 - 2 * t)
        bend = t * (1 - t) * width * ((1 - t) * tangents[i] - t * tangents[i + 1])
        height: Array = ys[i] + rise * (ys[i + 1] - ys[i]) + bend
        return height

    return curve
