"""Real photos for benchmarks: those of ../shared/photos, made as large as cameras make them."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from tests.support import SHARED_PHOTOS

FOLDER = SHARED_PHOTOS
CAMERA, PHONE = "camera-canon-a720.jpg", "heic-iphone8-p3-arrow.heic"
"""An indoor of 3 megapixels, enlarged where it has to be, and a true 12 from a phone."""
SHAPE = 4, 3


@functools.lru_cache(maxsize=8)
def jpeg(name: str, megapixels: float) -> bytes:
    """A photo of exactly so many megapixels, 4:3, sRGB, as a JPEG of quality 90."""
    return bytes(image(name, megapixels).jpegsave_buffer(Q=90, keep="none"))


def image(name: str, megapixels: float) -> Any:
    """The same as an image of libvips."""
    import pillow_heif
    import pyvips

    if not (FOLDER / name).exists():
        msg = f"the real photos are not here: {FOLDER}"
        raise SystemExit(msg)
    if name.endswith(".heic"):
        heif = pillow_heif.open_heif(str(FOLDER / name))
        found = pyvips.Image.new_from_array(np.asarray(heif)).rot90()
    else:
        found = pyvips.Image.new_from_file(str(FOLDER / name), access="sequential")
    width = round((megapixels * 1e6 * SHAPE[0] / SHAPE[1]) ** 0.5)
    height = width * SHAPE[1] // SHAPE[0]
    scaled = found.thumbnail_image(width, height=height, crop="centre", size="both")
    return scaled.copy_memory().copy(interpretation="srgb")
