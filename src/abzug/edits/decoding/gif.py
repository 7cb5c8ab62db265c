"""GIF, by libnsgif in libvips, which does not say whether all pixels are there."""

from __future__ import annotations

import io
import warnings
from typing import Any

from abzug.edits.decoding.loader import Loader
from abzug.edits.formats.damage import cut_off
from abzug.edits.formats.format import Data


class GifLoader(Loader):
    def check_pixels(self, data: Data, frames: int = 1) -> None:
        if lacks_pixels(data, frames):
            raise cut_off()


def lacks_pixels(gif: bytes | memoryview, frames: int = 1) -> bool:
    """Whether the data of one of a GIF's first frames end before the last of its pixels, or are in
    codes of a size that there is not (GIF89a, appendix F).

    A GIF tells no length, and libnsgif leaves black what is missing without a word. True too if a
    later frame reaches beyond the first: Pillow would grow the picture for it, to 4,000 megapixels
    if need be.
    """
    from PIL import Image
    from PIL.GifImagePlugin import GifImageFile

    damage = OSError, SyntaxError, ValueError, LookupError, EOFError
    too_large = Image.DecompressionBombError, Image.DecompressionBombWarning
    try:
        with warnings.catch_warnings(), GifImageFile(io.BytesIO(gif)) as image:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            screen = image.size
            for frame in range(frames):
                image.seek(frame)
                if image.size != screen:
                    return True
                _decode_frame(gif, image.tile[0])
    except (*damage, *too_large):
        return True
    return False


def _decode_frame(gif: bytes | memoryview, tile: Any) -> None:
    """Raise ValueError if there is no pixel to be had for each place.

    All data are given at once: asked to read them by itself, Pillow reads beyond a code that says
    the frame ends, and takes what follows for pixels.
    """
    from PIL import Image

    left, top, right, bottom = tile.extents
    bits, *options = tile.args
    if not 1 <= bits <= 8:
        raise ValueError("there are no such codes")
    frame = Image.new("L", (right - left, bottom - top))
    frame.frombytes(memoryview(gif)[tile.offset :], "gif", (bits, *options))


LOADER = GifLoader
