"""TIFF (6.0) and BigTIFF."""

from __future__ import annotations

from itertools import islice

from abzug.edits.formats.by_imagesize import by_imagesize
from abzug.edits.formats.containers import tiff
from abzug.edits.formats.format import Data, Format
from abzug.edits.formats.saver import Saver


def declared_end(data: Data) -> int:
    """Of the first page, which is the one that is read."""
    return tiff.end_of_pixels(islice(tiff.directories(data), 1))


FORMAT = Format(
    name="tiff",
    media_type="image/tiff",
    extensions=("tif", "tiff"),
    place=50,
    signature=r"(II\*\0|MM\0\*|II\+\0|MM\0\+)",
    dimensions=by_imagesize,
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
