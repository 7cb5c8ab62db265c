"""AVIF, by libheif in libvips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abzug.edits.decoding.loader import Loader
from abzug.edits.formats import heif
from abzug.edits.formats.format import Data
from abzug.edits.pixels.vips_fields import field
from abzug.messages import Notice

if TYPE_CHECKING:
    import pyvips


class AvifLoader(Loader):
    def check(self, data: Data) -> None:
        heif.check_parts(data)

    def open(self, data: Data, max_pixels: int, notices: list[Notice]) -> pyvips.Image | bytes:
        image = self.load(heif.without_trailer(data))
        bits = field(image, "bits-per-sample", 16)
        if image.format == "ushort" and bits < 16:
            image = image | image >> bits  # so that white is all ones
        return image


LOADER = AvifLoader
