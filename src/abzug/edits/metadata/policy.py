"""What travels from a photo to its results beside the pixels, by an output's policy.

keep: all of it. no-location: all but where the photo was taken. copyright: who made it and whose
it is. strip: nothing. Whatever the policy, the orientation is normal (the pixels are upright), and
thumbnails and previews stay behind (they show the photo unedited). Resolution is kept; where a
format has no place for it but EXIF, strip keeps none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from abzug.edits.formats.containers import tiff
from abzug.edits.formats.containers.tiff import EXIF_PREFIX
from abzug.edits.formats.format import Data, Format
from abzug.edits.formats.saver import Saver
from abzug.edits.metadata import exif, iptc, png_text, xmp
from abzug.edits.metadata.raw_exif import raw_exif
from abzug.edits.on_disk import File
from abzug.edits.pixels.vips_fields import blob

if TYPE_CHECKING:
    import pyvips

_XMP_TAG = 700
_UNDEFINED = 7
"""TIFF's type of plain bytes: nobody swaps them."""
_TEXT_OF_RIGHTS = {"Author": exif.ARTIST, "Copyright": exif.COPYRIGHT}


@dataclass(frozen=True)
class Metadata:
    exif: exif.Exif = field(default_factory=exif.Exif)
    xmp: bytes = b""
    iptc: list[iptc.DataSet] = field(default_factory=list)
    text: Mapping[str, str] = field(default_factory=dict)
    """Of a PNG."""

    def by(self, policy: str) -> Metadata:
        """What an output with that policy may have of it."""
        if policy == "strip":
            return Metadata()
        if policy == "copyright":
            return Metadata(
                self.exif.rights_only(), xmp.rights_only(self.xmp), iptc.rights_only(self.iptc)
            )
        if policy == "no-location":
            return Metadata(
                self.exif.without_location(),
                xmp.without_location(self.xmp),
                iptc.without_location(self.iptc),
                self.text,
            )
        return replace(self, xmp=xmp.without_stale(self.xmp))

    def without_maker_note(self) -> Metadata:
        return replace(self, exif=self.exif.without_maker_note())

    def with_color_space(self, *, is_srgb: bool) -> Metadata:
        return replace(self, exif=self.exif.with_color_space(is_srgb=is_srgb))

    def blocks(self, saver: Saver) -> dict[str, bytes]:
        """By the names under which libvips's saver looks for them."""
        return {
            "exif-data": self.exif.to_bytes(prefix=EXIF_PREFIX),
            "xmp-data": xmp.in_ascii(self.xmp) if saver.xmp_in_ascii else self.xmp,
            "iptc-data": iptc.write_iptc(self.iptc) if saver.iptc_block else b"",
        }

    def added_to(self, file: File, form: Format) -> File:
        """The file with what libvips's saver of its format does not write, or writes badly: EXIF
        and the whole of IPTC in a TIFF, text of more than Latin letters in a PNG."""
        if form.has_text_chunks:
            return png_text.with_text(file, {**self._rights_as_text(), **self.text})
        if form.is_exif:
            main = dict(self.exif.main)
            if sets := iptc.write_sets(self.iptc):
                main[iptc.TIFF_TAG] = exif.Value(_UNDEFINED, len(sets), sets)
            return replace(self.exif, main=main).added_to(file)
        return file

    def _rights_as_text(self) -> dict[str, str]:
        """For the many programs that look for no EXIF in a PNG."""
        main = self.exif.main
        found = {word: main[tag] for word, tag in _TEXT_OF_RIGHTS.items() if tag in main}
        return {
            word: value.raw.split(b"\0")[0].decode(errors="replace")
            for word, value in found.items()
        }


def metadata_of(image: pyvips.Image, data: Data, form: Format) -> Metadata:
    """The metadata of a decoded photo; `data` is its file, in which a TIFF keeps its own."""
    sets = iptc.read_iptc(blob(image, "iptc-data"))
    text = png_text.read_text(data) if form.has_text_chunks else {}
    block = data if form.is_exif else blob(image, "exif-data")
    found = exif.read_exif(block).with_rights(
        artist=text.get("Author", "").encode() or iptc.value(sets, iptc.BYLINE),
        copyright=text.get("Copyright", "").encode() or iptc.value(sets, iptc.COPYRIGHT),
    )
    return Metadata(found, blob(image, "xmp-data"), sets, text)


def metadata_of_raw(data: bytes | memoryview) -> Metadata:
    """The metadata of a camera's RAW, from its file: whoever develops it, leaves them behind."""
    first = next(tiff.directories(data), None)
    return Metadata(raw_exif(data), first.raw(_XMP_TAG) if first else b"")
