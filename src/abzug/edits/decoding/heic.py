"""HEIC, by pillow-heif: the libvips wheel has no decoder of HEVC."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abzug.edits.decoding.loader import Loader
from abzug.edits.formats import heif
from abzug.edits.formats.bounds import refuse_too_large
from abzug.edits.formats.damage import cut_off, damaged
from abzug.edits.formats.format import Data
from abzug.edits.pixels.from_arrays import foreign_image
from abzug.messages import Notice

if TYPE_CHECKING:
    import pyvips


def open_heic(data: Data, max_pixels: int) -> pyvips.Image:
    """A HEIC's primary picture. libheif has turned it upright, whatever its EXIF says."""
    import pillow_heif

    try:
        file = pillow_heif.open_heif(bytes(heif.without_trailer(data)), convert_hdr_to_8bit=False)
        width, height = file.size
        refuse_too_large(width, height, max_pixels)
        pixels = np.atleast_3d(np.asarray(file))
    except (ValueError, OSError, RuntimeError, SyntaxError, EOFError, LookupError) as error:
        raise (cut_off() if "end of file" in str(error).lower() else damaged()) from error
    if pixels.dtype == np.uint16:
        pixels = pixels | pixels >> file.info["bit_depth"]  # so that white is all ones
    return foreign_image(
        pixels,
        profile=file.info.get("icc_profile"),
        exif=file.info.get("exif"),
        xmp=file.info.get("xmp"),
    )


class HeicLoader(Loader):
    def check(self, data: Data) -> None:
        heif.check_parts(data)

    def open(self, data: Data, max_pixels: int, notices: list[Notice]) -> pyvips.Image | bytes:
        return open_heic(data, max_pixels)


LOADER = HeicLoader
