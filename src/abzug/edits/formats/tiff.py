"""TIFF (6.0) and BigTIFF."""

from __future__ import annotations

from abzug.edits.formats.containers import tiff
from abzug.edits.formats.format import UNKNOWN, Data, Dimensions, Format
from abzug.edits.formats.saver import Saver
from abzug.edits.sizes import turned


def dimensions(head: bytes) -> Dimensions:
    if (photo := tiff.photo_of(head)) is None:
        return UNKNOWN
    width, height = map(photo.directory.integer, (tiff.WIDTH, tiff.HEIGHT))
    return *turned(width, height, tiff.turn(photo.directory)), 1


def orientation(data: Data) -> int:
    photo = tiff.photo_of(data)
    return tiff.turn(photo.directory) if photo else 1


def declared_end(data: Data) -> int:
    """Of the picture that is read."""
    photo = tiff.photo_of(data)
    return tiff.end_of_pixels([photo.directory]) if photo else 0


FORMAT = Format(
    name="tiff",
    media_type="image/tiff",
    extensions=("tif", "tiff"),
    place=50,
    signature=r"(II\*\0|MM\0\*|II\+\0|MM\0\+)",
    dimensions=dimensions,
    orientation=orientation,
    declared_end=declared_end,
    loader="tiffload_source",
    decoder="tiff",
    is_exif=True,
    saver=Saver(
        operation="tiffsave",
        # level 6 takes twice as long for 3 % of the size
        options={
            "compression": "deflate",
            "level": 3,
            "predictor": "horizontal",
            "resunit": "inch",
        },
        is_lossless=True,
        bits=16,
        is_as_large_as_its_pixels=True,
        holds_iptc=True,
    ),
)
