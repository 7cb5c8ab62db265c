from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from abzug.edits.formats.sniff import HEAD, Sniffed, sniff
from abzug.errors import PhotoError, UnreadablePhoto, UnsupportedPhoto


def tiff(*directories: dict[int, tuple[int, int]], order: str = "<", start: bytes = b"") -> bytes:
    """A TIFF of the given directories, tag → (type, number); `start` replaces its beginning."""
    data = struct.pack(order + "2sHI", b"II" if order == "<" else b"MM", 42, 16) + b"\0" * 8
    data = start + data[len(start) :]
    for index, tags in enumerate(directories):
        rows = b""
        for tag, (kind, number) in sorted(tags.items()):
            value = struct.pack(order + ("H2x" if kind == 3 else "I"), number)
            rows += struct.pack(order + "HHI", tag, kind, 1) + value
        end = len(data) + 2 + len(rows) + 4
        following = end if index < len(directories) - 1 else 0
        data += struct.pack(order + "H", len(tags)) + rows + struct.pack(order + "I", following)
    return data


def saved(form: str, size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, form, **options)
    return file.getvalue()


def rotated_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "tiff", "gif", "avif"])
def test_a_format_and_its_size_are_told_from_the_content(form: str) -> None:
    found = sniff(saved(form))

    assert (found.media_type, found.width, found.height) == (f"image/{form}", 40, 30)


@pytest.mark.parametrize("form", ["jpeg", "png", "webp"])
def test_the_size_is_that_of_the_upright_photo(form: str) -> None:
    found = sniff(saved(form, exif=rotated_exif()))

    assert (found.width, found.height) == (30, 40)


@pytest.mark.parametrize("lossless", [False, True])
def test_both_kinds_of_webp_tell_their_size(lossless: bool) -> None:
    found = sniff(saved("webp", (301, 7), lossless=lossless))

    assert (found.width, found.height) == (301, 7)


def test_a_size_that_stands_beyond_the_head_is_left_open() -> None:
    whole = saved("webp", (400, 300), exif=rotated_exif())

    found = sniff(whole[:200])

    assert found == Sniffed("image/webp", None, None)


def heic(*of_primary: int) -> bytes:
    """The head of a HEIC whose primary picture has these of the properties below, from 1 on."""

    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(body), kind) + body

    properties = box(b"ispe", b"\0" * 4 + struct.pack(">II", 64, 64))
    properties += box(b"ispe", b"\0" * 4 + struct.pack(">II", 400, 300)) + box(b"irot", b"\1")
    properties += box(b"clap", struct.pack(">8I", 390, 1, 580, 2, 0, 1, 0, 1))
    owners = struct.pack(">BxxxIHB1BHB", 0, 2, 7, 1, 1, 9, len(of_primary)) + bytes(of_primary)
    meta = box(b"pitm", b"\0\0\0\0\0\x09")
    meta += box(b"iprp", box(b"ipco", properties) + box(b"ipma", owners))
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", b"\0" * 4 + meta)


def test_a_heic_tells_the_size_of_its_primary_picture_turned() -> None:
    assert sniff(heic(2, 0x83)) == Sniffed("image/heic", 300, 400)


def test_a_heic_tells_the_size_of_the_part_that_is_to_be_seen() -> None:
    assert sniff(heic(2, 4)) == Sniffed("image/heic", 390, 290)
    assert sniff(heic(2, 4, 3)) == Sniffed("image/heic", 290, 390)


def test_of_two_exif_blocks_in_a_png_the_first_one_counts() -> None:
    """As libpng has it."""
    data = saved("png", (40, 20), exif=rotated_exif())
    at = data.index(b"eXIf") - 4
    end = at + 12 + int.from_bytes(data[at : at + 4])
    body = Image.Exif().tobytes()[6:]
    upright = struct.pack(">I4s", len(body), b"eXIf") + body
    upright += struct.pack(">I", zlib.crc32(b"eXIf" + body))

    found = sniff(data[:end] + upright + data[end:])

    assert (found.width, found.height) == (20, 40)


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"%PDF-1.7\n", "Not a photo: this is a PDF document."),
        (b"PK\x03\x04" + b"\0" * 30, "Not a photo: this is a ZIP archive or an office document."),
        (b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2mp41", "Not a photo: this is a video."),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "Not a photo: this is a video."),
        (b"8BPS\0\1", "Not a format that is supported: this is a Photoshop file."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "this is an SVG drawing."),
        (b"<?xml version='1.0'?><svg/>", "this is an SVG drawing."),
        (b"<!DOCTYPE html><html>", "Not a photo: this is a web page."),
        ("Liebe Grüße".encode(), "Not a photo: this is a text."),
        (b"\x01\x02\x03\x04" * 20, "Not a photo, or not in a format that is known here."),
    ],
)
def test_what_is_no_photo_is_named(head: bytes, what: str) -> None:
    with pytest.raises(UnsupportedPhoto) as refused:
        sniff(head)

    assert refused.value.message.endswith(what)


def test_an_empty_file_is_called_empty() -> None:
    with pytest.raises(UnreadablePhoto, match="The file is empty"):
        sniff(b"")


SENSOR = {256: (4, 6000), 257: (4, 4000), 262: (3, 32803)}
PREVIEW = {254: (4, 1), 256: (4, 160), 257: (4, 120), 262: (3, 6)}
PICTURE = {254: (4, 0), 256: (4, 6000), 257: (4, 4000), 262: (3, 2)}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("directories", "kind"),
    [
        ([PREVIEW | {50706: (4, 0x0401)}], "image/x-adobe-dng"),
        ([PREVIEW, SENSOR], "image/x-raw"),
        ([PICTURE | {262: (3, 34892)}], "image/x-raw"),
        ([PICTURE | {259: (3, 34713)}], "image/x-raw"),
        ([PREVIEW | {271: (4, 0x41424344)}, PICTURE], "image/x-raw"),
    ],
)
def test_a_raw_is_never_taken_for_a_tiff(
    directories: list[dict[int, tuple[int, int]]], kind: str, order: str
) -> None:
    assert sniff(tiff(*directories, order=order)) == Sniffed(kind, None, None)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (tiff(PREVIEW, start=b"II*\0\x10\0\0\0CR\x02"), "image/x-canon-cr2"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "image/x-canon-cr3"),
        (b"FUJIFILMCCD-RAW 0201", "image/x-fuji-raf"),
        (b"IIRO\x08\0\0\0", "image/x-olympus-orf"),
        (b"IIU\0\x18\0\0\0", "image/x-panasonic-rw2"),
        (b"MMOR\0\0\0\x08", "image/x-olympus-orf"),
        (b"FOVb\2\0\3\0", "image/x-sigma-x3f"),
        (b"\0MRM\0\0\0\x10", "image/x-minolta-mrw"),
        (b"II\x1a\0\0\0HEAPCCDR", "image/x-canon-crw"),
        (b"II*\0\x20\0\0\0IIII", "image/x-phaseone-iiq"),
    ],
)
def test_a_raw_is_called_by_its_name(head: bytes, kind: str) -> None:
    assert sniff(head).media_type == kind


def test_a_nikon_raw_is_known_by_its_maker() -> None:
    make = tiff(PREVIEW | {271: (2, 0)}, SENSOR)
    place = len(make)
    entry = struct.pack("<HHI", 271, 2, 1)
    at = make.index(entry)
    text = b"NIKON CORPORATION\0"
    patched = make[:at] + struct.pack("<HHII", 271, 2, len(text), place) + make[at + 12 :] + text

    assert sniff(patched).media_type == "image/x-nikon-nef"


@pytest.mark.parametrize("pages", [[PICTURE], [PICTURE, PREVIEW], [PICTURE, PICTURE]])
def test_a_tiff_with_small_copies_or_pages_is_a_photo(
    pages: list[dict[int, tuple[int, int]]],
) -> None:
    assert sniff(tiff(*pages)) == Sniffed("image/tiff", 6000, 4000, 1)


def test_directories_in_a_circle_end() -> None:
    circle = bytearray(tiff(PICTURE))
    circle[-4:] = struct.pack("<I", 16)

    assert sniff(bytes(circle)).media_type == "image/tiff"


@given(st.binary(max_size=200), st.sampled_from(["jpeg", "png", "webp", "tiff", "gif", "avif"]))
def test_damaged_heads_raise_nothing_but_photo_errors(noise: bytes, form: str) -> None:
    whole = _SAVED[form]
    at = len(noise) * 7 % len(whole)
    for head in (
        whole[:at],
        whole[:at] + noise + whole[at + len(noise) :],
        noise,
        whole[:8] + noise,
    ):
        try:
            found = sniff(head[:HEAD])
        except PhotoError:
            continue
        assert found.width is None or found.width > 0


_SAVED = {form: saved(form) for form in ("jpeg", "png", "webp", "tiff", "gif", "avif")}
