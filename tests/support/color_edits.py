"""Color edits on single colors, and color spaces written down a second time to judge them by."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from abzug.edits.color.colorspace import max_chroma
from abzug.edits.color.lut import color_settings, exact
from abzug.edits.recipe import canonical_edits, typed_edits

GREY = np.linspace(0, 1, 1001)


def edited(rgb: npt.ArrayLike, **edits: Any) -> np.ndarray:
    """The exact result; colors are (..., 3) in 0..1, edits as the API takes them."""
    return exact(np.asarray(rgb, float), color_settings(typed_edits(canonical_edits(edits))))


def grey_curve(**edits: Any) -> np.ndarray:
    return edited(np.repeat(GREY[:, None], 3, 1), **edits)


def linear(encoded: npt.ArrayLike) -> np.ndarray:
    encoded = np.asarray(encoded, float)
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def encoded(light: npt.ArrayLike) -> np.ndarray:
    light = np.asarray(light, float)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def lightness_chroma_hue(rgb: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """OKLCh as its author published it."""
    r, g, b = np.moveaxis(linear(rgb), -1, 0)
    long = np.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = np.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = np.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    light = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return light, np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360


def smoothstep(low: float, high: float, x: np.ndarray) -> np.ndarray:
    t = np.clip((x - low) / (high - low), 0, 1)
    return 3 * t**2 - 2 * t**3


def some_colors(count: int = 500) -> np.ndarray:
    rng = np.random.default_rng(7)
    corners = np.stack(np.meshgrid([0, 1], [0, 1], [0, 1]), -1).reshape(-1, 3)
    return np.concatenate([corners, rng.random((count, 3))])


def expected_chroma(rgb: np.ndarray, gain: float | np.ndarray) -> np.ndarray:
    """Chroma times `gain`; above 1 with the shoulder towards the edge of sRGB, and never less."""
    lightness, chroma, hue = lightness_chroma_hue(rgb)
    edge = np.maximum(max_chroma(lightness, hue), chroma)
    place = chroma / edge
    rolled = edge * gain * place / np.sqrt(1 + (np.maximum(gain, 1) ** 2 - 1) * place**2)
    return np.where(gain > 1, rolled, chroma * gain)
