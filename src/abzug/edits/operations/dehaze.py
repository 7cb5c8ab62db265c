"""Dehaze: takes the veil of the air from what is far away, or lays more of it on."""

from __future__ import annotations

from typing import Annotated, Any, cast

import numpy as np
from pydantic import Field

from abzug.edits.color.colorspace import Array, oklab, polar, to_linear
from abzug.edits.color.curves import smoothstep
from abzug.edits.color.guided import guided
from abzug.edits.color.local_light import LightOperation, Scene, Veil

_THINNEST = 0.22
"""Share of a thing's own light that the air lets through at least; less would be all noise."""
_SKIN_SPARED = 0.85
"""Not all of it: a face that nothing happens to would stand out in a scene that is cleared."""


def lift(scene: Scene, dehaze: float) -> Veil:
    """Where all channels are bright in every neighbor there is haze (the dark channel prior).

    It is false for white skies and for skin, which are bright without any; those are spared.
    Source: K. He, J. Sun, X. Tang, "Single image haze removal using dark channel prior" (2009).
    """
    rgb, luma = scene.rgb, scene.luma
    haze = _color_of_haze(rgb)
    amount = dehaze / 100
    if amount > 0:
        dark = _dark_channel(rgb / haze, size=9, blur=3)
        passed = 1 - 0.76 * amount * dark
        # Cleared fully, white skies would be dark and noisy, and faces dark and red.
        passed += (1 - passed) * 0.45 * smoothstep(0.75, 1, dark)
        passed += (1 - passed) * _SKIN_SPARED * _clear_skin(rgb, dark)
        passed = np.maximum(passed, _THINNEST)
    else:
        dark = _dark_channel(rgb / haze, size=15, blur=12)
        passed = 1 / (1 + 0.62 * amount * (0.55 + 0.45 * dark))
    slope, offset = guided(luma, passed.astype(np.float32), radius=24, epsilon=1e-3)
    return Veil(haze, 1 / np.maximum(slope * luma + offset, np.float32(0.2)))


def _dark_channel(rgb: Array, size: int, blur: float) -> Array:
    """The darkest channel of the darkest neighbor, 0..1.

    The brightest of the neighbors' then undoes what that widened dark things by: the sky around
    them would be a bright seam.
    """
    import cv2

    dark: Any = cv2.morphologyEx(rgb.min(-1), cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    return cast("Array", np.clip(cv2.GaussianBlur(dark, (0, 0), blur), 0, 1))


def _clear_skin(rgb: Array, dark: Array) -> Array:
    """1 on skin near to us, and on what looks like it; 0 on other colors, and on all in haze.

    Sand and rocks have skin's color, too. But air lightens blacks: where nothing around is black
    (as eyes, hair, clothes are), they are far away, and shall be cleared.
    """
    import cv2

    height, width = dark.shape
    size = max(1, width // 4), max(1, height // 4)
    # Blurred, so that a gleam on the forehead, which has no color, belongs to the face.
    small = cv2.GaussianBlur(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), (0, 0), 1.5)
    chroma, hue = np.moveaxis(polar(oklab(to_linear(np.asarray(small, float))))[..., 1:], -1, 0)
    skin = smoothstep(0.01, 0.03, chroma) * (1 - smoothstep(16, 30, np.abs(hue - 48)))
    window = max(size) // 2 + 1
    black: Any = cv2.resize(dark, size, interpolation=cv2.INTER_NEAREST)
    black = cv2.erode(black, np.ones((window, window), np.uint8))
    black = cv2.GaussianBlur(black, (0, 0), window / 4)
    near = np.asarray(skin * (1 - smoothstep(0.15, 0.45, black)), np.float32)
    return cast("Array", cv2.resize(near, (width, height), interpolation=cv2.INTER_LINEAR))


def _color_of_haze(rgb: Array) -> Array:
    """The mean of the haziest 0.2 %, half-way to grey: a blue haze would make the rest orange."""
    import cv2

    dark: Any = cv2.erode(rgb.min(-1), np.ones((15, 15), np.uint8)).ravel()
    count = min(dark.size, max(16, dark.size // 500))
    haziest = np.argpartition(dark, dark.size - count)[-count:]
    color = rgb.reshape(-1, 3)[haziest].mean(0)
    return cast("Array", np.clip((color + color.mean()) / 2, 0.55, 1))


OPERATION = LightOperation(
    name="dehaze",
    label="Dehaze",
    group="Effects",
    order=10,  # first: what the others take for bright or dark is seen without the haze
    place=3,
    value=Annotated[float, Field(ge=-100, le=100, strict=True)],
    neutral=0,
    run=lift,
    doc="Takes haze away, or adds it below 0. Spares skies that are white, and skin.",
    step=1,
)
