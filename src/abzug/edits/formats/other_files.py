"""What a file is that is no photo, or not in a format that is read here."""

from __future__ import annotations

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
    (4, b"ftyp", "a video"),
)


def what_else(head: bytes) -> str:
    """In a sentence for the person who sent it."""
    if (other := _match(_OTHERS, head)) is not None:
        return f"Not a photo: this is {other}."
    if (picture := _match(_PICTURES, head)) is not None:
        return f"Not a format that is supported: this is {picture}."
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


def _match(table: tuple[tuple[int, bytes, str], ...], head: bytes) -> str | None:
    return next((what for at, magic, what in table if head.startswith(magic, at)), None)
