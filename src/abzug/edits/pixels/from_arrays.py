"""Pictures that libvips cannot decode, and another library did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from abzug.edits.formats.containers.tiff import EXIF_PREFIX
from abzug.edits.pixels.vips_fields import set_blob

if TYPE_CHECKING:
    import pyvips

_FORMATS = {"uint8": "uchar", "uint16": "ushort"}
_INTERPRETATIONS = {("uchar", False): "b-w", ("uchar", True): "srgb"} | {
    ("ushort", False): "grey16",
    ("ushort", True): "rgb16",
}


def foreign_image(
    pixels: npt.NDArray[Any],
    *,
    profile: bytes | None = None,
    exif: bytes | None = None,
    xmp: bytes | None = None,
) -> pyvips.Image:
    """The image that libvips would have made of the file.

    `pixels` are upright, 8 or 16 bits, of shape (height, width, 1 to 4): gray or RGB, and alpha.
    """
    import pyvips

    pixels = np.ascontiguousarray(pixels)
    height, width, bands = pixels.shape
    form = _FORMATS[pixels.dtype.name]
    image = pyvips.Image.new_from_memory(pixels.data, width, height, bands, form)
    image = image.copy(interpretation=_INTERPRETATIONS[form, bands >= 3])
    set_blob(image, "icc-profile-data", profile)
    set_blob(image, "exif-data", exif and EXIF_PREFIX + exif.removeprefix(EXIF_PREFIX))
    set_blob(image, "xmp-data", xmp)
    image.set_type(pyvips.GValue.gint_type, "orientation", 1)
    return image
