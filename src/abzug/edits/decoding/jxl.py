"""JPEG XL, by libjxl in pillow-jxl-plugin: the libvips wheel has no decoder of it.

Its Decoder is used as it is, not through Pillow, for which 16 bits of gray would be the most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from abzug.edits.decoding.loader import Loader
from abzug.edits.formats.bounds import refuse_too_large
from abzug.edits.formats.containers.jxl_codestream import read_header
from abzug.edits.formats.damage import damaged
from abzug.edits.formats.format import Data
from abzug.edits.notices import Told
from abzug.edits.pixels.from_arrays import foreign_image
from abzug.errors import UnreadablePhoto, UnsupportedPhoto
from abzug.messages import Notice

if TYPE_CHECKING:
    import pyvips

_TIFF = (b"II*\0", b"MM\0*")


def open_jxl(data: Data, max_pixels: int, notices: list[Notice]) -> pyvips.Image | bytes:
    """The picture, which libjxl has turned upright; or, if a JPEG was packed without loss into the
    file, that JPEG. What the person should know is added to `notices`."""
    import pillow_jxl

    data = bytes(data)
    try:
        header = read_header(data)
    except ValueError as error:
        raise damaged() from error
    refuse_too_large(header.width, header.height, max_pixels)
    if header.is_animated:
        raise UnsupportedPhoto("Not a format that is supported: this is an animated JPEG XL.")
    try:
        is_jpeg, info, content, profile, boxes = pillow_jxl.Decoder(num_threads=0)(data)
    except RuntimeError as error:  # libjxl does not say which of the two it is
        raise UnreadablePhoto(
            "The file is damaged or ends too early: the picture in it cannot be read."
        ) from error
    if is_jpeg:
        return bytes(content)
    found = {bytes(box.box_type): bytes(box.data) for box in boxes}
    if b"brob" in found:
        notices.append(Told.compressed_metadata.notice())
    bands = info.num_channels + info.has_alpha_channel
    pixels = _samples(content, info.width * info.height * bands)
    return foreign_image(
        pixels.reshape(info.height, info.width, bands),
        profile=profile,
        exif=_exif(found.get(b"Exif", b"")),
        xmp=found.get(b"xml "),
    )


def _samples(content: bytes, count: int) -> np.ndarray[Any, Any]:
    """8 or 16 bits each; floating-point numbers, 0 to 1, become 16 bits."""
    match len(content) // count:
        case 1:
            return np.frombuffer(content, np.uint8)
        case 2:
            return np.frombuffer(content, np.uint16)
    light = np.nan_to_num(np.frombuffer(content, np.float32))
    return np.asarray(np.rint(light.clip(0, 1) * 65535), np.uint16)


def _exif(box: bytes) -> bytes:
    """Without the four bytes that say where in the box it begins, which some programs leave out."""
    return box if box.startswith(_TIFF) else box[4 + int.from_bytes(box[:4]) :]


class JxlLoader(Loader):
    def open(self, data: Data, max_pixels: int, notices: list[Notice]) -> pyvips.Image | bytes:
        return open_jxl(data, max_pixels, notices)


LOADER = JxlLoader
