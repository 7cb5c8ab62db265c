"""BMP, by Pillow and, where masks share out its bits, by bmp_masks: libvips has no loader of it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from abzug.edits.decoding import bmp_masks
from abzug.edits.decoding.loader import Loader
from abzug.edits.decoding.pillow import pixels_by_pillow
from abzug.edits.formats.bounds import refuse_too_large
from abzug.edits.formats.containers.bmp import check_colors
from abzug.edits.formats.format import Data, Format
from abzug.edits.pixels.from_arrays import foreign_image
from abzug.edits.pixels.vips_fields import FINEST_RESOLUTION
from abzug.messages import Notice

if TYPE_CHECKING:
    import pyvips


_HEADER, _OF_VERSION_5 = 14, 124
_EMBEDDED = b"DEBM"
"""A color space of that name lies in the file, as a profile."""


def open_bmp(form: Format, data: Data, max_pixels: int) -> pyvips.Image:
    """The picture, RGB or gray, with alpha if its header speaks of it."""
    if (masks := bmp_masks.layout(data)) is not None:
        refuse_too_large(masks.width, abs(masks.height), max_pixels)
        pixels = bmp_masks.read(data, masks)
    else:
        pixels = pixels_by_pillow(form, data, max_pixels)
    across, down = _resolution(data)
    return foreign_image(pixels, profile=_profile(data)).copy(xres=across, yres=down)


def _resolution(data: Data) -> tuple[float, float]:
    """Pixels a millimeter; 1 where it does not say, as libvips has it of others."""
    if len(data) < _HEADER + 40 or data[_HEADER] < 40:
        return 1.0, 1.0
    across, down = struct.unpack_from("<ii", data, 38)
    if across <= 0 or down <= 0:
        return 1.0, 1.0
    return min(across / 1000, FINEST_RESOLUTION), min(down / 1000, FINEST_RESOLUTION)


def _profile(data: Data) -> bytes | None:
    """The profile of a BMP of version 5, which Pillow does not look for."""
    if len(data) < _HEADER + _OF_VERSION_5 or data[_HEADER] != _OF_VERSION_5:
        return None
    start, size = struct.unpack_from("<II", data, 126)
    found = bytes(data[_HEADER + start :][:size])
    is_whole = bytes(data[70:74]) == _EMBEDDED and len(found) == size
    return found if is_whole and size else None


class BmpLoader(Loader):
    def check(self, data: Data) -> None:
        check_colors(data)

    def open(self, data: Data, max_pixels: int, notices: list[Notice]) -> pyvips.Image | bytes:
        return open_bmp(self.format, data, max_pixels)


LOADER = BmpLoader
