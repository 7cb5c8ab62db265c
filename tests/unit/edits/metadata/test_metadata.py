from __future__ import annotations

import base64
import functools
import io
import struct
import zlib
from typing import Any
from xml.dom import minidom
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile
from tests.support.pictures import pixels

from abzug.edits import engine
from abzug.edits.formats.containers import tiff
from abzug.edits.metadata import exif, iptc, xmp
from abzug.edits.metadata.exif_block import exif_block, fitted
from abzug.edits.metadata.properties import About
from abzug.edits.outputs import canonical_outputs
from abzug.edits.recipe import canonical_edits

without_file = functools.partial(xmp.without, unwanted=About.file)
without_place = functools.partial(xmp.without, unwanted=About.file | About.place)
AUTHOR, RIGHTS = "Åsa Öberg", "© Åsa 2024"
FORMATS = ["jpeg", "webp", "png", "avif", "tiff"]
GPS_WORDS = (b"GPSLatitude", b"Torremolinos", b"55,40", b"DepotStreet")

XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:e="http://ns.adobe.com/exif/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 e:GPSLatitude="55,40N" tiff:Orientation="6" photoshop:City="Torremolinos"
 photoshop:Credit="Bildbyrån" photoshop:Headline="Sunrise">
<e:GPSLongitude>12,30E</e:GPSLongitude>
<Iptc4xmpExt:LocationCreated><rdf:Bag><rdf:li>DepotStreet</rdf:li></rdf:Bag></Iptc4xmpExt:LocationCreated>
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© Åsa 2024</rdf:li></rdf:Alt></dc:rights>
<dc:subject><rdf:Bag><rdf:li>dawn</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>""".encode()


def ascii_value(text: str) -> exif.Value:
    raw = text.encode() + b"\0"
    return exif.Value(2, len(raw), raw)


def camera_exif(order: str) -> exif.Exif:
    def rationals(*numbers: int) -> exif.Value:
        raw = b"".join(struct.pack(order + "II", n, 1) for n in numbers)
        return exif.Value(5, len(numbers), raw)

    return exif.Exif(
        order,
        main={
            271: ascii_value("Kamera"),
            exif.ARTIST: ascii_value(AUTHOR),
            exif.COPYRIGHT: ascii_value(RIGHTS),
        },
        photo={
            33434: exif.Value(5, 1, struct.pack(order + "II", 1, 125)),
            36867: ascii_value("2024:05:01 06:07:08"),
            37500: exif.Value(7, 40, b"maker's note with GPSLatitude inside it\0"),
        },
        gps={1: ascii_value("N"), 2: rationals(55, 40, 7)},
    )


IPTC = iptc.write_iptc(
    [
        (1, 90, b"\x1b%G"),
        (2, 90, b"Torremolinos"),
        (2, 80, AUTHOR.encode()),
        (2, 110, b"Byline Inc"),
    ]
)


def photo(order: str = "<") -> bytes:
    """A JPEG with all three kinds of metadata; it lies on its side."""
    block = tiff.EXIF_PREFIX + exif_block(camera_exif(order))
    file = io.BytesIO()
    Image.fromarray(pixels(1, 120, 80)).save(file, "JPEG")
    data = file.getvalue()

    def segment(kind: int, body: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body

    extra = segment(0xE1, block) + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)
    return data[:2] + extra + segment(0xED, IPTC) + data[2:]


def result(data: bytes, **output: Any) -> bytes:
    outputs = canonical_outputs([output], max_outputs=1)
    return bytes(engine.edit(data, {}, outputs).results[0].data)


def readable(file: bytes) -> bytes:
    """The file with the XMP of a PNG, which is compressed in it, at its end."""
    return file + str(Image.open(io.BytesIO(file)).info.get("XML:com.adobe.xmp", "")).encode()


def exif_of(file: bytes | memoryview) -> exif.Exif:
    """What another program reads, brought back into our own terms."""
    found = Image.open(io.BytesIO(file)).info.get("exif") or bytes(file)
    return exif.read_exif(found)


def texts(found: exif.Exif) -> dict[int, str]:
    both = {**found.main, **found.photo}
    return {tag: v.raw.rstrip(b"\0").decode() for tag, v in both.items() if v.type == 2}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("order", ["<", ">"])
def test_by_default_the_place_is_gone_and_the_author_is_there(form: str, order: str) -> None:
    file = result(photo(order), format=form)

    found = exif_of(file)
    assert not any(word in readable(file) for word in GPS_WORDS)
    assert not found.gps
    assert texts(found)[exif.ARTIST] == AUTHOR
    assert texts(found)[exif.COPYRIGHT] == RIGHTS
    assert texts(found)[36867] == "2024:05:01 06:07:08"
    exposure = found.photo[33434].raw
    assert struct.unpack(found.order + "II", exposure) == (1, 125)
    packet = readable(file)[readable(file).index(b"<x:xmpmeta") :].partition(b"</x:xmpmeta>")
    assert RIGHTS in ET.tostring(ET.fromstring(packet[0] + packet[1]), "unicode")


@pytest.mark.parametrize("form", FORMATS)
def test_copyright_keeps_the_rights_and_nothing_else(form: str) -> None:
    file = result(photo(), format=form, metadata="copyright")

    found = exif_of(file)
    file = readable(file)
    assert texts(found)[exif.ARTIST] == AUTHOR
    assert texts(found)[exif.COPYRIGHT] == RIGHTS
    assert b"Bildbyr" in file
    for word in (b"Kamera", b"2024:05:01", b"Sunrise", b"dawn", *GPS_WORDS):
        assert word not in file


@pytest.mark.parametrize("form", FORMATS)
def test_strip_leaves_nothing(form: str) -> None:
    file = readable(result(photo(), format=form, metadata="strip"))

    for word in (b"Kamera", b"2024", b"Bildbyr", "Åsa".encode(), b"xmpmeta", *GPS_WORDS):
        assert word not in file


@pytest.mark.parametrize("form", FORMATS)
def test_keep_keeps_the_place_too(form: str) -> None:
    file = result(photo(), format=form, metadata="keep")

    found = exif_of(file)
    assert struct.unpack(found.order + "6I", found.gps[2].raw) == (55, 1, 40, 1, 7, 1)
    assert b"Torremolinos" in readable(file)
    assert b"dawn" in readable(file)


def iptc_of(file: bytes) -> list[iptc.DataSet]:
    """What stands where other programs look for it."""
    image = Image.open(io.BytesIO(file))
    if isinstance(image, TiffImageFile):
        return iptc.read_iptc(image.tag_v2[iptc.TIFF_TAG])
    return iptc.read_iptc(file[file.index(b"Photoshop 3.0") :])


@pytest.mark.parametrize("form", ["jpeg", "tiff"])
@pytest.mark.parametrize("policy", ["keep", "no-location", "copyright"])
def test_iptc_follows_the_policy_where_a_format_has_it(form: str, policy: str) -> None:
    sets = iptc_of(result(photo(), format=form, metadata=policy))

    assert iptc.value(sets, iptc.CREDIT) == b"Byline Inc"
    assert iptc.value(sets, iptc.BYLINE) == AUTHOR.encode()
    assert bool(iptc.value(sets, 90)) == (policy == "keep")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("policy", ["keep", "no-location"])
def test_the_result_is_not_turned_a_second_time(form: str, policy: str) -> None:
    sideways = io.BytesIO()
    tags = Image.Exif()
    tags[0x0112] = 6
    Image.fromarray(pixels(1, 120, 80)).save(sideways, "JPEG", exif=tags)

    file = result(sideways.getvalue(), format=form, metadata=policy)

    opened = Image.open(io.BytesIO(file))
    assert opened.size == (80, 120)
    assert opened.getexif().get(0x0112, 1) == 1
    assert b"Orientation=" not in readable(file)


def test_an_author_who_stands_only_in_iptc_or_png_text_gets_into_exif() -> None:
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_text("Author", "Ann")
    text.add_text("Copyright", "Ann & Co")
    png = io.BytesIO()
    Image.fromarray(pixels(1, 40, 30)).save(png, "PNG", pnginfo=text)

    found = texts(exif_of(result(png.getvalue(), format="webp", metadata="copyright")))

    assert found == {exif.ARTIST: "Ann", exif.COPYRIGHT: "Ann & Co"}


def test_the_thumbnail_of_the_unedited_photo_stays_behind() -> None:
    block = exif_block(camera_exif("<"))
    with_thumbnail = struct.pack("<I", len(block))
    first = 8 + 2 + 12 * (3 + 2)
    block = block[:first] + with_thumbnail + block[first + 4 :]
    block += struct.pack("<HHHII", 1, 513, 4, 1, 0) + b"\0\0\0\0" + b"THUMBNAIL" * 20

    kept = exif_block(exif.read_exif(block))

    assert b"Kamera" in kept
    assert b"THUMBNAIL" not in kept


def test_what_a_tiff_keeps_of_itself_travels_too() -> None:
    file = io.BytesIO()
    tags = Image.Exif()
    tags[exif.ARTIST] = "Ann"
    tags[271] = "Scanner"
    Image.fromarray(pixels(1, 40, 30)).save(file, "TIFF", exif=tags)

    found = exif_of(result(file.getvalue()))

    assert texts(found)[exif.ARTIST] == "Ann"
    assert texts(found)[271] == "Scanner"
    assert 273 not in found.main


@pytest.mark.parametrize("form", ["jpeg", "tiff"])
def test_iptc_of_a_tiff_travels_on(form: str) -> None:
    tiff_photo = result(photo(), format="tiff", metadata="keep")

    sets = iptc_of(result(tiff_photo, format=form, metadata="keep"))

    assert sets == iptc.read_iptc(IPTC)


def test_a_tiff_without_iptc_gets_none() -> None:
    plain = io.BytesIO()
    Image.fromarray(pixels(1, 40, 30)).save(plain, "JPEG")

    made = Image.open(io.BytesIO(result(plain.getvalue(), format="tiff")))

    assert isinstance(made, TiffImageFile)
    assert iptc.TIFF_TAG not in made.tag_v2


def test_a_long_maker_note_does_not_crowd_out_the_author() -> None:
    note = exif.Value(7, 16_000, b"x" * 16_000)
    crowded = exif.Exif(
        "<", {exif.ARTIST: ascii_value("Ann")}, dict.fromkeys(range(40000, 40009), note)
    )

    block = exif_block(fitted(crowded, 65_000))
    assert texts(exif.read_exif(block))[exif.ARTIST] == "Ann"
    assert len(block) < 65_000


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"not xml",
        b"<x>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&a;</x:xmpmeta>',
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>',
    ],
)
def test_xmp_that_cannot_be_looked_through_is_not_handed_on(packet: bytes) -> None:
    assert without_place(packet) == b""
    assert xmp.rights_only(packet) == b""


def test_a_place_is_found_under_any_prefix() -> None:
    kept = without_place(XMP)

    assert not any(word in kept for word in GPS_WORDS)
    assert b"Sunrise" in kept
    assert "Åsa".encode() in kept


@given(st.integers(0, 400), st.binary(min_size=1, max_size=60))
def test_damaged_blocks_are_read_as_far_as_they_go(at: int, noise: bytes) -> None:
    for whole in (exif_block(camera_exif(">")), IPTC):
        block = whole[:at] + noise + whole[at + len(noise) :]
        exif_block(exif.read_exif(block).without_location())
        iptc.write_iptc(iptc.read_iptc(block))
        for directory in tiff.directories(block):
            assert len(directory.entries) <= 1024


def small_picture() -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels(5, 40, 30)).save(file, "JPEG")
    return file.getvalue()


SMALL = small_picture()
IN_TEXT = base64.b64encode(SMALL).decode()
LINES = "&#xA;".join(IN_TEXT[at : at + 76] for at in range(0, len(IN_TEXT), 76))


@pytest.mark.parametrize(
    "planted",
    [
        f"<x:Image>{IN_TEXT}</x:Image>",
        f"<x:Pantry><rdf:Bag><rdf:li>\n  {LINES}\n</rdf:li></rdf:Bag></x:Pantry>",
        f"<x:Container rdf:parseType='Resource'><x:Data x:bytes='{LINES}'/></x:Container>",
    ],
)
@pytest.mark.parametrize("hand_on", [without_file, without_place])
def test_a_picture_that_is_packed_into_xmp_stays_behind(planted: str, hand_on: Any) -> None:
    packet = XMP.replace(b"<dc:subject>", f"{planted}<dc:subject>".encode())
    packet = packet.replace(b"xmlns:dc=", b'xmlns:x="http://example.org/x/" xmlns:dc=', 1)

    kept = hand_on(packet)

    assert IN_TEXT[:40].encode() not in kept
    assert b"dawn" in kept
    assert b"Sunrise" in kept


def test_pictures_in_exif_and_iptc_stay_behind() -> None:
    planted = camera_exif("<")
    comment = exif.Value(7, len(SMALL) + 8, b"\0" * 8 + SMALL)
    block = exif_block(exif.Exif("<", planted.main, {**planted.photo, 37510: comment}))
    sets = [(2, 105, b"Sunrise"), (2, 200, b"\0\13"), (2, 202, SMALL)]

    assert SMALL not in exif_block(exif.read_exif(block))
    assert texts(exif.read_exif(block)) == texts(planted)
    assert iptc.read_iptc(iptc.write_iptc(sets)) == sets[:1]


@pytest.mark.parametrize("form", FORMATS)
def test_the_makers_note_is_kept_unless_something_is_redacted(form: str) -> None:
    outputs = canonical_outputs([{"format": form, "metadata": "keep"}], max_outputs=1)
    hidden = canonical_edits({"redact": {"regions": [{"x": 0, "y": 0, "width": 1, "height": 0.5}]}})

    with_note, without = (
        exif_of(engine.edit(photo(), edits, outputs).results[0].data) for edits in ({}, hidden)
    )

    assert with_note.photo.keys() - without.photo.keys() == {37500}
    assert without.gps


@pytest.mark.parametrize("form", FORMATS)
def test_strip_leaves_no_exif_but_the_resolution_that_was_asked_for(form: str) -> None:
    file = result(photo(), format=form, metadata="strip")

    assert not exif_of(file).photo
    if form == "jpeg":
        assert file[6:11] == b"JFIF\0"
        assert file.count(b"JFIF\0") == 1


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("icc", "color_space"), [("srgb", 1), ("p3", 0xFFFF)])
@pytest.mark.parametrize("policy", ["keep", "copyright"])
def test_exif_says_srgb_where_the_pixels_are(
    form: str, icc: str, color_space: int, policy: str
) -> None:
    file = result(photo(), format=form, icc=icc, metadata=policy)

    assert Image.open(io.BytesIO(file)).getexif().get_ifd(0x8769)[0xA001] == color_space


NESTED = """
<x:Meta rdf:parseType="Resource"><e:GPSLatitude>48.7</e:GPSLatitude><x:Other>kept</x:Other></x:Meta>
<x:Flat e:GPSLongitude="48.7" x:Other="too"/>
<x:Bag><rdf:Bag><rdf:li rdf:parseType="Resource"><e:GPSLatitude>48.7</e:GPSLatitude></rdf:li>
</rdf:Bag></x:Bag><geo:lat xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#">48.7</geo:lat>
"""


def with_more(more: str) -> bytes:
    packet = XMP.replace(b"<dc:subject>", f"{more}<dc:subject>".encode())
    return packet.replace(b"xmlns:dc=", b'xmlns:x="http://example.org/x/" xmlns:dc=', 1)


def test_a_place_is_found_inside_of_structures() -> None:
    kept = without_place(with_more(NESTED))

    assert b"48.7" not in kept
    assert b">kept<" in kept
    assert b'"too"' in kept
    assert b"48.7" in without_file(with_more(NESTED))


@pytest.mark.parametrize(
    "stale",
    [
        '<h:Version xmlns:h="http://ns.adobe.com/hdr-gain-map/1.0/">7.7</h:Version>',
        '<c:Directory xmlns:c="http://ns.google.com/photos/1.0/container/">7.7</c:Directory>',
        '<n:HasExtendedXMP xmlns:n="http://ns.adobe.com/xmp/note/">7.7</n:HasExtendedXMP>',
        '<g:MotionPhoto xmlns:g="http://ns.google.com/photos/1.0/camera/">7.7</g:MotionPhoto>',
    ],
)
def test_what_is_said_of_files_behind_the_picture_is_not_said_of_a_result(stale: str) -> None:
    kept = without_file(with_more(stale))

    assert b"7.7" not in kept
    assert b"dawn" in kept


def test_a_document_type_is_not_hidden_by_utf_16(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its entities would be spelled out, megabytes of them, before anybody looked."""
    monkeypatch.delattr(minidom, "parseString")
    hidden = b"<!DOCTYPE x [<!ENTITY a 'a'>]>" + XMP.partition(b"?>")[2]

    assert without_file(hidden.decode().encode("utf-16")) == b""


@pytest.mark.parametrize("hidden", ["<!-- 48.7 -->", "<?place 48.7?>"])
def test_what_xml_says_beside_its_elements_is_not_handed_on(hidden: str) -> None:
    packet = with_more(hidden + f"<x:Other>{hidden}kept</x:Other>")

    assert b"48.7" not in without_place(packet)
    assert b">kept<" in without_place(packet)


def test_xmp_that_is_nested_beyond_measure_is_not_handed_on() -> None:
    deep = with_more("<x:a>" * 3000 + "</x:a>" * 3000)

    assert without_file(deep) == xmp.rights_only(deep) == b""


@pytest.mark.parametrize("form", ["webp", "png", "avif"])
def test_resolution_in_exif_is_kept_whatever_the_photos_format(form: str) -> None:
    first = result(photo(), format=form, dpi=240)

    image = Image.open(io.BytesIO(result(first, format="jpeg")))

    assert image.info["dpi"] == pytest.approx((240, 240), abs=0.1)


def test_a_photo_of_unknown_resolution_gets_the_usual_one() -> None:
    plain = io.BytesIO()
    Image.fromarray(pixels(1, 40, 30)).save(plain, "WEBP")

    image = Image.open(io.BytesIO(result(plain.getvalue(), format="jpeg")))

    assert image.info["dpi"] == pytest.approx((72, 72), abs=0.1)


def test_a_resolution_beyond_all_measure_is_an_unknown_one(
    capfd: pytest.CaptureFixture[str],
) -> None:
    plain = io.BytesIO()
    Image.fromarray(pixels(1, 40, 30)).save(plain, "PNG", dpi=(300, 300))
    file = bytearray(plain.getvalue())
    at = file.index(b"pHYs")
    file[at + 4 : at + 12] = b"\xff" * 8
    file[at + 13 : at + 17] = struct.pack(">I", zlib.crc32(file[at : at + 13]))

    image = Image.open(io.BytesIO(result(bytes(file), format="jpeg")))

    assert image.info["dpi"] == pytest.approx((72, 72), abs=0.1)
    assert not capfd.readouterr().err, "libvips was told of it"


@pytest.mark.parametrize("dpi", [1e-9, 0.5, 72.0, 5_539_932.7352, 2.54e7, 1e12])
def test_every_resolution_is_written(dpi: float) -> None:
    block = exif_block(exif.Exif().of_result((40, 30), (dpi, dpi), is_srgb=True))

    found = exif.resolution(block)

    assert found is not None
    assert found[0] * 25.4 == pytest.approx(min(max(dpi, 0.001), 0xFFFFFFFF), rel=1e-3)
