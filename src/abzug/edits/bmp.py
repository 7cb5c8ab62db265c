"""BMP, by Pillow: libvips has no loader of it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from abzug.edits.bounds import refuse_too_large
from abzug.edits.failures import cut_off, damaged
from abzug.edits.foreign import foreign_image

if TYPE_CHECKING:
    import pyvips

_INCH = 25.4
"""In millimeters, as libvips has resolution in pixels a millimeter."""
_FINEST = 1e6
"""Pixels a millimeter; libvips knows no more."""


def open_bmp(data: bytes | memoryview, max_pixels: int) -> pyvips.Image:
    """The picture, RGB or gray, with alpha if its header speaks of it."""
    from PIL.BmpImagePlugin import BmpImageFile

    try:
        # Not by Image.open, which has a pixel limit of its own.
        bmp = BmpImageFile(io.BytesIO(data))
        refuse_too_large(bmp.width, bmp.height, max_pixels)
        bmp.load()
    except (OSError, ValueError, SyntaxError, LookupError, OverflowError, EOFError) as error:
        raise (cut_off() if "truncated" in str(error).lower() else damaged()) from error
    mode = "L" if bmp.mode in {"1", "L"} else "RGBA" if bmp.mode == "RGBA" else "RGB"
    image = foreign_image(np.atleast_3d(np.asarray(bmp.convert(mode))))
    across, down = (min(dots / _INCH, _FINEST) for dots in bmp.info.get("dpi", (_INCH, _INCH)))
    return image.copy(xres=across, yres=down)
