"""Color noise reduction: takes colored specks and blotches, and leaves lightness alone."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from abzug.edits.color.local_light import STRIP, enlarged
from abzug.edits.operation import DenoiseOperation
from abzug.edits.pixels.arrays import Pixels, level
from abzug.edits.pixels.noise import measured, middle
from abzug.edits.pixels.strips import half, luma, strips

_HALO = 3
"""Rows around that the filters of 7×7 pixels look at."""

_USUAL = 25
"""From this amount on all chroma is what was found at half size."""


def clean(pixels: Pixels, color_noise_reduction: float) -> Pixels:
    """Smooth chroma (Cr and Cb) where it differs no more than the noise does. In place.

    At half size: the eye sees color coarsely, so this loses nothing that counts and costs a
    quarter. Below the usual amount part of the photo's own chroma stays: else the least of it would
    already halve the drawing of saturated edges.
    """
    import cv2

    fine = level(pixels) > 1
    chroma = half(pixels, _chroma)
    for plane in np.moveaxis(chroma, -1, 0):
        _smooth(plane, color_noise_reduction / 50)
    share = min(1.0, color_noise_reduction / _USUAL)
    for top in range(0, len(pixels), STRIP):
        strip = pixels[top : top + STRIP]
        rows = range(top, top + len(strip))
        wide: Any = enlarged(chroma, rows, pixels.shape)
        wide = np.rint(wide).astype(np.uint16) if fine else cv2.convertScaleAbs(wide)
        if share < 1:
            wide = cv2.addWeighted(_chroma(strip), 1 - share, wide, share, 0)
        cv2.cvtColor(cv2.merge([luma(strip), wide]), cv2.COLOR_YCrCb2RGB, dst=strip)
    return pixels


def _chroma(pixels: Pixels) -> Pixels:
    """Cr and Cb: (H, W, 2)."""
    import cv2

    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb)[..., 1:], pixels.dtype)


def _smooth(plane: Pixels, strength: float) -> None:
    """Take specks off a chroma plane, and then the blotches seen at a quarter of its size. In
    place, a strip at a time.

    Bilateral filters of 7×7 pixels: 4σ and 2.5σ times the strength, for a measured noise σ.
    """
    import cv2

    limit = strength * measured(_in_levels(middle(plane)))
    for rows, seen, inner in strips(plane, _HALO, _in_levels):
        calm: Any = cv2.bilateralFilter(seen, 2 * _HALO + 1, 4 * limit, 2)[inner]
        plane[rows] = np.rint(calm * np.float32(level(plane)))
    height, width = (-(-side // 4) for side in plane.shape)
    coarse: Any = _in_levels(cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA))
    even = cv2.bilateralFilter(coarse, 2 * _HALO + 1, 2.5 * limit, 2.5)
    blotches = (coarse - even.astype(np.float32)) * np.float32(level(plane))
    for rows, seen, inner in strips(plane, 0, np.asarray):
        change = enlarged(blotches, range(rows.start, rows.stop), plane.shape)
        plane[rows] = np.rint(np.clip(seen[inner] - change, 0, 255 * level(plane)))


def _in_levels(plane: Any) -> Any:
    """What a bilateral filter takes: 8 bits, or floats in levels of 255."""
    return plane if level(plane) == 1 else plane / np.float32(level(plane))


OPERATION = DenoiseOperation(
    name="color_noise_reduction",
    label="Color noise reduction",
    group="Detail",
    order=20,  # beside that of lightness: neither touches what the other measures
    place=102,
    value=Annotated[float, Field(ge=0, le=100, strict=True)],
    neutral=0,
    run=clean,
    holds=0.23,
    doc="Takes colored specks and blotches away and leaves lightness alone; 25 is usual.",
    step=1,
)
