"""Photos for benchmarks: the real ones where they are, else computed ones, as large as cameras make
them."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from tests.support.computed_photos import photo_folder

CAMERA, PHONE = "camera-canon-a720.jpg", "heic-iphone8-p3-arrow.heic"
"""An indoor of 3 megapixels, enlarged where it has to be, and one of a phone (12 if it is real)."""
SHAPE = 4, 3


@functools.lru_cache(maxsize=8)
def jpeg(name: str, megapixels: float) -> bytes:
    """A photo of exactly so many megapixels, 4:3, sRGB, as a JPEG of quality 90."""
    return bytes(image(name, megapixels).jpegsave_buffer(Q=90, keep="none"))


def image(name: str, megapixels: float) -> Any:
    """The same as an image of libvips."""
    import pillow_heif
    import pyvips

    path = str(photo_folder() / name)
    if name.endswith(".heic"):
        heif = pillow_heif.open_heif(path)
        found = pyvips.Image.new_from_array(np.asarray(heif)).rot90()
    else:
        found = pyvips.Image.new_from_source(pyvips.Source.new_from_file(path), "")
    width = round((megapixels * 1e6 * SHAPE[0] / SHAPE[1]) ** 0.5)
    height = width * SHAPE[1] // SHAPE[0]
    scaled = found.thumbnail_image(width, height=height, crop="centre", size="both")
    return scaled.copy_memory().copy(interpretation="srgb")
