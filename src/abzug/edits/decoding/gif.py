"""GIF, by libnsgif in libvips, which does not say whether all pixels are there."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from abzug.edits.decoding.loader import Loader
from abzug.edits.formats.containers import gif
from abzug.edits.formats.damage import cut_off
from abzug.edits.formats.format import Data
from abzug.edits.pixels.vips_fields import field

if TYPE_CHECKING:
    import pyvips

_MANY_PIXELS = 2**27
"""Of a frame, beyond those that can be seen: none is as large."""


class GifLoader(Loader):
    def check_pixels(self, data: Data, frames: int = 1) -> None:
        if lacks_pixels(data, frames):
            raise cut_off()

    def prepared(self, data: Data) -> Data:
        """With opacity also where a first frame that leaves some of the canvas free is all that
        asks for it; libvips looks only for a transparent color, and takes what is free for
        black."""
        return gif.with_transparent_frame(data) if _leaves_free(data) else data

    def load(self, data: Data, *, fail_on: str = "error", **options: Any) -> pyvips.Image:
        image = super().load(data, fail_on=fail_on, **options)
        if gif.has_transparent_frame(data):
            image = image.copy()
            image.set("n-pages", field(image, "n-pages", 1) - 1)
        return image


def _leaves_free(data: Data) -> bool:
    first = next(gif.frames(data), None)
    if first is None or (first.left, first.top, first.width, first.height) == (
        0,
        0,
        *gif.canvas(data),
    ):
        return False
    return gif.is_opaque(data)


def lacks_pixels(data: Data, frames: int = 1) -> bool:
    """Whether the codes of one of a GIF's first frames end before the last of its pixels, or are of
    a size that there is not (GIF89a, appendix F).

    A GIF tells no length, and libnsgif leaves black what is missing without a word.
    """
    found = list(islice(gif.frames(data), frames))
    return len(found) < frames or not all(_is_whole(data, frame) for frame in found)


def _is_whole(data: Data, frame: gif.Frame) -> bool:
    """All codes are given at once: asked to read them by itself, Pillow reads beyond a code that
    says the frame ends, and takes what follows for pixels."""
    from PIL import Image

    if not 1 <= frame.bits <= 8 or frame.width * frame.height > _MANY_PIXELS:
        return False
    picture = Image.new("L", (frame.width, frame.height))
    try:
        picture.frombytes(memoryview(data)[frame.codes :], "gif", (frame.bits, frame.is_interlaced))
    except ValueError:
        return False
    return True


LOADER = GifLoader
