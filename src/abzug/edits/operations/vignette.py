"""Vignette: corners darkened by the light, or painted white over the finished picture."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field

from abzug.edits.color.colorspace import Array
from abzug.edits.color.curves import smoothstep
from abzug.edits.color.local_light import (
    STRIP,
    DetailAndLightOperation,
    Scene,
    enlarged,
    proxy_shape,
)
from abzug.edits.operation import Parameters, at_rest_without_amount
from abzug.edits.pixels.arrays import Pixels, level

Percent = Annotated[float, Field(strict=True, ge=0, le=100)]

_DARKEST = 4
"""EV that a corner loses at −100."""


class Vignette(Parameters):
    amount: Annotated[float, Field(strict=True, ge=-100, le=100)] = 0.0
    """Below 0 the corners darken, above they turn white."""
    midpoint: Percent = 50.0
    """How far from the center it begins: at 0 near it, at 100 only in the corners."""
    feather: Percent = 50.0
    """How softly it sets in."""


def darken(scene: Scene, value: Vignette) -> Array | None:
    """Gain by the distance from the center: light that falls off, so colors and drawing stay.

    None above 0: white is no light, it is painted on.
    """
    if value.amount >= 0:
        return None
    return scene.gain(_DARKEST * value.amount / 100 * _strength(scene.luma.shape, value))


def whiten(pixels: Pixels, value: Vignette) -> Pixels:
    """Mix white in by the distance from the center, as much as `darken` would take. In place."""
    import cv2

    if value.amount <= 0:
        return pixels
    strength = _strength(proxy_shape(pixels), value)
    share = 1 - Scene.gain(-_DARKEST * value.amount / 100 * strength)
    full = 255 * level(pixels)
    for top in range(0, len(pixels), STRIP):
        strip = pixels[top : top + STRIP]
        rows = range(top, top + len(strip))
        part: Any = enlarged(share, rows, pixels.shape)
        if full == 255:
            white = cv2.convertScaleAbs(part, alpha=full)
        else:
            white = np.rint(part * np.float32(full)).astype(np.uint16)
        missing = cv2.multiply(cv2.bitwise_not(strip), cv2.merge([white] * 3), scale=1 / full)
        cv2.add(strip, missing, dst=strip)
    return pixels


def _strength(shape: tuple[int, ...], value: Vignette) -> Array:
    """0 in the middle to 1 in the corners: ellipses in the shape of the frame, float32."""
    height, width = shape
    down = (np.arange(height, dtype=np.float32) + 0.5) / height - 0.5
    across = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
    distance = np.hypot(across, down[:, None]) * np.float32(np.sqrt(2))
    middle = 0.25 + 0.55 * value.midpoint / 100
    softness = 0.05 + 0.55 * value.feather / 100
    strength: Array = smoothstep(middle - softness, middle + softness, distance)
    return (strength ** np.float32(1.2)).astype(np.float32)


OPERATION = DetailAndLightOperation(
    name="vignette",
    label="Vignette",
    group="Effects",
    order=20,  # before grain, which is less where it has turned corners white
    place=4,
    value=Annotated[Vignette, AfterValidator(at_rest_without_amount)],
    neutral=Vignette(),
    run=whiten,
    local_light=darken,
    examples=({"amount": -60}, {"amount": 60}),
    holds=0.0,
    doc="Darkens the corners or turns them white, after the crop.",
)
