"""How noisy a photo is: thresholds follow it, so that a clean photo is hardly touched.

Source: J. Immerkær, "Fast noise variance estimation" (1996), by blocks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_PART = 1536
"""Pixels of the middle that are looked at."""
_BLOCK = 16
_LEAST, _MOST = 0.8, 8.0
"""A photo that is texture everywhere reads too high; more than this would smear it."""


def middle(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """All of it that `measured` looks at."""
    top, left = (max(0, side // 2 - _PART // 2) for side in picture.shape[:2])
    return picture[top : top + _PART, left : left + _PART]


def measured(plane: npt.NDArray[Any]) -> float:
    """Standard deviation of the noise of a plane (H, W), in levels of 255, from 0.8 to 8.

    From the calmest tenth of its blocks, for texture must not count; blocks near black or white,
    where noise is cut off, do not count if there are others.
    """
    import cv2

    part: Any = middle(plane)
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    rough = np.abs(cv2.filter2D(part, cv2.CV_32F, kernel))
    blocks = max(1, part.shape[1] // _BLOCK), max(1, part.shape[0] // _BLOCK)
    noise = cv2.resize(rough, blocks, interpolation=cv2.INTER_AREA)
    level = cv2.resize(part, blocks, interpolation=cv2.INTER_AREA)
    usable = noise[(level > 10) & (level < 245)]
    calm = np.percentile(usable if usable.size > 20 else noise, 10)
    # White noise of σ 1 has a mean of 6·√(2/π) = 4.8 here; in the calmest tenth it is 4.5.
    return float(np.clip(calm / 4.5, _LEAST, _MOST))
