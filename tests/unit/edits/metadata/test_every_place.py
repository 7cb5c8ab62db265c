"""Metadata are found wherever a file may keep them, and none that fit get lost on the way."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image
from tests.support.engine_calls import edit
from tests.support.photo_metadata import (
    bag,
    packed,
    packet,
    raw_profile,
    segment,
    with_chunks,
    with_segments,
    with_xmp,
)

from abzug.edits.formats.containers import jpeg, png
from abzug.edits.metadata import exif, extended_xmp, iptc, png_text
from abzug.edits.metadata.exif_block import exif_block, fitted

FORMATS = ["jpeg", "webp", "png", "avif", "tiff"]
NAME = "Jörg Grün"
XMP = packet("<xmp:Rating>4</xmp:Rating>")
EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"


def text(words: str) -> exif.Value:
    raw = words.encode() + b"\0"
    return exif.Value(exif.ASCII, len(raw), raw)


EXIF = exif_block(exif.Exif("<", {271: text("Acme"), exif.ARTIST: text("Ann")}))
IPTC = iptc.write_iptc([(2, 80, b"Ann"), (2, 25, b"dawn")])


def made(data: bytes, form: str = "jpeg", policy: str = "keep") -> bytes:
    [result] = edit(data, {}, {"format": form, "metadata": policy}).results
    return bytes(result.data)


def codes(data: bytes, form: str = "jpeg") -> list[str]:
    told = edit(data, {}, {"format": form, "metadata": "keep"}).notices
    return [notice.code for notice in told]


def exif_of(file: bytes) -> exif.Exif:
    return exif.read_exif(Image.open(io.BytesIO(file)).info.get("exif") or file)


def xmp_of(file: bytes) -> str:
    return str(Image.open(io.BytesIO(file)).info.get("xmp", b"").decode())


def chunk_of(form: str, word: str, profile: bytes) -> tuple[bytes, bytes]:
    start = word.encode() + b"\0"
    bodies = {
        "tEXt": start + profile,
        "zTXt": start + packed(profile),
        "iTXt": start + b"\0\0\0\0" + profile,
    }
    return form.encode(), bodies[form]


@pytest.mark.parametrize("kind", ["tEXt", "zTXt", "iTXt"])
@pytest.mark.parametrize("name", ["exif", "APP1"])
@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
def test_exif_in_the_text_of_a_png(kind: str, name: str, prefix: bytes) -> None:
    """As ImageMagick writes it (coders/png.c, Magick_png_write_raw_profile)."""
    profile = raw_profile(name.lower(), prefix + EXIF)

    file = made(with_chunks(chunk_of(kind, f"Raw profile type {name}", profile)))

    assert exif_of(file).main[271].raw == b"Acme\0"


@pytest.mark.parametrize("name", ["iptc", "8bim"])
def test_iptc_in_the_text_of_a_png(name: str) -> None:
    profile = raw_profile(name, IPTC.removeprefix(b"Photoshop 3.0\0"))

    file = made(with_chunks(chunk_of("zTXt", f"Raw profile type {name}", profile)))

    assert exif_of(file).main[exif.ARTIST].raw == b"Ann\0"
    assert (2, 25, b"dawn") in iptc.read_iptc(iptc.joined(b for _, b in jpeg.headers(file)))


@pytest.mark.parametrize(
    "chunk",
    [
        chunk_of("zTXt", "Raw profile type xmp", raw_profile("xmp", XMP)),
        chunk_of(
            "tEXt",
            "Raw profile type APP1",
            raw_profile("app1", b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        ),
        (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(XMP)),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
    ],
)
@pytest.mark.parametrize("at_the_end", [False, True])
def test_xmp_anywhere_in_a_png(chunk: tuple[bytes, bytes], *, at_the_end: bool) -> None:
    assert "Rating>4<" in xmp_of(made(with_chunks(chunk, at_the_end=at_the_end)))


def test_exif_behind_the_pixels_of_a_png() -> None:
    """PNG, third edition, 11.3.3.2: anywhere but among the pixels."""
    file = made(with_chunks((b"eXIf", EXIF), at_the_end=True))

    assert exif_of(file).main[271].raw == b"Acme\0"


@pytest.mark.parametrize("noise", [b"", b"\n", b"\nexif\n", b"\nexif\n99\nzz", b"\nexif\n 4\nabc"])
def test_a_profile_that_is_none_is_left_out(noise: bytes) -> None:
    found = png_text.read_profiles(with_chunks(chunk_of("tEXt", "Raw profile type exif", noise)))

    assert found == {}


KEYWORDS = [f"keyword {number:05} is a long one" for number in range(4000)]
LONG_XMP = packet(f"<dc:subject>{bag(*KEYWORDS)}</dc:subject><xmp:Rating>4</xmp:Rating>")


def test_xmp_of_more_than_a_segment_is_extended_xmp() -> None:
    """XMP part 3, 1.1.3.1: digest, whole length, offset; read back whole."""
    file = made(with_chunks((b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + LONG_XMP)))

    bodies = [body for _, body in jpeg.headers(file)]
    first = next(b for b in bodies if b.startswith(b"http://ns.adobe.com/xap/1.0/"))
    parts = [b.removeprefix(EXTENSION) for b in bodies if b.startswith(EXTENSION)]
    whole = b"".join(part[40:] for part in parts)
    digest = hashlib.md5(whole, usedforsecurity=False).hexdigest().upper().encode()
    assert len(first) <= 65_533
    assert len(parts) > 1
    assert {part[:32] for part in parts} == {digest}
    assert {struct.unpack_from(">I", part, 32)[0] for part in parts} == {len(whole)}
    assert b'HasExtendedXMP="' + digest in first
    again = xmp_of(made(file, "webp"))
    assert KEYWORDS[0] in again
    assert KEYWORDS[-1] in again
    assert "HasExtendedXMP" not in again
    assert codes(file) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda parts: [parts[0].replace(b"keyword 00000", b"keyword 99999"), *parts[1:]],
        lambda parts: parts[:-1],
        lambda parts: [part.replace(part[35:67], b"0" * 32) for part in parts],
        lambda parts: [b"", EXTENSION, *parts[1:]],
    ],
)
def test_extended_xmp_that_is_not_what_its_digest_says_is_left_out(damage: Any) -> None:
    first, parts = extended_xmp.split(LONG_XMP, 65_502)

    assert extended_xmp.joined(first, damage(list(parts))) == first
    assert KEYWORDS[-1].encode() in extended_xmp.joined(first, reversed(parts))


@pytest.mark.parametrize(
    "broken", [b"<x:xmpmeta", XMP.decode().encode("utf-16"), XMP + b" " * 2_000_000 + b"x"]
)
def test_xmp_that_is_lost_is_told_of(broken: bytes) -> None:
    file = with_chunks((b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + broken))

    assert codes(file) == ["unreadable_xmp"]
    assert codes(with_xmp(XMP)) == []


def test_iptc_that_is_spread_over_segments_is_whole() -> None:
    long = iptc.write_iptc([(2, 80, b"Ann"), *((2, 25, b"%05d" % n) for n in range(9000))])
    parts = [long[at : at + 60_000] for at in range(0, len(long), 60_000)]
    segments = [parts[0], *(b"Photoshop 3.0\0" + part for part in parts[1:])]
    data = with_segments(*(segment(0xED, part) for part in segments))

    file = made(data)

    found = iptc.read_iptc(iptc.joined(body for _, body in jpeg.headers(file)))
    assert [raw for _, number, raw in found if number == 25] == [b"%05d" % n for n in range(9000)]


@pytest.mark.parametrize("form", ["webp", "png", "avif"])
def test_iptc_becomes_xmp_where_there_is_no_place_for_it(form: str) -> None:
    """MWG 2.0, 5.3: by-line, caption, keywords, credit, city, date; XMP that is there counts."""
    sets = [
        (2, 80, b"Ann"), (2, 120, b"Sunrise & <sea>"), (2, 25, b"dawn"), (2, 25, b"sea"),
        (2, 110, b"Byline Inc"), (2, 55, b"20240501"), (2, 60, b"060708+0200"), (2, 5, b"old"),
    ]  # fmt: skip
    own = packet(
        '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">new</rdf:li></rdf:Alt></dc:title>'
    )
    data = with_segments(
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + own),
        segment(0xED, iptc.write_iptc(sets)),
    )

    file = made(data, form)

    found = Image.open(io.BytesIO(file)).getxmp()["xmpmeta"]["RDF"]["Description"]
    mine, added = found
    assert mine["title"]["Alt"]["li"]["text"] == "new"
    assert added["creator"]["Seq"]["li"] == "Ann"
    assert added["description"]["Alt"]["li"]["text"] == "Sunrise & <sea>"
    assert added["subject"]["Bag"]["li"] == ["dawn", "sea"]
    assert added["Credit"] == "Byline Inc"
    assert added["DateCreated"] == "2024-05-01T06:07:08+02:00"
    assert "title" not in added


@pytest.mark.parametrize(
    ("raw", "charset"),
    [
        (NAME.encode("latin-1"), b""),
        (NAME.encode(), b""),
        (NAME.encode(), b"\x1b%G"),
        (NAME.encode("latin-1"), b"\x1b-A"),
    ],
)
@pytest.mark.parametrize("form", FORMATS)
def test_text_of_iptc_is_utf_8_if_it_can_be_and_else_latin_1(
    raw: bytes, charset: bytes, form: str
) -> None:
    """MWG 2.0, 5.3, and what programs before it wrote."""
    sets = [*([(1, 90, charset)] if charset else []), (2, 80, raw), (2, 25, raw)]

    file = made(with_segments(segment(0xED, iptc.write_iptc(sets))), form)

    assert exif_of(file).main[exif.ARTIST].raw == NAME.encode() + b"\0"
    if form in {"webp", "png", "avif"}:
        assert NAME in xmp_of(file)
    if form == "png":
        assert png_text.read_text(file)["Author"] == NAME
    if form == "jpeg":
        found = iptc.read_iptc(iptc.joined(body for _, body in jpeg.headers(file)))
        assert found == [(1, 90, b"\x1b%G"), (2, 80, NAME.encode()), (2, 25, NAME.encode())]


def note_like_canons(at: int) -> bytes:
    """A directory whose one value lies behind it, counted from the start of the TIFF structure."""
    head = struct.pack("<HHHII", 1, 6, 2, 40, at + 18) + bytes(4)
    return head + b"IMG:PowerShot A1 JPEG".ljust(40, b"\0")


def camera(at: int, more: int = 0) -> bytes:
    """EXIF with such a note, made so that it begins there."""
    note = note_like_canons(at) + bytes(more)
    value = exif.Value(exif.UNDEFINED, len(note), note)
    return exif_block(exif.Exif("<", {271: text("Canon")}, {37500: value}, note_at=at))


def told_by_note(file: bytes) -> bytes:
    """What its offset points to, as a reader has it that knows nothing of ours."""
    block = Image.open(io.BytesIO(file)).info.get("exif", file)
    block = block.removeprefix(b"Exif\0\0")
    at = block.index(struct.pack("<HHHI", 1, 6, 2, 40))
    (where,) = struct.unpack_from("<I", block, at + 10)
    return bytes(block[where : where + 40]).rstrip(b"\0")


@pytest.mark.parametrize("at", [120, 300, 942, 30_000])
@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "avif", "tiff"])
def test_offsets_in_a_makers_note_stay_right(at: int, form: str) -> None:
    file = made(with_segments(segment(0xE1, b"Exif\0\0" + camera(at))), form)

    assert told_by_note(file) == b"IMG:PowerShot A1 JPEG"
    assert Image.open(io.BytesIO(file)).getexif()[271] == "Canon"


def test_a_note_of_more_than_16_kib_is_kept() -> None:
    file = made(with_segments(segment(0xE1, b"Exif\0\0" + camera(300, more=40_000))))

    assert len(exif_of(file).photo[37500].raw) == 58 + 40_000


def test_a_note_that_fits_no_jpeg_is_told_of_and_the_rest_is_there() -> None:
    file = with_chunks((b"eXIf", camera(300, more=90_000)))

    assert codes(file) == ["long_exif"]
    assert exif_of(made(file)).main[271].raw == b"Canon\0"
    assert codes(file, "webp") == []
    assert len(exif_of(made(file, "webp")).photo[37500].raw) == 58 + 90_000


def test_a_note_from_far_behind_tells_how_far_it_was_moved() -> None:
    """OffsetSchema, as Windows writes it: what is to be added to each offset."""
    far = 900_000
    note = note_like_canons(far)
    value = exif.Value(exif.UNDEFINED, len(note), note)
    block = exif_block(exif.Exif("<", {}, {37500: value}, note_at=far))

    entry = block.index(struct.pack("<HHI", 59933, 9, 1))
    (moved,) = struct.unpack_from("<i", block, entry + 8)
    (told,) = struct.unpack_from("<I", note, 10)
    assert block[told + moved :][:16] == b"IMG:PowerShot A1"
    assert exif.read_exif(block).note_at == far


def test_fitted_takes_the_longest_first() -> None:
    long = exif.Value(exif.UNDEFINED, 50_000, bytes(50_000))
    found = fitted(exif.Exif("<", {271: text("Acme")}, {37500: long, 37510: text("hello")}), 1000)

    assert found.main.keys() | found.photo.keys() == {271, 37510}


def test_chunks_that_never_end_are_read_within_bounds() -> None:
    bomb = zlib.compress(bytes(50_000_000))
    profile = (b"zTXt", b"Raw profile type exif\0\0" + bomb)

    assert png_text.read_profiles(with_chunks(profile)) == {}
    assert list(png.chunks(with_chunks(profile)))


def test_of_many_profiles_a_few_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: list[bytes] = []

    def unpack(packed: bytes, _: int) -> bytes:
        unpacked.append(packed)
        return b""

    monkeypatch.setattr(png_text, "_unpacked", unpack)

    png_text.read_profiles(with_chunks(*[(b"zTXt", b"Raw profile type exif\0\0x")] * 500))

    assert len(unpacked) == 16


@pytest.mark.parametrize("moved", [-(2**31), -1, 0, 1, 2**31 - 1])
def test_a_note_that_claims_to_be_moved_anywhere_is_written(moved: int) -> None:
    schema = exif.Value(9, 1, struct.pack("<i", moved))
    note = exif.Value(exif.UNDEFINED, 58, note_like_canons(70_000))
    block = exif_block(exif.Exif("<", {}, {37500: note, 59933: schema}, note_at=0))
    block = block.replace(block[block.index(struct.pack("<HHI", 59933, 9, 1)) :][:12],
                          struct.pack("<HHIi", 59933, 9, 1, moved))  # fmt: skip

    assert exif.read_exif(exif_block(exif.read_exif(block))).photo[37500] == note


def test_values_that_share_their_bytes_are_not_copied_without_bound() -> None:
    rows = b"".join(struct.pack("<HHII", 40_000 + n, 7, 900_000, 8) for n in range(1000))
    block = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1000) + rows + bytes(900_000)

    found = exif.read_exif(block)

    assert sum(len(value.raw) for value in found.main.values()) <= 4 * 1024 * 1024
