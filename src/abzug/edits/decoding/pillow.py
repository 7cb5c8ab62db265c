"""Formats that Pillow reads and libvips does not, each by the one plug-in that its record names."""

from __future__ import annotations

import importlib
import io
from typing import TYPE_CHECKING

import numpy as np

from abzug.edits.decoding.loader import Loader
from abzug.edits.formats.bounds import refuse_too_large
from abzug.edits.formats.damage import cut_off, damaged
from abzug.edits.formats.format import Data, Format
from abzug.edits.pixels.from_arrays import foreign_image
from abzug.errors import UnsupportedPhoto
from abzug.messages import Notice

if TYPE_CHECKING:
    import pyvips

    from abzug.edits.pixels.arrays import Pixels


class PillowLoader(Loader):
    def open(self, data: Data, max_pixels: int, notices: list[Notice]) -> pyvips.Image | bytes:
        return foreign_image(pixels_by_pillow(self.format, data, max_pixels))


LOADER = PillowLoader


def pixels_by_pillow(form: Format, data: Data, max_pixels: int) -> Pixels:
    """RGB or gray, with alpha if there is any, (height, width, channels).

    Not by Image.open, which tries every plug-in and has a pixel limit of its own.
    """
    module, _, plugin = form.pillow.partition(":")
    opened = getattr(importlib.import_module(f"PIL.{module}"), plugin)
    try:
        image = opened(io.BytesIO(data))
        refuse_too_large(image.width, image.height, max_pixels)
        image.load()
    except (OSError, ValueError, SyntaxError, LookupError, OverflowError, EOFError) as error:
        if "unsupported" in str(error).lower():
            name = form.name.upper()
            raise UnsupportedPhoto(
                f"How the pixels lie in this {name} is not supported."
            ) from error
        raise (cut_off() if "truncated" in str(error).lower() else damaged()) from error
    mode = {"1": "L", "L": "L", "RGBA": "RGBA", "LA": "RGBA", "PA": "RGBA"}.get(image.mode, "RGB")
    return np.atleast_3d(np.asarray(image.convert(mode)))
