"""Blocks of metadata as they stand in a file; policy.py looks into them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from abzug.edits.formats.containers import jpeg
from abzug.edits.formats.containers.tiff import EXIF_PREFIX
from abzug.edits.formats.format import Data, Format
from abzug.edits.metadata import extended_xmp, iptc, png_text
from abzug.edits.pixels.vips_fields import blob

if TYPE_CHECKING:
    import pyvips

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True)
class Found:
    exif: Data = b""
    xmp: bytes = b""
    iptc: bytes = b""


def blocks_of(image: pyvips.Image, data: Data, form: Format) -> Found:
    """From the file where libvips does not read all of it, else as libvips has it."""
    own = Found(
        data if form.is_exif else blob(image, "exif-data"),
        blob(image, "xmp-data"),
        blob(image, "iptc-data"),
    )
    if bytes(data[:3]) == _JPEG:
        return _of_jpeg(data, own)
    if form.has_text_chunks:
        profiles = png_text.read_profiles(data)
        return Found(
            profiles.get("exif", own.exif), profiles.get("xmp", own.xmp), profiles.get("iptc", b"")
        )
    return own


def _of_jpeg(data: Data, own: Found) -> Found:
    """XMP with what stands in more segments, and IPTC that is spread over several."""
    every = list(jpeg.headers(data))
    first = [body for kind, body in every if kind == jpeg.APP1]
    exif = next((body for body in first if body.startswith(EXIF_PREFIX)), own.exif)
    xmp = next((body.removeprefix(_XMP) for body in first if body.startswith(_XMP)), own.xmp)
    spread = [body for kind, body in every if kind == jpeg.APP13]
    return Found(exif, extended_xmp.joined(xmp, first), iptc.joined(spread))
