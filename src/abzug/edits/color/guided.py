"""The guided filter: smooths a map and keeps the edges of the picture that guides it.

Source: K. He, J. Sun, X. Tang, "Guided image filtering" (2010).
"""

from __future__ import annotations

from typing import cast

import numpy as np

from abzug.edits.color.colorspace import Array


def guided(guide: Array, values: Array, radius: int, epsilon: float) -> tuple[Array, Array]:
    """Smooth float32 maps (H, W): the result is a·guide + b, and this gives (a, b).

    radius in pixels, at most a third of the short side: a panorama 50 px high has no room for 40.
    epsilon: edges well above its square root are kept.
    """
    radius = max(1, min(radius, min(guide.shape) // 3))
    mean_guide, mean = _box(guide, radius), _box(values, radius)
    covariance = _box(guide * values, radius) - mean_guide * mean
    variance = _box(guide * guide, radius) - mean_guide * mean_guide
    slope = covariance / (variance + np.float32(epsilon))
    return _box(slope, radius), _box(mean - slope * mean_guide, radius)


def _box(values: Array, radius: int) -> Array:
    import cv2

    size = (2 * radius + 1, 2 * radius + 1)
    return cast("Array", cv2.boxFilter(values, -1, size, borderType=cv2.BORDER_REFLECT))
