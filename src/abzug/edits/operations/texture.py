"""Texture: the small contrasts of skin, bark or cloth, without the edges."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import Field

from abzug.edits.color.local_light import enlarged
from abzug.edits.operation import DetailOperation
from abzug.edits.pixels.arrays import Pixels, add_levels, level
from abzug.edits.pixels.strips import half, strips

_ZERO = 128
"""No difference, in planes that hold differences."""
_LARGEST = 30
"""Larger differences, in levels, are edges: they would get a halo, or blur."""


def texturize(pixels: Pixels, texture: float) -> Pixels:
    """Add to each pixel what its lightness differs from its surroundings, if it is little.

    d = blur(y) − surroundings, a band of about 1 to 6 pixels; k·d·exp(−(d/30)²) is added to all
    three channels alike, or edges would be colored. In place, a strip of rows at a time.
    """
    import cv2

    soft = _surroundings(pixels)
    curve = _curve(texture)
    for rows, luma, inner in strips(pixels, halo=1):
        here = cv2.GaussianBlur(luma, (3, 3), 0.6)[inner]
        strip = pixels[rows]
        around: Any = enlarged(soft, range(rows.start, rows.stop), pixels.shape)
        if level(pixels) > 1:
            add_levels(strip, _added((here - around) / np.float32(level(pixels)), texture))
            continue
        around = cv2.convertScaleAbs(around)
        apart = cv2.addWeighted(here, 1, around, -1, _ZERO)
        added = cv2.LUT(apart, curve)
        cv2.add(strip, cv2.merge([added] * 3), dst=strip, dtype=cv2.CV_8U)
    return pixels


def _surroundings(pixels: Pixels) -> Any:
    """Lightness, blurred, at half size: a quarter of the cost. Wider in photos of more than 4000
    pixels."""
    import cv2

    return cv2.GaussianBlur(half(pixels), (0, 0), 2.2 * max(1, max(pixels.shape) / 4000))


def _curve(texture: float) -> npt.NDArray[np.int16]:
    """What is added for each difference, from −128 to 127."""
    difference = np.arange(256) - float(_ZERO)
    return np.asarray(np.rint(_added(difference, texture)), np.int16)


def _added(difference: Any, texture: float) -> Any:
    share = (1 if texture > 0 else 0.75) * texture / 100
    return share * difference * np.exp(-np.square(difference / _LARGEST))


OPERATION = DetailOperation(
    name="texture",
    label="Texture",
    group="Effects",
    order=5,  # before sharpening, whose crisp edges it would take for structure
    place=1,
    value=Annotated[float, Field(ge=-100, le=100, strict=True)],
    neutral=0,
    run=texturize,
    holds=0.15,
    doc="Brings out or smooths small structures such as skin or bark; edges stay.",
    step=1,
)
