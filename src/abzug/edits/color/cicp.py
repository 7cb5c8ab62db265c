"""Color spaces that a file tells by numbers in place of a profile, as the profiles they stand for.

Read wrongly, such a photo is pale or lurid, and nobody is told. None is made of sRGB, which is what
a photo without a profile is taken for.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from abzug.edits.color.profiles import is_space

Array = npt.NDArray[np.float64]
Primaries = tuple[float, ...]
"""x and y of red, green, blue and white."""

_D65 = 0.3127, 0.3290
SRGB: Primaries = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, *_D65)
_P3, _BT2020 = 12, 9
_PRIMARIES: dict[int, Primaries] = {
    1: SRGB,
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, 0.310, 0.316),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, *_D65),
    6: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    _BT2020: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *_D65),
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351),
    _P3: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *_D65),
}
"""By ITU-T H.273, table 2."""
ADOBE_RGB: Primaries = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, *_D65)
ADOBE_GAMMA = 563 / 256
PQ, HLG = 16, 18
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0}
_LIKE_SRGB = {1, 2, 6, 13, 14, 15}
"""Transfers of video too: its curve is meant to be shown as sRGB's is."""
_STEPS = 4096
_SLACK = 1e-6
"""Of sums that are 1 but for rounding."""
_WHITE = 203.0
"""Candela per square meter of white on paper (ITU-R BT.2408)."""
_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


@dataclass(frozen=True, slots=True)
class Code:
    """Numbers of ITU-T H.273: tables 2 and 3."""

    primaries: int
    transfer: int

    @property
    def is_hdr(self) -> bool:
        return self.transfer in {PQ, HLG}

    def profile(self, *, is_gray: bool = False) -> bytes | None:
        """None if it is sRGB, or not known here. What is brighter than white is cut off. Of gray
        only the curve counts."""
        primaries = SRGB if is_gray else _PRIMARIES.get(self.primaries)
        if primaries is None:
            return None
        if self.transfer in _GAMMAS:
            return made_profile(primaries, _GAMMAS[self.transfer])
        if self.is_hdr:
            light = _pq if self.transfer == PQ else _hlg
            return _made(primaries, _table(light))
        return made_profile(primaries, None) if self.transfer in _LIKE_SRGB else None


def made_profile(primaries: Primaries, gamma: float | None) -> bytes | None:
    """The profile of these primaries and a curve: a power, or sRGB's. None if it is sRGB itself."""
    if not _is_sound(primaries):
        return None
    curve = struct.pack(">4sIHHi", b"para", 0, 0, 0, _fixed(gamma)) if gamma else _SRGB_CURVE
    found = _made(primaries, curve)
    return None if is_space(found, "srgb") else found


def _fixed(number: float) -> int:
    return round(number * 65536)


_SRGB_CURVE = struct.pack(
    ">4sIHH5i", b"para", 0, 3, 0, *map(_fixed, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))
)


def _table(light: Callable[[Array], Array]) -> bytes:
    levels = np.rint(np.clip(light(np.linspace(0, 1, _STEPS)), 0, 1) * 65535).astype(">u2")
    return struct.pack(">4sII", b"curv", 0, _STEPS) + levels.tobytes()


def _pq(signal: Array) -> Array:
    """SMPTE ST 2084, in terms of white on paper."""
    m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
    root = signal ** (1 / m2)
    return 10_000 / _WHITE * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)


def _hlg(signal: Array) -> Array:
    """ARIB STD-B67; white on paper is at 0.75 of the signal (ITU-R BT.2408)."""

    def scene(signal: Array) -> Array:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        return np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)

    return np.asarray(scene(signal) / scene(np.array(0.75)))


def _is_sound(primaries: Primaries) -> bool:
    """Whether they are a triangle around their white, whichever of its corners is called red."""
    x, y = np.array(primaries[::2]), np.array(primaries[1::2])
    if (y <= 0).any() or (x < 0).any() or (x + y > 1 + _SLACK).any():
        return False
    red, green, blue, white = (np.array(point) for point in zip(x, y, strict=True))

    def side(a: Array, b: Array) -> float:
        return float((b[0] - a[0]) * (white[1] - a[1]) - (b[1] - a[1]) * (white[0] - a[0]))

    sides = side(red, green), side(green, blue), side(blue, red)
    return min(sides) > 0 or max(sides) < 0


@functools.lru_cache(maxsize=16)
def _made(primaries: Primaries, curve: bytes) -> bytes:
    """A profile of matrix and curves (ICC.1:2022, 8.3.3)."""
    white = _xyz(*primaries[6:])
    columns = np.stack([_xyz(*primaries[at : at + 2]) for at in (0, 2, 4)], axis=1)
    to_d50 = np.linalg.inv(_BRADFORD) @ np.diag(_BRADFORD @ _D50 / (_BRADFORD @ white)) @ _BRADFORD
    colorants = to_d50 @ (columns * np.linalg.solve(columns, white))
    name = "Made of numbers in the file".encode("utf-16-be")
    text = struct.pack(">4sIII4sII", b"mluc", 0, 1, 12, b"enUS", len(name), 28) + name
    tags = {b"desc": text, b"cprt": text, b"wtpt": _numbers(b"XYZ ", _D50)}
    tags[b"chad"] = _numbers(b"sf32", to_d50.ravel())
    for at, color in enumerate((b"r", b"g", b"b")):
        tags[color + b"XYZ"] = _numbers(b"XYZ ", colorants[:, at])
        tags[color + b"TRC"] = curve
    return _packed(tags)


def _xyz(x: float, y: float) -> Array:
    return np.array([x / y, 1, (1 - x - y) / y])


def _numbers(kind: bytes, numbers: Array) -> bytes:
    return struct.pack(f">4sI{len(numbers)}i", kind, 0, *map(_fixed, numbers))


def _packed(tags: dict[bytes, bytes]) -> bytes:
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    head = struct.pack(
        ">I4sI4s4s4s6H4s28s3i48s",
        start + len(body),
        b"",
        0x04200000,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        *(2026, 1, 1, 0, 0, 0),
        b"acsp",
        b"",
        *map(_fixed, _D50),
        b"",
    )
    return head + table + body
