"""Color noise reduction: takes colored specks and blotches, and leaves lightness alone."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from abzug.edits.base import Operation, Stage
from abzug.edits.light import STRIP, enlarged
from abzug.edits.noise import measured
from abzug.edits.pixels import Pixels, level

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
    half = cv2.cvtColor(_shrunk(pixels, 2), cv2.COLOR_RGB2YCrCb)
    planes: Any = cv2.split(half)[1:]
    if fine:  # a bilateral filter takes 8 bits or floats
        planes = [plane / np.float32(level(pixels)) for plane in planes]
    chroma = [_smoothed(plane, color_noise_reduction / 50) for plane in planes]
    share = min(1.0, color_noise_reduction / _USUAL)
    for top in range(0, len(pixels), STRIP):
        strip = pixels[top : top + STRIP]
        rows = range(top, top + len(strip))
        wide: Any = [enlarged(plane, rows, pixels.shape) for plane in chroma]
        if fine:
            wide = [np.rint(plane * level(pixels)).astype(np.uint16) for plane in wide]
        else:
            wide = [cv2.convertScaleAbs(plane) for plane in wide]
        if share < 1:
            own = cv2.split(cv2.cvtColor(strip, cv2.COLOR_RGB2YCrCb))[1:]
            pairs = zip(own, wide, strict=True)
            wide = [cv2.addWeighted(old, 1 - share, new, share, 0) for old, new in pairs]
        lightness = cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY)
        cv2.cvtColor(cv2.merge([lightness, *wide]), cv2.COLOR_YCrCb2RGB, dst=strip)
    return pixels


def _smoothed(plane: Any, strength: float) -> Any:
    """A chroma plane, in levels of 255, without specks, and then without the blotches seen at a
    quarter of its size.

    Bilateral filters of 7×7 pixels: 4σ and 2.5σ times the strength, for a measured noise σ.
    """
    import cv2

    limit = strength * measured(plane)
    calm = cv2.bilateralFilter(plane, 7, 4 * limit, 2)
    coarse = _shrunk(calm, 4)
    even = cv2.bilateralFilter(coarse, 7, 2.5 * limit, 2.5)
    size = plane.shape[1], plane.shape[0]
    if plane.dtype != np.uint8:
        return np.clip(calm - cv2.resize(coarse - even, size), 0, 255)
    blotches = cv2.resize(cv2.subtract(coarse, even, dtype=cv2.CV_16S), size)
    return cv2.subtract(calm, blotches, dtype=cv2.CV_8U)


def _shrunk(pixels: Any, times: int) -> Any:
    import cv2

    height, width = (-(-side // times) for side in pixels.shape[:2])
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)


OPERATION = Operation(
    name="color_noise_reduction",
    label="Color noise reduction",
    group="Detail",
    stage=Stage.denoise,
    order=20,
    place=102,
    value=Annotated[float, Field(ge=0, le=100, strict=True)],
    neutral=0,
    run=clean,
    doc="Takes colored specks and blotches away and leaves lightness alone; 25 is usual.",
    step=1,
)
