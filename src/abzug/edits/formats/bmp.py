"""BMP of Windows and OS/2."""

from __future__ import annotations

import struct

from abzug.edits.formats.format import Dimensions, Format


def dimensions(head: bytes) -> Dimensions:
    if head[14] == 12:  # of OS/2
        return *struct.unpack_from("<HH", head, 18), 1
    width, height = struct.unpack_from("<ii", head, 18)
    return width, abs(height), 1  # negative: its first line is the uppermost


FORMAT = Format(
    name="bmp",
    media_type="image/bmp",
    extensions=("bmp",),
    place=90,
    # BM, which many a text begins with too, and the bytes of one of the headers that there are
    signature=r"BM.{12}[\x0c(48@l|]\0\0\0",
    dimensions=dimensions,
    pillow="BmpImagePlugin:BmpImageFile",
    decoder="bmp",
    is_decoded_whole=True,
)
