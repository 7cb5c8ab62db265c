"""A file's header, read within bounds.

Every format has one loader, chosen by content, and no other is ever tried: what a library would
make of a file that is not what it says is of no interest. Nothing is decoded before the header has
been held against the pixel limit, and a file that ends too early is an error, never a grey bottom.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from abzug.edits.color.declared_color import code_of, profile_without
from abzug.edits.color.profiles import GRAY, RGB, fitting, profile_of
from abzug.edits.decoding.animation import motion_of
from abzug.edits.decoding.loader import loader_of
from abzug.edits.decoding.photo import Photo
from abzug.edits.formats.bounds import refuse_too_large
from abzug.edits.formats.damage import cut_off
from abzug.edits.formats.format import Data, Format
from abzug.edits.formats.raw import raw_format
from abzug.edits.formats.registry import format_of
from abzug.edits.formats.sniff import HEAD, sniff
from abzug.edits.metadata.beside import lost_beside
from abzug.edits.metadata.exif import resolution
from abzug.edits.metadata.policy import metadata_of, metadata_of_raw
from abzug.edits.metadata.raw_exif import raw_orientation
from abzug.edits.notices import Told
from abzug.edits.pixels.vips_fields import FINEST_RESOLUTION, blob
from abzug.edits.raw.develop import Undevelopable, open_raw
from abzug.edits.raw.embedded_preview import largest_preview
from abzug.edits.sizes import turned
from abzug.messages import Notice

if TYPE_CHECKING:
    import pyvips

_NO_RESOLUTION = (1.0, 1.0)
"""Pixels a millimeter, as libvips has it where a file tells of none."""
_USUAL_RESOLUTION = (72 / 25.4, 72 / 25.4)
"""What EXIF (2.32, 4.6.4) says of a photo whose resolution is not known."""


def open_photo(data: Data, *, max_pixels: int, previews: bool = True) -> Photo:
    """Read the header. Raises PhotoError if this is no photo, or one that is too large.

    previews: whether the preview in a RAW is taken, with a notice, if that cannot be developed.
    """
    if (raw := raw_format(data)) is not None:  # before libvips: to it, many are a small TIFF
        return _open_raw(raw, data, max_pixels, previews=previews)
    form = format_of(sniff(bytes(data[:HEAD])).media_type)
    loader = loader_of(form)
    if form.declared_end(data) > len(data):
        raise cut_off()
    loader.check(data)
    data = loader.prepared(data)
    notices: list[Notice] = []
    image = loader.open(data, max_pixels, notices)
    if isinstance(image, bytes):
        return open_photo(image, max_pixels=max_pixels)
    motion = motion_of(image) if form.moves else None
    refuse_too_large(image.width, image.height, max_pixels, motion.frames if motion else 1)
    loader.check_pixels(data)
    image = _with_resolution(image)
    orientation = form.orientation(data)
    metadata, lost = metadata_of(image, data, form)
    return Photo(
        data=data,
        format=form,
        size=turned(image.width, image.height, orientation),
        orientation=orientation,
        profile=_profile(image, data, form),
        metadata=metadata,
        image=image,
        motion=motion,
        notices=[*notices, *_notices(data, form), *lost],
    )


def _open_raw(form: Format, data: Data, max_pixels: int, *, previews: bool) -> Photo:
    import pyvips

    end = form.declared_end(data)
    if end > len(data):
        raise cut_off()
    try:
        # DNG is an open format: what is missing in one, LibRaw misses rightly
        raw = open_raw(data, max_pixels, is_whole=end > 0 and form.name != "DNG")
    except Undevelopable:
        preview = largest_preview(data, form.name) if previews else None
        if preview is None:
            raise
        return _open_preview(data, preview, max_pixels)
    return Photo(
        data=data,
        format=form,
        size=raw.size,
        orientation=1,  # LibRaw turns it
        profile=profile_of("p3"),
        metadata=metadata_of_raw(data),
        image=_with_resolution(pyvips.Image.black(*raw.size, bands=3)),
        motion=None,
        notices=[],
        raw=raw,
    )


def _open_preview(data: Data, preview: memoryview, max_pixels: int) -> Photo:
    """The preview, turned as itself or else the RAW says, with the RAW's metadata."""
    photo = open_photo(preview, max_pixels=max_pixels)
    stored = turned(*photo.size, photo.orientation)
    orientation = photo.orientation if photo.orientation > 1 else raw_orientation(data)
    width, height = turned(*stored, orientation)
    told = Told.raw_preview.notice(width=width, height=height)
    return replace(
        photo,
        size=(width, height),
        orientation=orientation,
        metadata=metadata_of_raw(data),
        notices=[told, *photo.notices],
    )


def _with_resolution(image: pyvips.Image) -> pyvips.Image:
    """libvips reads it from the EXIF of a JPEG and a PNG, not from that of other formats."""
    found = (image.xres, image.yres)
    if found == _NO_RESOLUTION:
        found = resolution(blob(image, "exif-data")) or _USUAL_RESOLUTION
    usual, _ = _USUAL_RESOLUTION
    across, down = (number if number < FINEST_RESOLUTION else usual for number in found)
    return image.copy(xres=across, yres=down)


def _profile(image: pyvips.Image, data: Data, form: Format) -> bytes | None:
    """The profile in the file, unless it is damaged; or what it tells of its colors without one."""
    if form.has_damaged_profile(data):
        return None
    own = fitting(blob(image, "icc-profile-data"), str(image.interpretation))
    is_gray, is_rgb = (image.interpretation in found for found in (GRAY, RGB))
    code = code_of(data, form) if is_gray or is_rgb else None
    if code and (not own or form.code_before_profile):
        return code.profile(is_gray=is_gray)
    if own or not (is_gray or is_rgb):
        return own
    return profile_without(data, form, blob(image, "exif-data"), is_gray=is_gray)


def _notices(data: Data, form: Format) -> Iterator[Notice]:
    if form.is_sequence(data):
        yield Told.first_frame.notice()
    code = code_of(data, form)
    if code and code.is_hdr:
        yield Told.hdr.notice()
    yield from lost_beside(data, form)
