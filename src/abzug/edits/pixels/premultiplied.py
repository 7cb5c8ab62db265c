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

from abzug.edits.pixels.arrays import Pixels, level

Plane = npt.NDArray[np.uint16]
_ROWS = 64
"""Rows at a time: what lies between stays in the cache, and memory stays flat."""


def is_opaque(pixels: Pixels) -> bool:
    return pixels.shape[2] == 3 or bool(pixels[..., 3].min() == 255 * level(pixels))


def premultiplier_for(pixels: Pixels) -> Callable[[Pixels], Pixels]:
    """How rows of `pixels` are to be seen where neighbors are mixed: their colors alone, (H, W, 3),
    where all is opaque, else weighed, with alpha, (H, W, 4), in 16 bits."""
    return _colors if is_opaque(pixels) else _premultiplied


def write_colors(seen: Pixels, pixels: Pixels) -> None:
    """Write what became of rows that were seen so as their colors; their alpha stays."""
    import cv2

    if seen.shape[2] == 3:
        pixels[..., :3] = seen
        return
    straight = np.empty(seen.shape, pixels.dtype)
    unpremultiply(cv2.split(seen), straight)
    pixels[..., :3] = straight[..., :3]


def _colors(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[..., :3])


def _premultiplied(pixels: Pixels) -> Pixels:
    import cv2

    return np.asarray(cv2.merge(premultiply(pixels)), np.uint16)


def premultiply(pixels: Pixels) -> list[Plane]:
    """Planes of red, green, blue and alpha."""
    import cv2

    planes: list[Any] = list(cv2.split(pixels))
    alpha = planes.pop()
    if level(pixels) == 1:
        cover = alpha.astype(np.uint16)
        return [*(color * cover for color in planes), cover * np.uint16(255)]
    return [*(cv2.multiply(color, alpha, scale=1 / 65_535) for color in planes), alpha]


def unpremultiply(planes: Sequence[Any], pixels: Pixels) -> None:
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
