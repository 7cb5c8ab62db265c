"""Dehaze: takes the veil of the air from what is far away, or lays more of it on."""

from __future__ import annotations

from typing import Annotated, Any, cast

import numpy as np
from pydantic import Field

from abzug.edits.base import Operation, Stage
from abzug.edits.colorspace import Array
from abzug.edits.curves import smoothstep
from abzug.edits.guided import guided
from abzug.edits.light import Scene, Veil

_THINNEST = 0.22
"""Share of a thing's own light that the air lets through at least; less would be all noise."""


def lift(scene: Scene, dehaze: float) -> Veil:
    """Where all channels are bright in every neighbor there is haze (the dark channel prior).

    Source: K. He, J. Sun, X. Tang, "Single image haze removal using dark channel prior" (2009).
    """
    rgb, luma = scene.rgb, scene.luma
    haze = _color_of_haze(rgb)
    amount = dehaze / 100
    if amount > 0:
        dark = _dark_channel(rgb / haze, size=9, blur=3)
        passed = 1 - 0.76 * amount * dark
        # White skies are bright without any haze: cleared fully, they would be dark and noisy.
        passed += (1 - passed) * 0.45 * smoothstep(0.75, 1, dark)
        passed = np.maximum(passed, _THINNEST)
    else:
        dark = _dark_channel(rgb / haze, size=15, blur=12)
        passed = 1 / (1 + 0.62 * amount * (0.55 + 0.45 * dark))
    slope, offset = guided(luma, passed.astype(np.float32), radius=24, epsilon=1e-3)
    return Veil(haze, 1 / np.maximum(slope * luma + offset, np.float32(0.2)))


def _dark_channel(rgb: Array, size: int, blur: float) -> Array:
    """The darkest channel of the darkest neighbor, 0..1."""
    import cv2

    dark: Any = cv2.erode(rgb.min(-1), np.ones((size, size), np.uint8))
    if blur:
        dark = cv2.GaussianBlur(dark, (0, 0), blur)
    return cast("Array", np.clip(dark, 0, 1))


def _color_of_haze(rgb: Array) -> Array:
    """The mean of the haziest 0.2 %, half-way to grey: a blue haze would make the rest orange."""
    dark = _dark_channel(rgb, size=15, blur=0).ravel()
    count = min(dark.size, max(16, dark.size // 500))
    haziest = np.argpartition(dark, dark.size - count)[-count:]
    color = rgb.reshape(-1, 3)[haziest].mean(0)
    return cast("Array", np.clip((color + color.mean()) / 2, 0.55, 1))


OPERATION = Operation(
    name="dehaze",
    label="Dehaze",
    group="Effects",
    stage=Stage.light,
    order=10,
    place=111,
    value=Annotated[float, Field(ge=-100, le=100, strict=True)],
    neutral=0,
    run=lift,
    doc="Takes haze away, or adds it below 0. Faces redden far above 50.",
    step=1,
)
