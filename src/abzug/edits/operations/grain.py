"""Grain: the structure of film, on lightness only."""

from __future__ import annotations

import functools
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, Field

from abzug.edits.operation import DetailOperation, Parameters, at_rest_without_amount
from abzug.edits.pixels.arrays import Pixels, add_levels, in_8_bits, level

Percent = Annotated[float, Field(strict=True, ge=0, le=100)]

_TILE = 1024
_UNIT = 32
"""Steps in which the tile holds one standard deviation; it is limited to four."""
_LEVELS = 18
"""Standard deviation at amount 100, before it is weighted by lightness: 15 in the middle tones."""
_ROWS = 64


class Grain(Parameters):
    amount: Percent = 0.0
    """How much."""
    size: Percent = 25.0
    """How coarse a grain is: from 1 to 5 pixels of the result."""
    roughness: Percent = 50.0
    """How uneven: clumps between the grains."""


def strew(pixels: Pixels, value: Grain) -> Pixels:
    """Add one fixed pattern of noise, so that equal requests give equal bytes. In place.

    Most of it falls in the middle tones; black and white stay clean, as on film.
    """
    import cv2

    if not value.amount:
        return pixels
    width = pixels.shape[1]
    tile = _tile(value.size, value.roughness)
    grains = np.tile(tile, (1, -(-width // _TILE)))[:, :width]
    weights = _weights(value.amount)
    for top in range(0, len(pixels), _ROWS):
        strip = pixels[top : top + _ROWS]
        start = top % _TILE
        luma = np.asarray(cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY), pixels.dtype)
        weight = cv2.LUT(in_8_bits(luma), weights)
        noise: Any = grains[start : start + len(strip)]
        if level(pixels) > 1:
            add_levels(strip, weight * noise)
            continue
        added = cv2.multiply(weight, noise, dtype=cv2.CV_16S)
        cv2.add(strip, cv2.merge([added] * 3), dst=strip, dtype=cv2.CV_8U)
    return pixels


def _weights(amount: float) -> npt.NDArray[np.float32]:
    """Levels for each step of the tile, by lightness; a little more in the darks."""
    luma = np.arange(256) / 255
    weight = np.sqrt(4 * luma * (1 - luma)) * (1 - 0.35 * luma)
    return (weight * _LEVELS * amount / 100 / _UNIT).astype(np.float32)


@functools.lru_cache(maxsize=4)
def _tile(size: float, roughness: float) -> npt.NDArray[np.int16]:
    """Noise that repeats without a seam: its spectrum is shaped, so it is blurred all around.

    Gaussian noise of one σ, plus a band three times as coarse; rounded, for the last bits of a
    Fourier transform differ between processors.
    """
    noise = np.random.Generator(np.random.PCG64(1)).standard_normal((_TILE, _TILE))
    across, down = np.fft.rfftfreq(_TILE), np.fft.fftfreq(_TILE)
    frequency = np.square(across) + np.square(down)[:, None]
    sigma = 0.5 + 2 * size / 100

    def blur(width: float) -> npt.NDArray[np.float64]:
        return np.asarray(np.exp(-2 * (np.pi * width) ** 2 * frequency))

    shape = blur(sigma) + 1.05 * roughness / 100 * blur(3 * sigma)
    shaped = np.fft.irfft2(np.fft.rfft2(noise) * shape, s=noise.shape)
    steps = np.rint(_UNIT * shaped / shaped.std())
    return np.asarray(np.clip(steps, -4 * _UNIT, 4 * _UNIT), np.int16)


OPERATION = DetailOperation(
    name="grain",
    label="Grain",
    group="Effects",
    order=30,  # last: the grain of film is neither sharpened nor painted over
    place=5,
    value=Annotated[Grain, AfterValidator(at_rest_without_amount)],
    neutral=Grain(),
    run=strew,
    examples=({"amount": 50}, {"amount": 100, "size": 75}),
    holds=0.05,
    doc="Adds the grain of film, at the size of each output.",
)
