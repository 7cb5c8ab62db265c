"""From bytes to pixels, within bounds.

Every format has one loader, chosen by content, and no other is ever tried: what a library would
make of a file that is not what it says is of no interest. Nothing is decoded before the header has
been held against the pixel limit, and a file that ends too early is an error, never a grey bottom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from abzug.edits.color.declared_color import code_of, profile_without
from abzug.edits.color.profiles import profile_of, valid_or_none
from abzug.edits.decoding.animation import Motion, is_sequence, motion_of, split_frames
from abzug.edits.decoding.bmp import open_bmp
from abzug.edits.decoding.gif import lacks_pixels
from abzug.edits.decoding.heic import open_heic
from abzug.edits.decoding.jxl import open_jxl
from abzug.edits.decoding.tiff_pixels import as_usual, refuse_unreadable
from abzug.edits.formats.bounds import refuse_too_large
from abzug.edits.formats.completeness import ends_early, has_damaged_chunk, told_end
from abzug.edits.formats.containers import tiff
from abzug.edits.formats.containers.jpeg import check_markers, mended
from abzug.edits.formats.damage import cut_off
from abzug.edits.formats.raw_kind import media_type_of_raw, raw_kind
from abzug.edits.formats.sniff import HEAD, sniff
from abzug.edits.metadata.exif import resolution
from abzug.edits.metadata.policy import Metadata, metadata_of, metadata_of_raw
from abzug.edits.metadata.raw_exif import raw_orientation
from abzug.edits.pixels.arrays import Pixels, read
from abzug.edits.pixels.deadline import Deadline
from abzug.edits.pixels.vips_fields import blob, field, set_blob
from abzug.edits.raw.develop import Raw, Undevelopable, develop, open_raw
from abzug.edits.raw.embedded_preview import largest_preview
from abzug.edits.sizes import Size, turned

if TYPE_CHECKING:
    import pyvips

_LOADERS = {
    "image/jpeg": "jpegload_source",
    "image/png": "pngload_source",
    "image/webp": "webpload_source",
    "image/gif": "gifload_source",
    "image/tiff": "tiffload_source",
    "image/avif": "heifload_source",
}
_MOVING = {"image/gif", "image/webp"}
_SHRINKING = {"image/jpeg", "image/webp"}
_HARMLESS = (
    "extraneous bytes before marker",
    "Invalid SOS parameters",
    "Unknown Adobe color transform",
    "unknown JFIF revision",
)
"""What many cameras' and programs' JPEG files make libjpeg say, though the picture is whole."""
_AT_THE_END = "extraneous bytes before marker 0xd9"
_HDR = "This photo is HDR. What is brighter than white in it was cut off."
_RGB = {"srgb", "rgb16", "rgb"}
_NO_RESOLUTION = (1.0, 1.0)
"""Pixels a millimeter, as libvips has it where a file tells of none."""
_FINEST = 1e6
"""Pixels a millimeter; a file may claim more, and libvips knows no more."""
_USUAL_RESOLUTION = (72 / 25.4, 72 / 25.4)
"""What EXIF (2.32, 4.6.4) says of a photo whose resolution is not known."""
_NOTING = {"image/jpeg", "image/tiff"}

_PREVIEW_USED = (
    "This RAW cannot be developed here. The preview that the camera has put into it, of "
    "{} × {} pixels, was used instead."
)


@dataclass(frozen=True)
class Photo:
    """A photo whose header was read and found within the limits; its pixels are still to come."""

    data: bytes | memoryview
    media_type: str
    size: Size
    """Upright."""
    orientation: int
    """Of the stored pixels (EXIF, 1–8)."""
    profile: bytes | None
    metadata: Metadata
    image: pyvips.Image
    motion: Motion | None
    """Of an animation, whose first frame `image` is."""
    notices: list[str]
    raw: Raw | None = None
    """What `image` is to be developed from, in whatever size; until then it is only a size."""


def open_photo(data: bytes | memoryview, *, max_pixels: int, previews: bool = True) -> Photo:
    """Read the header. Raises PhotoError if this is no photo, or one that is too large.

    previews: whether the preview in a RAW is taken, with a notice, if that cannot be developed.
    """
    if (raw := raw_kind(data)) is not None:  # before libvips: to it, many are a small TIFF
        return _open_raw(raw, data, max_pixels, previews=previews)
    kind = sniff(bytes(data[:HEAD])).media_type
    if ends_early(data, kind):
        raise cut_off()
    if kind == "image/jpeg":
        check_markers(data)
    notices: list[str] = []
    image = _open(kind, data, max_pixels, notices)
    if isinstance(image, bytes):
        return open_photo(image, max_pixels=max_pixels)
    motion = motion_of(image) if kind in _MOVING else None
    refuse_too_large(image.width, image.height, max_pixels, motion.frames if motion else 1)
    if kind == "image/gif" and lacks_pixels(data):
        raise cut_off()
    image = _with_resolution(image)
    orientation = field(image, "orientation", 1)
    return Photo(
        data=data,
        media_type=kind,
        size=turned(image.width, image.height, orientation),
        orientation=orientation,
        profile=_profile(image, data, kind),
        metadata=metadata_of(image, data, kind),
        image=image,
        motion=motion,
        notices=[*notices, *_notices(image, data, kind)],
    )


def _open_raw(kind: str, data: bytes | memoryview, max_pixels: int, *, previews: bool) -> Photo:
    import pyvips

    media_type = media_type_of_raw(kind)
    end = told_end(data, media_type)
    if end > len(data):
        raise cut_off()
    try:
        # DNG is an open format: what is missing in one, LibRaw misses rightly
        raw = open_raw(data, max_pixels, is_whole=end > 0 and kind != "DNG")
    except Undevelopable:
        preview = largest_preview(data, kind) if previews else None
        if preview is None:
            raise
        return _open_preview(data, preview, max_pixels)
    return Photo(
        data=data,
        media_type=media_type,
        size=raw.size,
        orientation=1,  # LibRaw turns it
        profile=profile_of("p3"),
        metadata=metadata_of_raw(data),
        image=_with_resolution(pyvips.Image.black(*raw.size, bands=3)),
        motion=None,
        notices=[],
        raw=raw,
    )


def _open_preview(data: bytes | memoryview, preview: memoryview, max_pixels: int) -> Photo:
    """The preview, turned as itself or else the RAW says, with the RAW's metadata."""
    photo = open_photo(preview, max_pixels=max_pixels)
    stored = turned(*photo.size, photo.orientation)
    orientation = photo.orientation if photo.orientation > 1 else raw_orientation(data)
    size = turned(*stored, orientation)
    return replace(
        photo,
        size=size,
        orientation=orientation,
        metadata=metadata_of_raw(data),
        notices=[_PREVIEW_USED.format(*size), *photo.notices],
    )


def _open(
    kind: str, data: bytes | memoryview, max_pixels: int, notices: list[str]
) -> pyvips.Image | bytes:
    """The photo's image, not yet decoded where libvips reads it; or the JPEG packed in the file."""
    match kind:
        case "image/heic":
            return open_heic(data, max_pixels)
        case "image/bmp":
            return open_bmp(data, max_pixels)
        case "image/jxl":
            return open_jxl(data, max_pixels, notices)
    return _load(kind, data)


def decode(
    photo: Photo,
    shrink: int,
    prepare: Callable[[pyvips.Image], pyvips.Image],
    deadline: Deadline,
) -> Pixels:
    """The pixels, upright, of what `prepare` makes of the photo as it is stored.

    One that will be made smaller may come shrunk to a half, a quarter or an eighth (`shrink` 2, 4,
    8), where its format can: that saves most of the work of decoding.

    Whatever libjpeg complains of is an error at first, for with "premature end of data segment" the
    rest of the picture is grey. If it was of something harmless, that is mended and it is asked
    again, as it never tells of a second thing. Bytes too many at the very end are the only thing
    that it may still say then: behind them nothing else can be wrong.
    """
    import pyvips

    def pixels(data: bytes | memoryview, *, is_strict: bool = True) -> Pixels:
        image = _reduced(photo, data, shrink, "warning" if is_strict else "error")
        image = prepare(_tagged(image, photo.profile))
        with _notes_heeded() if is_strict and photo.media_type in _NOTING else nullcontext():
            return read(image, deadline, photo.orientation, file=data)

    try:
        return pixels(photo.data)
    except pyvips.Error as error:
        if photo.media_type != "image/jpeg" or not any(text in str(error) for text in _HARMLESS):
            raise
    whole = mended(photo.data)
    try:
        return pixels(whole)
    except pyvips.Error as error:
        if _AT_THE_END not in str(error):
            raise
    return pixels(whole, is_strict=False)


def each_frame(photo: Photo, deadline: Deadline) -> Iterator[Photo]:
    """The frames of an animation, composed, each as a photo; not to be reduced when decoded."""
    frames = photo.motion.frames if photo.motion else 1
    if photo.media_type == "image/gif" and lacks_pixels(photo.data, frames):
        raise cut_off()
    filmstrip = _load(photo.media_type, photo.data, n=frames)
    for image in split_frames(filmstrip, photo.image.height, deadline):
        yield replace(photo, image=image)


@contextmanager
def _notes_heeded() -> Iterator[None]:
    """Raise what libjpeg or libtiff had to say of the pixels, if anything.

    What libjpeg says of the last rows libvips only notes down. Of a TIFF's tiles it notes errors
    down and goes on, with black or noise, unless it is told to fail on warnings, of which libtiff
    has many that do no harm.
    """
    import pyvips

    pyvips.Error("")  # takes the notes that there are, and leaves none
    yield
    noted = pyvips.Error("")
    if noted.detail:
        raise noted


def reduction(photo: Photo, shrink: int) -> int:
    """How many times smaller a photo comes that may come shrunk by so much."""
    if photo.raw is not None:
        return min(shrink, 2)
    return shrink if photo.media_type in _SHRINKING else 1


def _reduced(photo: Photo, data: bytes | memoryview, shrink: int, fail_on: str) -> pyvips.Image:
    if photo.raw is not None:
        return develop(photo.raw, half=shrink > 1)
    if photo.media_type == "image/jpeg":
        return _load(photo.media_type, data, fail_on=fail_on, shrink=shrink)
    if photo.media_type == "image/webp" and shrink > 1:
        return _load(photo.media_type, photo.data, scale=1 / shrink)
    return photo.image


def _load(
    media_type: str, data: bytes | memoryview, *, fail_on: str = "error", **options: Any
) -> pyvips.Image:
    import pyvips

    loader = getattr(pyvips.Image, _LOADERS[media_type])
    first = next(tiff.directories(data), None) if media_type == "image/tiff" else None
    if first:
        refuse_unreadable(first)
    source = pyvips.Source.new_from_memory(data)  # of a buffer, pyvips would make a copy
    image: pyvips.Image = loader(source, access="sequential", fail_on=fail_on, **options)
    if first:
        image = as_usual(image, first)
    bits = field(image, "bits-per-sample", 16)
    if media_type == "image/avif" and image.format == "ushort" and bits < 16:
        image = image | image >> bits  # so that white is all ones
    return image


def _with_resolution(image: pyvips.Image) -> pyvips.Image:
    """libvips reads it from the EXIF of a JPEG and a PNG, not from that of other formats."""
    found = (image.xres, image.yres)
    if found == _NO_RESOLUTION:
        found = resolution(blob(image, "exif-data")) or _USUAL_RESOLUTION
    across, down = (number if number < _FINEST else _USUAL_RESOLUTION[0] for number in found)
    return image.copy(xres=across, yres=down)


def _profile(image: pyvips.Image, data: bytes | memoryview, kind: str) -> bytes | None:
    """The profile in the file, unless it is damaged; or what it tells of its colors without one."""
    if kind == "image/png" and has_damaged_chunk(data, b"iCCP"):
        return None
    own = blob(image, "icc-profile-data")
    code = code_of(data, kind) if image.interpretation in _RGB else None
    if code and (not own or kind == "image/png"):
        return code.profile()
    if own or image.interpretation not in _RGB:
        return valid_or_none(own)
    return profile_without(data, kind, blob(image, "exif-data"))


def _tagged(image: pyvips.Image, profile: bytes | None) -> pyvips.Image:
    """With the photo's profile in it, also where that was not in the file."""
    if not profile or blob(image, "icc-profile-data") == profile:
        return image
    image = image.copy()
    set_blob(image, "icc-profile-data", profile)
    return image


def _notices(image: pyvips.Image, data: bytes | memoryview, kind: str) -> list[str]:
    pages = field(image, "n-pages", 1)
    if kind == "image/tiff" and pages > 1:
        return [f"Only the first of {pages} pages was used."]
    notices = ["Only the first frame of this animation was used."] * is_sequence(data, kind)
    code = code_of(data, kind)
    return [*notices, _HDR] if code and code.is_hdr else notices
