"""What travels from a photo to its results beside the pixels, by an output's policy.

keep: all of it. no-location: all but where the photo was taken. copyright: who made it and whose
it is. strip: nothing. Whatever the policy, the orientation is normal (the pixels are upright), and
thumbnails stay behind (they show the photo unedited). Resolution is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from abzug.edits import exif, iptc, xmp
from abzug.edits.fields import blob

if TYPE_CHECKING:
    import pyvips

_UNDEFINED = 7
"""TIFF's type of plain bytes: nobody swaps them."""
_PNG_RIGHTS = {"Author": "artist", "Copyright": "copyright"}


@dataclass(frozen=True)
class Metadata:
    exif: exif.Exif = field(default_factory=exif.Exif)
    xmp: bytes = b""
    iptc: list[iptc.DataSet] = field(default_factory=list)

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
            )
        return Metadata(self.exif, xmp.without_stale(self.xmp), self.iptc)

    def blocks(self, form: str) -> dict[str, bytes]:
        """By the names under which libvips's saver of a format looks for them."""
        return {
            "exif-data": self.exif.to_bytes(prefix=exif.PREFIX),
            "xmp-data": xmp.in_ascii(self.xmp) if form == "png" else self.xmp,
            "iptc-data": iptc.write_iptc(self.iptc) if form == "jpeg" else b"",
        }

    def added_to_tiff(self, file: bytes) -> bytes:
        """The file with what libvips does not write into a TIFF: EXIF, and the whole of IPTC."""
        main = dict(self.exif.main)
        if sets := iptc.write_sets(self.iptc):
            main[iptc.TIFF_TAG] = exif.Value(_UNDEFINED, len(sets), sets)
        return replace(self.exif, main=main).added_to(file)


def metadata_of(image: pyvips.Image, data: bytes | memoryview, media_type: str) -> Metadata:
    """The metadata of a decoded photo; `data` is its file, in which a TIFF keeps its own."""
    sets = iptc.read_iptc(blob(image, "iptc-data"))
    rights = {
        "artist": iptc.value(sets, iptc.BYLINE),
        "copyright": iptc.value(sets, iptc.COPYRIGHT),
    }
    for name in image.get_fields():
        word = name.rpartition("-")[2]  # png-comment-3-Author
        if name.startswith("png-comment-") and word in _PNG_RIGHTS:
            rights[_PNG_RIGHTS[word]] = str(image.get(name))[:1000].encode()
    block = data if media_type == "image/tiff" else blob(image, "exif-data")
    found = exif.read_exif(block).with_rights(**rights)
    return Metadata(found, blob(image, "xmp-data"), sets)
