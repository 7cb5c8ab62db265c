"""What travels from a photo to its results beside the pixels, by an output's policy.

keep: all of it. no-location: all but where the photo was taken. copyright: who made it and whose
it is. strip: nothing. Whatever the policy, the orientation is normal (the pixels are upright), what
describes a part of the picture is where that part is now (regions.py), and thumbnails and previews
stay behind (they show the photo unedited). Resolution is kept; where a format has no place for it
but EXIF, strip keeps none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from abzug.edits.formats.blocks import Blocks
from abzug.edits.formats.containers import tiff
from abzug.edits.formats.format import Data, Format
from abzug.edits.homography import Placement
from abzug.edits.metadata import exif, extended_xmp, iptc, png_text, rdf, xmp
from abzug.edits.metadata.exif_block import added_to, exif_block, fitted
from abzug.edits.metadata.found import blocks_of
from abzug.edits.metadata.iptc_in_xmp import with_iptc
from abzug.edits.metadata.properties import About
from abzug.edits.metadata.raw_exif import raw_exif, raw_orientation
from abzug.edits.metadata.text import decoded
from abzug.edits.metadata.words import tells_coordinates
from abzug.edits.notices import Told
from abzug.edits.on_disk import File
from abzug.messages import Notice

if TYPE_CHECKING:
    import pyvips

_XMP_TAG = 700
_TEXT_OF_RIGHTS = {"Author": exif.ARTIST, "Copyright": exif.COPYRIGHT}


@dataclass(frozen=True)
class Metadata:
    exif: exif.Exif = field(default_factory=exif.Exif)
    xmp: bytes = b""
    iptc: list[iptc.DataSet] = field(default_factory=list)
    text: Mapping[str, str] = field(default_factory=dict)
    """Of a PNG."""
    extended_xmp: tuple[bytes, ...] = ()
    """Segments of a JPEG with what does not fit into one."""
    turned: int = 1
    """The orientation (EXIF, 1 to 8) of the stored picture, if the decoder has turned it."""
    placement: Placement | None = None
    """How the parts of the photo lie in the result that is being made."""

    def by(self, policy: str) -> Metadata:
        """What an output with that policy may have of it, as it is true of the result."""
        if policy == "strip":
            return Metadata()
        if policy == "copyright":
            return Metadata(
                self.exif.rights_only(), xmp.rights_only(self.xmp), iptc.rights_only(self.iptc)
            )
        found = replace(self, exif=self.exif.placed(self.placement)) if self.placement else self
        if policy == "no-location":
            return replace(
                found,
                exif=found.exif.without_location(),
                xmp=xmp.without(self.xmp, About.file | About.place, self.placement),
                iptc=iptc.without_location(self.iptc),
                text={w: text for w, text in self.text.items() if not tells_coordinates(text)},
            )
        return replace(found, xmp=xmp.without(self.xmp, About.file, self.placement))

    def of_redacted(self) -> tuple[Metadata, list[Notice]]:
        """Of a photo in which something is hidden: what is may be seen in what nobody else can
        read, and the names and places of faces may be what had to be hidden."""
        packet, names, is_changed = xmp.without_people(self.xmp)
        kept = replace(
            self,
            exif=self.exif.without_maker_note(),
            xmp=packet,
            iptc=iptc.without_keywords(self.iptc, names),
        )
        return kept, [Told.no_people.notice()] if is_changed else []

    def fitted(self, form: Format) -> tuple[Metadata, list[Notice]]:
        """What of it a format has room for, and where; and what is left out."""
        saver, notices, found = form.saver, [], self
        if saver is None or not saver.holds_metadata:
            return Metadata(), []
        if not saver.holds_iptc:
            found = replace(found, xmp=with_iptc(found.xmp, found.iptc), iptc=[])
        room = fitted(found.exif, saver.longest_block)
        if len(room.main) + len(room.photo) < len(found.exif.main) + len(found.exif.photo):
            notices.append(Told.long_exif.notice(format=form.name))
        packet, segments = extended_xmp.split(found.xmp, saver.longest_block)
        if found.xmp and not packet:
            notices.append(Told.long_xmp.notice(format=form.name))
        return replace(found, exif=room, xmp=packet, extended_xmp=segments), notices

    def added_to(self, file: File, form: Format) -> File:
        """The file with all of it, which libvips would rewrite, or not write at all."""
        saver = form.saver
        if saver is None or not saver.holds_metadata:
            return file
        text = {**self._rights_as_text(), **self.text} if form.has_text_chunks else {}
        if saver.embed:
            sets = iptc.write_iptc(self.iptc)
            blocks = Blocks(exif_block(self.exif), self.xmp, self.extended_xmp, sets, text)
            return saver.embed(file, blocks)
        sets = iptc.write_sets(self.iptc)
        beside = {_XMP_TAG: self.xmp, iptc.TIFF_TAG: sets}
        more = {
            tag: exif.Value(exif.UNDEFINED, len(raw), raw) for tag, raw in beside.items() if raw
        }
        return added_to(file, replace(self.exif, main={**self.exif.main, **more}))

    def _rights_as_text(self) -> dict[str, str]:
        """For the many programs that look for no EXIF in a PNG."""
        main = self.exif.main
        found = {word: main[tag] for word, tag in _TEXT_OF_RIGHTS.items() if tag in main}
        return {word: decoded(value.raw.split(b"\0")[0]) for word, value in found.items()}


def metadata_of(image: pyvips.Image, data: Data, form: Format) -> tuple[Metadata, list[Notice]]:
    """The metadata of a decoded photo, of which `data` is the file; and what of it is lost."""
    found = blocks_of(image, data, form)
    sets = iptc.read_iptc(found.iptc)
    text = png_text.read_text(data) if form.has_text_chunks else {}
    read = exif.read_tiff if form.is_exif else exif.read_exif
    own = read(found.exif).with_rights(
        artist=text.get("Author", "").encode() or iptc.value(sets, iptc.BYLINE),
        copyright=text.get("Copyright", "").encode() or iptc.value(sets, iptc.COPYRIGHT),
    )
    is_lost = bool(found.xmp.strip(b"\0 \t\r\n")) and rdf.root_of(found.xmp) is None
    notices = [Told.unreadable_xmp.notice()] if is_lost else []
    turned = form.turned(data) if form.turned else 1
    return Metadata(own, found.xmp, sets, text, turned=turned), notices


def metadata_of_raw(data: bytes | memoryview) -> Metadata:
    """The metadata of a camera's RAW, from its file: whoever develops it, leaves them behind."""
    first = next(tiff.directories(data), None)
    block = first.raw(iptc.TIFF_TAG) if first else b""
    return Metadata(
        raw_exif(data),
        first.raw(_XMP_TAG) if first else b"",
        iptc.read_iptc(block),
        turned=raw_orientation(data),
    )
