"""JPEG XL (ISO/IEC 18181), bare or in a container."""

from __future__ import annotations

from abzug.edits.formats.containers import iso_boxes
from abzug.edits.formats.containers.jxl_codestream import CONTAINER, read_header
from abzug.edits.formats.format import Data, Dimensions, Format
from abzug.edits.sizes import turned

_OF_THE_PICTURE = {b"jxlc", b"jxlp", b"jbrd", b"Exif", b"xml ", b"brob"}
"""Boxes of the codestream, of the JPEG that it was, and of what is told of it."""


def dimensions(head: bytes) -> Dimensions:
    found = read_header(head)
    return *turned(found.width, found.height, found.orientation), None if found.is_animated else 1


def declared_end(data: Data) -> int:
    is_container = bytes(data[: len(CONTAINER)]) == CONTAINER
    return iso_boxes.end_of(data, _OF_THE_PICTURE) if is_container else 0


FORMAT = Format(
    name="jxl",
    media_type="image/jxl",
    extensions=("jxl",),
    place=80,
    signature=r"(\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n)",
    dimensions=dimensions,
    declared_end=declared_end,
    decoder="jxl",
    is_decoded_whole=True,
)
