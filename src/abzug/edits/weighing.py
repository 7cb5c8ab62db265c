"""Colors weighed by their alpha, as they must be where neighbors are mixed: what color there is
under full transparency would else show as a seam along the outline.

Weighed colors have 16 bits, lest those of nearly transparent pixels become coarse; they are planes,
each by itself, which OpenCV turns in a third of the time. The alpha of 8 bits is held as its 255
fold, so that a color times alpha is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from abzug.edits.pixels import Pixels, level

Plane = npt.NDArray[np.uint16]
_ROWS = 64
"""Rows at a time: what lies between stays in the cache, and memory stays flat."""


def is_opaque(pixels: Pixels) -> bool:
    return pixels.shape[2] == 3 or bool(pixels[..., 3].min() == 255 * level(pixels))


def by_weight(pixels: Pixels, change: Callable[[Pixels], Pixels]) -> Pixels:
    """`change`, which mixes neighbors and keeps the size, done to weighed colors; to the pixels as
    they are where all is opaque."""
    import cv2

    if is_opaque(pixels):
        return change(pixels)
    heavy: Pixels = np.empty(pixels.shape, np.uint16)
    for top in range(0, len(pixels), _ROWS):
        cv2.merge(weighed(pixels[top : top + _ROWS]), dst=heavy[top : top + _ROWS])
    heavy = change(heavy)
    straight = np.empty_like(pixels)
    for top in range(0, len(pixels), _ROWS):
        lighten(cv2.split(heavy[top : top + _ROWS]), straight[top : top + _ROWS])
    return straight


def weighed(pixels: Pixels) -> list[Plane]:
    """Planes of red, green, blue and alpha."""
    import cv2

    planes: list[Any] = list(cv2.split(pixels))
    alpha = planes.pop()
    if level(pixels) == 1:
        cover = alpha.astype(np.uint16)
        return [*(color * cover for color in planes), cover * np.uint16(255)]
    return [*(cv2.multiply(color, alpha, scale=1 / 65_535) for color in planes), alpha]


def lighten(planes: Sequence[Any], pixels: Pixels) -> None:
    """Write weighed planes as straight `pixels`."""
    import cv2

    most = np.float32(255 * level(pixels))
    *colors, alpha = planes
    share = most / np.maximum(alpha, np.float32(1))
    straight = [_rounded(color * share, most) for color in colors]
    cover = cv2.convertScaleAbs(alpha, alpha=1 / 255) if level(pixels) == 1 else alpha
    cv2.merge([*straight, cover], dst=pixels)


def _rounded(plane: Any, most: np.float32) -> Any:
    """In whole numbers, no more than white: a bicubic kernel goes beyond it at an edge."""
    import cv2

    if most == 255:
        return cv2.convertScaleAbs(plane)  # which keeps within 8 bits by itself
    return np.rint(np.minimum(plane, most, out=plane), out=plane).astype(np.uint16)
