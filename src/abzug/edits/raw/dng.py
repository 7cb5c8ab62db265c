"""What a DNG tells that LibRaw leaves out, or reads wrongly.

Source: Adobe, Digital Negative Specification 1.4.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from abzug.edits.formats.containers import tiff

if TYPE_CHECKING:
    import rawpy

VERSION, AS_SHOT_NEUTRAL, AS_SHOT_WHITE = 50706, 50728, 50729
_BASELINE_EXPOSURE, _MOSAIC = 50730, 33421
_MOSAICS = {(), (2, 2), (6, 6)}
"""How many sensor cells make a pattern, down and across; none in a picture without one."""
_NOTHING = 65000
"""A tag that nobody knows."""
SIDEWAYS = 4
"""The bit of LibRaw's flip that changes the sides."""

Crop = tuple[float, float, float, float]
ALL = 0.0, 0.0, 1.0, 1.0


def first_directory(data: bytes | memoryview) -> tiff.Directory | None:
    """The one that says it is a DNG; None if it does not."""
    first = next(tiff.directories(data), None)
    return first if first and VERSION in first.entries else None


def has_known_mosaic(data: bytes | memoryview) -> bool:
    """Whether the pattern of the sensor's colors is Bayer's or Fujifilm's: of any other LibRaw
    takes the first four cells for all of it, and gives wrong colors without a word."""
    return all(one.integers(_MOSAIC) in _MOSAICS for one in tiff.directories(data))


def as_shot_white(first: tiff.Directory) -> tuple[float, float] | None:
    """x and y of the light, where the DNG tells that in place of the camera's neutral."""
    white = first.fractions(AS_SHOT_WHITE)
    told = len(white) == 2 and min(white) > 0 and not first.fractions(AS_SHOT_NEUTRAL)
    return (white[0], white[1]) if told else None


def without_white(data: bytes | memoryview, first: tiff.Directory) -> bytes:
    """The file without that light, for which LibRaw would bend the camera's colors: greys would be
    right, and other colors off by a delta E of 8 under a bulb."""
    row = first.order + "HHI"
    kind, count = first.entries[AS_SHOT_WHITE].type, 2
    told, nothing = (struct.pack(row, tag, kind, count) for tag in (AS_SHOT_WHITE, _NOTHING))
    return bytes(data).replace(told, nothing, 1)


def exposure(first: tiff.Directory) -> float:
    """How many EV brighter than its numbers it is to be shown (BaselineExposure)."""
    return float(np.clip(sum(first.fractions(_BASELINE_EXPOSURE)[:1]), -4, 4))


def white_level(file: rawpy.RawPy) -> int | None:
    """Where LibRaw is to see white in a picture without a mosaic; None: it knows.

    It takes away from white only as much black as four channels have in common, of three.
    """
    import rawpy

    *black, fourth = file.black_level_per_channel
    is_linear = file.raw_type is rawpy.RawType.Stack and file.num_colors == 3
    return int(file.white_level - min(black)) if is_linear and min(black) and not fourth else None


def default_crop(sizes: rawpy.ImageSizes) -> Crop:
    """What it says is the picture (DefaultCropOrigin, DefaultCropSize): what the sensor saw around
    it is there for demosaicing. All of it where that is not within what LibRaw gives."""
    left, top = sizes.crop_left_margin - sizes.left_margin, sizes.crop_top_margin - sizes.top_margin
    right, bottom = left + sizes.crop_width, top + sizes.crop_height
    if not (0 <= left < right <= sizes.width and 0 <= top < bottom <= sizes.height):
        return ALL
    if sizes.pixel_aspect != 1:
        return ALL
    x, y = (left / sizes.width, right / sizes.width), (top / sizes.height, bottom / sizes.height)
    if sizes.flip & 1:
        x = 1 - x[1], 1 - x[0]
    if sizes.flip & 2:
        y = 1 - y[1], 1 - y[0]
    if sizes.flip & SIDEWAYS:
        x, y = y, x
    return x[0], y[0], x[1], y[1]
