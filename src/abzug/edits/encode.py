"""From pixels to the bytes of a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from abzug.edits import xmp
from abzug.edits.fields import set_blob
from abzug.edits.pixels import Deadline, Pixels, size_of, to_image
from abzug.edits.profiles import to_output
from abzug.errors import EditImpossible

if TYPE_CHECKING:
    from abzug.edits.decode import Photo
    from abzug.edits.profiles import Space

_SAVERS: dict[str, tuple[str, dict[str, Any]]] = {
    # Never progressive: libvips would hold all coefficients, 1.2 GB for 100 megapixels.
    "jpeg": ("jpegsave_buffer", {"interlace": False}),
    # Half of effort 4's time.
    "webp": ("webpsave_buffer", {"effort": 2}),
    "png": ("pngsave_buffer", {"compression": 6}),
    # Effort 4 takes seven times as long for 11 % of the size.
    "avif": ("heifsave_buffer", {"compression": "av1", "effort": 2, "bitdepth": 8}),
    # Level 6 takes twice as long for 3 % of the size.
    "tiff": ("tiffsave_buffer", {"compression": "deflate", "level": 3, "predictor": "horizontal"}),
}
_LOSSY = {"jpeg", "webp", "avif"}
_WITHOUT_ALPHA = {"jpeg"}
_LONGEST_SIDE = {"jpeg": 65_500, "webp": 16_383, "avif": 16_384}
"""What libjpeg, the WebP format and libvips's AVIF saver allow."""


def encode(
    pixels: Pixels, output: Mapping[str, Any], photo: Photo, space: Space, deadline: Deadline
) -> bytes:
    """The finished pixels as a file of the format, color space and metadata of `output`.

    Equal pixels give equal bytes: nothing of the time or the machine is written into them.
    """
    _refuse_too_long(max(size_of(pixels)), output["format"])
    image = to_image(pixels)
    if output["format"] in _WITHOUT_ALPHA and image.hasalpha():
        image = image.flatten(background=[255, 255, 255])
    image, profile = to_output(image, space, output["icc"], photo.profile)
    image = image.copy(xres=photo.image.xres, yres=photo.image.yres)
    metadata = photo.metadata.by(output["metadata"])
    if output["format"] == "png":
        metadata = replace(metadata, xmp=xmp.in_ascii(metadata.xmp))
    for name, block in {"icc-profile-data": profile, **metadata.blocks()}.items():
        set_blob(image, name, block)
    deadline.watch(image)
    saver, options = _SAVERS[output["format"]]
    if output["format"] in _LOSSY:
        options = options | {"Q": output["quality"]}
    file: bytes = getattr(image, saver)(keep="all", **options)
    return metadata.exif.added_to(file) if output["format"] == "tiff" else file


def _refuse_too_long(side: int, form: str) -> None:
    longest = _LONGEST_SIDE.get(form, side)
    if side > longest:
        raise EditImpossible(
            f"{side:,} pixels are too many for the side of a picture in {form.upper()}, "
            f"which holds {longest:,}.",
            advice="Set max_side, or take another format.",
        )
