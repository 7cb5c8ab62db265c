"""WebP, by libwebp in libvips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abzug.edits.decoding.loader import Loader
from abzug.edits.formats.format import Data

if TYPE_CHECKING:
    import pyvips


class WebpLoader(Loader):
    def reduced(
        self, image: pyvips.Image, data: Data, shrink: int, *, is_strict: bool
    ) -> pyvips.Image:
        return self.load(data, scale=1 / shrink) if shrink > 1 else image


LOADER = WebpLoader
