"""HEIC: HEIF with HEVC inside (ISO/IEC 23008-12, annex B)."""

from __future__ import annotations

from abzug.edits.formats import avif, heif
from abzug.edits.formats.format import Format

_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}


def is_heic(head: bytes) -> bool:
    """Brands that name no family are taken for this one: what else is in it, the decoder says."""
    return not avif.is_avif(head) and heif.is_of(head, _BRANDS, is_default=True)


FORMAT = Format(
    name="heic",
    media_type="image/heic",
    extensions=("heic", "heif"),
    place=70,
    signature=r".{4}ftyp(.{4}){0,125}(hei[cxms]|hev[cxms]|mif[12]|msf1)",
    is_it=is_heic,
    dimensions=heif.dimensions,
    is_sequence=heif.is_sequence,
    declared_end=heif.declared_end,
    color_code=heif.color_code,
    decoder="heic",
    is_decoded_whole=True,
    turned=heif.orientation,
)
