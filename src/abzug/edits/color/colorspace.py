"""The color spaces the operations work in: sRGB, linear light, OKLab and OKLCh.

Colors are float64 arrays of shape (..., 3). Components are best kept apart in memory (a plane
each, see `planes`): numpy then works on whole planes instead of on runs of three numbers.
Sources: IEC 61966-2-1 (sRGB); B. Ottosson, "A perceptual color space for image processing" (2020).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
"""Weights of linear red, green and blue in luminance (Rec. 709)."""

TENTHS = 10
"""Of a degree."""

_RGB_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LMS_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_LMS_TO_RGB = np.linalg.inv(_RGB_TO_LMS)
_LAB_TO_LMS = np.linalg.inv(_LMS_TO_LAB)


def planes(parts: Sequence[Array] | Array) -> Array:
    """Components as one array of shape (..., 3), each component a plane of its own in memory."""
    return np.moveaxis(np.stack([*parts]), 0, -1)


def multiply(matrix: Array, color: Array) -> Array:
    """A 3×3 matrix times every color. Plain sums, for BLAS rounds differently on each CPU."""
    x, y, z = color[..., 0], color[..., 1], color[..., 2]
    return planes([row[0] * x + row[1] * y + row[2] * z for row in matrix])


def to_linear(encoded: Array) -> Array:
    """SRGB-encoded 0..1 to linear light."""
    steep = ((np.maximum(encoded, 0.04045) + 0.055) / 1.055) ** 2.4
    return np.where(encoded <= 0.04045, encoded / 12.92, steep)


def from_linear(linear: Array) -> Array:
    """Linear light to sRGB-encoded 0..1."""
    steep = 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, linear * 12.92, steep)


def fit(linear: Array) -> Array:
    """Into 0..1 towards the grey of the same luminance: only colors outside move; hue is kept."""
    grey = np.clip(linear @ LUMINANCE, 0, 1)[..., None]
    away = linear - grey
    over = np.maximum(away.max(-1, keepdims=True), 1e-9)
    under = np.maximum(-away.min(-1, keepdims=True), 1e-9)
    keep = np.minimum(1, np.minimum((1 - grey) / over, grey / under))
    fitted: Array = np.clip(grey + away * keep, 0, 1)
    return fitted


def oklab(linear: Array) -> Array:
    """Linear light to OKLab: lightness 0..1, a (green to red), b (blue to yellow)."""
    return multiply(_LMS_TO_LAB, np.cbrt(multiply(_RGB_TO_LMS, linear)))


def from_oklab(lab: Array) -> Array:
    """OKLab to linear light; what no screen can show lies outside 0..1."""
    roots = multiply(_LAB_TO_LMS, lab)
    return multiply(_LMS_TO_RGB, roots * roots * roots)


def polar(lab: Array) -> Array:
    """OKLab to OKLCh: lightness, chroma 0..about 0.33, hue in degrees, −180..180."""
    lightness, a, b = np.moveaxis(lab, -1, 0)
    return planes([lightness, np.hypot(a, b), np.degrees(np.arctan2(b, a))])


def from_polar(color: Array) -> Array:
    """OKLCh to OKLab."""
    lightness, chroma, hue = color[..., 0], color[..., 1], np.radians(color[..., 2])
    return planes([lightness, chroma * np.cos(hue), chroma * np.sin(hue)])


def max_chroma(lightness: Array, hue: Array) -> Array:
    """The largest OKLCh chroma within sRGB.

    Where a channel ends at 0 it grows with lightness exactly, where one ends at 1 it is taken from
    a table. One table of both would miss the bend between them, and an almost empty channel, which
    sRGB spreads so wide, would flicker by ten levels from color to color.
    """
    turned = hue % 360
    empty = _between(_empty_channel(), turned * TENTHS) * lightness
    row = np.clip(lightness, 0, 1) * 128
    above = np.minimum(row.astype(np.intp), 127)
    down = row - above
    table, at = _full_channel(), above * 361 + turned
    full = _between(table, at) * (1 - down) + _between(table, at + 361) * down
    chroma: Array = np.maximum(np.minimum(empty, full), 1e-3)
    return chroma


def _between(table: Array, at: Array) -> Array:
    """A flat table at places between its entries, or on the last one."""
    i = np.minimum(at.astype(np.intp), len(table) - 2)
    low = table[i]
    between: Array = low + (table[i + 1] - low) * (at - i)
    return between


@functools.cache
def _empty_channel() -> Array:
    """Chroma for each lightness at which a channel is 0, for each tenth of a degree."""
    hue = np.arange(360 * TENTHS + 1) / TENTHS
    return _highest_chroma(np.ones(1), hue, lambda rgb: rgb.min(-1) > 0).ravel()


@functools.cache
def _full_channel() -> Array:
    """Chroma at which a channel is 1: 129 lightnesses × 361 degrees, flat.

    A little more is allowed, or white would not be a color.
    """
    hue = np.arange(361.0)
    full = _highest_chroma(np.linspace(0, 1, 129), hue, lambda rgb: rgb.max(-1) < 1 + 1e-4)
    return full.ravel()


def _highest_chroma(lightness: Array, hue: Array, inside: Callable[[Array], Array]) -> Array:
    """For each lightness and hue the chroma up to which linear colors are `inside`; bisected."""
    angle, level = np.radians(hue), lightness[:, None]
    # Along one hue each cone response is L + slope·C before it is cubed.
    slopes = [row[1] * np.cos(angle) + row[2] * np.sin(angle) for row in _LAB_TO_LMS]
    low, high = np.zeros((len(lightness), len(hue))), np.ones((len(lightness), len(hue)))
    for _ in range(20):
        chroma = (low + high) / 2
        rgb = multiply(_LMS_TO_RGB, planes([(level + slope * chroma) ** 3 for slope in slopes]))
        good = inside(rgb)
        low, high = np.where(good, chroma, low), np.where(good, high, chroma)
    return low
