"""What a camera's sensor makes of a light, and so what light a RAW is balanced for as shot.

Source: Adobe, Digital Negative Specification 1.4, chapter 6 (from XYZ to a camera's own colors;
matrices of two illuminants are mixed by the reciprocal of the temperature).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abzug.edits.color.adaptation import WHITE, Illuminant, illuminant_of, white_of
from abzug.edits.color.colorspace import Array
from abzug.edits.formats.containers import tiff

if TYPE_CHECKING:
    import rawpy

_COLOR_MATRICES, _CALIBRATIONS, _ILLUMINANTS = (50721, 50722), (50723, 50724), (50778, 50779)
_ANALOG_BALANCE = 50727
_KELVIN = {1: 5500, 2: 4150, 3: 2850, 4: 5500, 9: 5500, 10: 6500, 11: 7500, 12: 6400, 13: 5050}
_KELVIN |= {14: 4150, 15: 3525, 17: 2850, 18: 5500, 19: 6500, 20: 5500, 21: 6500, 22: 7500}
_KELVIN |= {23: 5000, 24: 3200}
"""Of EXIF's light sources."""
_DAYLIGHT = 1e6 / 6500
_LEAST = 0.01
"""Of what the sensor makes of a light, relative to its strongest color: no matrix is made for
lights as yellow as the sliders reach, and some tell less than nothing of the blue in them."""
_ROUNDS = 20
"""Of the search for a light whose own matrix leads to it: few are needed."""


@dataclass(frozen=True)
class Sensor:
    """Matrices from XYZ to what the sensor counts in red, green and blue, each with the mired of
    the light that it was measured in, the higher mired first: one or two."""

    matrices: tuple[tuple[float, Array], ...]

    def matrix(self, mired: float) -> Array:
        (warm_at, warm), (cool_at, cool) = self.matrices[0], self.matrices[-1]
        if warm_at == cool_at:
            return cool
        share = float(np.clip((mired - cool_at) / (warm_at - cool_at), 0, 1))
        mixed: Array = warm * share + cool * (1 - share)
        return mixed

    def response(self, light: Illuminant) -> Array:
        """What it counts of that light, in no unit."""
        counts = self.matrix(1e6 / light.kelvin) @ white_of(light)
        response: Array = np.maximum(counts, _LEAST * counts.max())
        return response

    def illuminant(self, response: Array) -> Illuminant:
        """What light it counts so."""
        light = Illuminant(1e6 / _DAYLIGHT, 0)
        for _ in range(_ROUNDS):
            before = light
            light = illuminant_of(np.linalg.solve(self.matrix(1e6 / before.kelvin), response))
            if light == before:
                break
        return light


@dataclass(frozen=True)
class Balance:
    """A sensor, and the light that a RAW is balanced for as shot."""

    sensor: Sensor
    as_shot: Illuminant

    def gains(self, asked: Illuminant) -> Array:
        """What red, green and blue are multiplied by, beside what they are as shot, to be balanced
        for that light. What is grey as shot keeps its luminance."""
        ratios = self.sensor.response(self.as_shot) / self.sensor.response(asked)
        daylight = self.sensor.matrix(_DAYLIGHT)
        luminance = np.linalg.solve(daylight, daylight @ WHITE * ratios)[1]
        gains: Array = ratios / max(luminance, _LEAST)
        return gains


def balance_of(sensor: Sensor | None, multipliers: Sequence[float]) -> Balance | None:
    """What a RAW is balanced for if red, green and blue are multiplied so."""
    if sensor is None or min(multipliers[:3]) <= 0:
        return None
    return Balance(sensor, sensor.illuminant(1 / np.array(multipliers[:3])))


def sensor_of_libraw(file: rawpy.RawPy) -> Sensor | None:
    """LibRaw has one matrix for each camera, that of daylight; None: it does not know the camera,
    or that does not see in red, green and blue."""
    matrix = np.asarray(file.rgb_xyz_matrix, float)
    is_of_three = not matrix[3].any()
    return Sensor(((_DAYLIGHT, matrix[:3]),)) if is_of_three and _is_sound(matrix[:3]) else None


def sensor_of_dng(first: tiff.Directory) -> Sensor | None:
    """By the matrices in a DNG's first directory; None: it has none that are sound."""
    found = []
    balance = _square(np.diag(first.fractions(_ANALOG_BALANCE)).ravel(), np.eye(3))
    for tag, calibration, illuminant in zip(
        _COLOR_MATRICES, _CALIBRATIONS, _ILLUMINANTS, strict=True
    ):
        own = _square(first.fractions(calibration), np.eye(3))
        matrix = balance @ own @ _square(first.fractions(tag), np.zeros((3, 3)))
        kelvin = _KELVIN.get(first.integer(illuminant), 6500)
        if _is_sound(matrix):
            found.append((1e6 / kelvin, matrix))
    return Sensor(tuple(sorted(found, key=lambda one: -one[0]))) if found else None


def _square(numbers: Sequence[float] | Array, default: Array) -> Array:
    return np.reshape(numbers, (3, 3)) if len(numbers) == 9 else default


def _is_sound(matrix: Array) -> bool:
    """Whether it can be reversed, and counts something of daylight in each color."""
    return bool(
        np.isfinite(matrix).all() and np.linalg.cond(matrix) < 1e4 and (matrix @ WHITE > 0).all()
    )
