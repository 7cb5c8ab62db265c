"""What a file is, told from its beginning and never from its name. Pure Python, for the web."""

from __future__ import annotations

from dataclasses import dataclass

from abzug.edits.formats import jxl_header
from abzug.edits.formats.animation_frames import Frames, first_frames
from abzug.edits.formats.dimensions import dimensions
from abzug.edits.formats.raw_kind import dng_size, media_type_of_raw, raw_kind
from abzug.errors import UnreadablePhoto, UnsupportedPhoto

HEAD = 256 * 1024
"""Bytes of a file's beginning that are enough to tell what it is."""


@dataclass(frozen=True, slots=True)
class Sniffed:
    """Width and height are those of the upright photo; None where its beginning cannot tell.

    first_frames: of an animation, those that end in its beginning.
    """

    media_type: str
    width: int | None
    height: int | None
    frames: int | None = None
    first_frames: Frames | None = None

    def frames_in_all(self, size: int) -> int | None:
        """Frames of the whole file of `size` bytes: about as many where it is longer than what was
        looked at; None: not to be told."""
        return self.first_frames.in_all(size) if self.first_frames else self.frames


_PHOTOS = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"II+\0", "image/tiff"),
    (0, b"MM\0+", "image/tiff"),
    (0, jxl_header.SIGNATURE, "image/jxl"),
    (0, jxl_header.CONTAINER, "image/jxl"),
)
_PICTURES = (
    (0, b"8BPS", "a Photoshop file"),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (0, b"\0\0\x01\0", "an icon"),
    (0, b"#?RADIANCE", "a Radiance HDR picture"),
    (0, b"v/1\x01", "an OpenEXR picture"),
    (0, b"gimp xcf", "a GIMP file"),
    (0, b"FLIF", "a FLIF picture"),
)
_OTHERS = (
    (0, b"%PDF-", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive or an office document"),
    (0, b"\x1f\x8b", "a compressed archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a compressed archive"),
    (0, b"Rar!", "a compressed archive"),
    (0, b"\xd0\xcf\x11\xe0", "an office document"),
    (0, b"{\\rtf", "a text document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"MZ", "a program"),
    (0, b"\x7fELF", "a program"),
    (0, b"ID3", "a sound file"),
    (0, b"OggS", "a sound file"),
    (0, b"fLaC", "a sound file"),
    (8, b"WAVE", "a sound file"),
    (8, b"AVI ", "a video"),
    (0, b"\x1aE\xdf\xa3", "a video"),
    (4, b"moov", "a video"),
)
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_AVIF = {b"avif", b"avis"}
_HEIF = {b"mif1", b"mif2", b"msf1"}
_BMP_HEADERS = {12, 40, 52, 56, 64, 108, 124}
"""Bytes of the headers that a BMP may have; its signature, BM, many a text begins with too."""


def sniff(head: bytes) -> Sniffed:
    """What the file that begins with `head` (its first HEAD bytes, or all of it) is.

    Raises UnsupportedPhoto, saying what it is instead, or UnreadablePhoto if it is empty.
    """
    if not head:
        raise UnreadablePhoto("The file is empty.")
    if (raw := raw_kind(head)) is not None:
        size = dng_size(head) if raw == "DNG" else None  # of others only LibRaw knows it
        return Sniffed(media_type_of_raw(raw), *(size or (None, None)))
    kind = _match(_PHOTOS, head) or _bmp(head) or _iso_media(head)
    if kind is None:
        raise UnsupportedPhoto(_what_else(head))
    width, height, frames = dimensions(head, kind)
    return Sniffed(kind, width, height, frames, first_frames(head, kind))


def _match(table: tuple[tuple[int, bytes, str], ...], head: bytes) -> str | None:
    return next((what for at, magic, what in table if head.startswith(magic, at)), None)


def _bmp(head: bytes) -> str | None:
    is_bmp = head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADERS
    return "image/bmp" if is_bmp else None


def _iso_media(head: bytes) -> str | None:
    """HEIC or AVIF by the brands of an ISO media file (ISO/IEC 23008-12, 10.2); else None."""
    if head[4:8] != b"ftyp":
        return None
    size = min(int.from_bytes(head[:4]), 512)
    major, *brands = [head[at : at + 4] for at in range(8, size, 4)] or [b""]
    for family, media_type in ((_AVIF, "image/avif"), (_HEIC, "image/heic")):
        if major in family or (major in _HEIF and family & set(brands)):
            return media_type
    if major in _HEIF:
        return "image/heic"
    raise UnsupportedPhoto("Not a photo: this is a video.")


def _what_else(head: bytes) -> str:
    if (picture := _match(_PICTURES, head)) is not None:
        return f"Not a format that is supported: this is {picture}."
    if (other := _match(_OTHERS, head)) is not None:
        return f"Not a photo: this is {other}."
    start = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    lower = start[:1024].lower()
    if b"<svg" in lower:
        return "Not a format that is supported: this is an SVG drawing."
    if lower.startswith((b"<!doctype html", b"<html")):
        return "Not a photo: this is a web page."
    if _is_text(start):
        return "Not a photo: this is a text."
    return "Not a photo, or not in a format that is known here."


def _is_text(start: bytes) -> bool:
    text = start[:1024].decode("utf-8", errors="ignore")
    return bool(text) and all(char.isprintable() or char in "\r\n\t" for char in text)
