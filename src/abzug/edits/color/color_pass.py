"""Light and color in one pass over the pixels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from abzug.edits.color.local_light import find_light, light_settings
from abzug.edits.color.lut import bake, color_settings
from abzug.edits.pixels.arrays import Pixels, level


def changes_colors(edits: Mapping[str, Any]) -> bool:
    """Whether `color_pass` has anything to do with typed edits."""
    return bool(light_settings(edits) or color_settings(edits))


def color_pass(pixels: Pixels, edits: Mapping[str, Any]) -> Pixels:
    """Apply the light and color operations among typed edits to sRGB pixels, in place.

    pixels: shape (H, W, 3), C-contiguous; given back. Equal pixels and edits give equal pixels,
    and what is neutral changes nothing. The local gain comes before the table although it is
    meant after white balance and exposure: a scalar commutes with them, and between the two there
    is no rounding.
    """
    local, lut = find_light(pixels, edits), bake(edits)
    if local:
        for strip, light in local.strips(pixels):
            if lut:
                lut.apply_to(light, strip)
            else:
                strip[:] = np.rint(light * (255 * level(pixels)))
    elif lut:
        lut.apply(pixels)
    return pixels
