"""AVIF: HEIF with AV1 inside (AV1 Image File Format)."""

from __future__ import annotations

from abzug.edits.formats import heif
from abzug.edits.formats.blocks import in_avif
from abzug.edits.formats.format import Format
from abzug.edits.formats.saver import Saver

_BRANDS = {b"avif", b"avis"}


def is_avif(head: bytes) -> bool:
    return heif.is_of(head, _BRANDS)


FORMAT = Format(
    name="avif",
    media_type="image/avif",
    extensions=("avif",),
    place=40,
    signature=r".{4}ftyp(.{4}){0,125}avi[fs]",
    is_it=is_avif,
    dimensions=heif.dimensions,
    is_sequence=heif.is_sequence,
    declared_end=heif.declared_end,
    color_code=heif.color_code,
    loader="heifload_source",
    decoder="avif",
    is_decoded_whole=True,
    turned=heif.orientation,
    saver=Saver(
        operation="heifsave",
        # effort 4 takes seven times as long for 11 % of the size
        options={"compression": "av1", "effort": 2, "bitdepth": 8},
        quality=60,  # a scale of its own: it looks like the 85 of a JPEG
        fine_from=90,
        lossless={"lossless": True},
        longest_side=16_384,  # of libvips
        resolution_in_exif=True,
        embed=in_avif,
    ),
)
