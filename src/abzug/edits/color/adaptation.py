"""White balance: adaptation from the light assumed to have lit the scene to D65.

Sources: CAT16 (Li et al. 2017); M. Krystek's approximation of the Planckian locus (1985).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from abzug.edits.color.colorspace import LUMINANCE, Array, fit, multiply

_CAT16 = np.array(
    [
        [0.401288, 0.650173, -0.051461],
        [-0.250268, 1.204414, 0.045854],
        [-0.002079, 0.048952, 0.953127],
    ]
)
_RGB_TO_XYZ = np.array(
    [
        [0.4123908, 0.3575843, 0.1804808],
        [0.2126390, 0.7151687, 0.0721923],
        [0.0193308, 0.1191948, 0.9505322],
    ]
)
_RGB_TO_CONES = _CAT16 @ _RGB_TO_XYZ
_D65_UV = np.array([0.19783, 0.31220])
_D65_MIRED = 1e6 / 6504
WHITE = np.array([0.95047, 1, 1.08883])
"""XYZ of D65."""
_KELVIN = 2000.0, 50_000.0
_DUV_PER_TINT = 1 / 3000
"""Of a light's tint as Adobe counts it, after its published DNG code."""
_LEAST_RESPONSE = 0.05
"""Of the cones to a light; that of D65 is about 1."""

Gains = tuple[float, float, float]
"""Of the three kinds of cones."""


class Illuminant(NamedTuple):
    """A light as Adobe tells it: the kelvin of the nearest black body, and a tint, above 0 greener.

    The light of day at 6504 K has a tint of 10.
    """

    kelvin: float
    tint: float


@dataclass(frozen=True)
class LitColors:
    """Colors in linear light and what is said of the light that lit them.

    It is said by several operations and acted upon once, in `balanced`: two adaptations in a row
    would clip twice and end elsewhere.
    """

    rgb: Array
    mired: float = 0
    """How far the light lies from D65 along the Planckian locus, below 0 bluer."""
    duv: float = 0
    """How far it lies across the locus, above 0 greener (CIE 1960 uv)."""
    gains: Gains = (1, 1, 1)
    """What makes another light neutral instead of D65, to begin with: see `light_gains`."""

    def balanced(self) -> Array:
        """The colors as under D65, in 0..1.

        What exceeds white is half scaled down (a tinted white), half faded to white: all of one
        left clipped walls white inside a yellow picture, all of the other dulled them.
        """
        matrix = adaptation(self.mired, self.duv, self.gains)
        rgb = np.maximum(multiply(matrix, self.rgb), 0)
        scaled = rgb / np.maximum(rgb.max(-1, keepdims=True), 1)
        tamed: Array = (fit(rgb) + scaled) / 2
        return tamed


def adaptation(mired: float, duv: float, gains: Gains = (1, 1, 1)) -> Array:
    """The 3×3 for linear sRGB that makes the assumed light neutral; the luminance of grey stays.

    mired, duv and gains: as in LitColors.
    """
    at = _D65_MIRED + mired
    light = _D65_UV + _locus(at) - _locus(_D65_MIRED) + duv * _across(at)
    all_gains = _cones(_D65_UV) / _cones(light) * gains
    matrix = np.linalg.inv(_RGB_TO_CONES) @ np.diag(all_gains) @ _RGB_TO_CONES
    balanced: Array = matrix / (LUMINANCE @ matrix @ np.ones(3))
    return balanced


def illuminant_gains(meant: Illuminant, was: Illuminant) -> Gains:
    """The gains that make a light neutral in colors that were developed for another one."""
    # 2000 K with a tint of 100 is yellower than any light: no blue would be left to divide by
    to, since = (np.maximum(_CAT16 @ white_of(light), _LEAST_RESPONSE) for light in (meant, was))
    red, green, blue = (float(gain) for gain in since / to)
    return red, green, blue


def white_of(light: Illuminant) -> Array:
    """XYZ of a light, of luminance 1."""
    mired = 1e6 / light.kelvin
    return _white(_locus(mired) + light.tint * _DUV_PER_TINT * _across(mired))


def illuminant_of(xyz: Array) -> Illuminant:
    """The light of that XYZ: its foot on the locus, from 2000 to 50,000 K, and its distance."""
    x, y, z = xyz
    uv = np.array([4 * x, 6 * y]) / (x + 15 * y + 3 * z)
    all_mired = np.linspace(1e6 / _KELVIN[1], 1e6 / _KELVIN[0], 481)
    distances = np.hypot(*(_locus(all_mired) - uv[:, None]))
    mired = float(all_mired[np.argmin(distances)])
    for _ in range(8):  # Newton's method: at the foot, the way to the light is across
        along = (_locus(mired + 1) - _locus(mired - 1)) / 2
        mired += float(np.clip((uv - _locus(mired)) @ along / (along @ along), -2, 2))
    kelvin = float(np.clip(1e6 / mired, *_KELVIN))
    mired = 1e6 / kelvin
    return Illuminant(kelvin, float((uv - _locus(mired)) @ _across(mired)) / _DUV_PER_TINT)


def _cones(uv: Array) -> Array:
    response: Array = _CAT16 @ _white(uv)
    return response


def illuminant_of_xy(x: float, y: float) -> Illuminant:
    return illuminant_of(np.array([x / y, 1, (1 - x - y) / y]))


def _across(mired: float) -> Array:
    """The direction to the green side of the locus."""
    along = _locus(mired + 1) - _locus(mired - 1)
    along /= np.linalg.norm(along)
    across: Array = np.array([-along[1], along[0]]) * np.sign(along[0])
    return across


def _locus(mired: float | Array) -> Array:
    """The Planckian locus in CIE 1960 uv."""
    t = 1e6 / mired
    u = (0.860117757 + 1.54118254e-4 * t + 1.28641212e-7 * t * t) / (
        1 + 8.42420235e-4 * t + 7.08145163e-7 * t * t
    )
    v = (0.317398726 + 4.22806245e-5 * t + 4.20481691e-8 * t * t) / (
        1 - 2.89741816e-5 * t + 1.61456053e-7 * t * t
    )
    return np.array([u, v])


def _white(uv: Array) -> Array:
    """XYZ of a light of luminance 1 from its CIE 1960 uv."""
    u, v = uv
    scale = 2 * u - 8 * v + 4
    x, y = 3 * u / scale, 2 * v / scale
    return np.array([x / y, 1, (1 - x - y) / y])
