"""Words that tell a place, wherever they stand, do not go along without the place."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from tests.support.engine_calls import edit, saved
from tests.support.photo_metadata import bag, packet, segment, with_segments, with_xmp
from tests.support.pictures import pixels

from abzug.edits.formats.containers import jpeg
from abzug.edits.metadata import exif, iptc
from abzug.edits.metadata.exif_block import exif_block
from abzug.edits.metadata.words import tells_coordinates

PLACES = [
    "48.8583, 2.2945",
    "at 48.85830 N, 2.29450 E",
    "-33.8568;151.2153",
    "48°51'29.5\"N 2°17'40.2\"E",
    "N 48° 51.492 E 2° 17.670",
    "https://maps.example.org/?q=48.8583,2.2945",
    "geo:48.8583,2.2945",
]
HARMLESS = [
    "f/2.8, 1/125 s, ISO 100",
    "24.0-70.0 mm f/2.8",
    "Version 16.0.1, 2024-05-01 06:07:08",
    "1.5, 2.25",
    "Sunrise at 20°C",
    "3.14159",
    "Firmware 1.100, build 20240501",
]


@pytest.mark.parametrize("text", PLACES)
def test_coordinates_are_known_in_text(text: str) -> None:
    assert tells_coordinates(f"Seen {text} in spring")


@pytest.mark.parametrize("text", HARMLESS)
def test_other_numbers_are_none(text: str) -> None:
    assert not tells_coordinates(text)


def words(file: bytes) -> bytes:
    """All that is told beside the pixels of a JPEG."""
    return b"\n".join(body for _, body in jpeg.headers(file))


def made(data: bytes, policy: str, form: str = "jpeg") -> bytes:
    return bytes(edit(data, {}, {"format": form, "metadata": policy}).results[0].data)


@pytest.mark.parametrize("text", PLACES)
def test_coordinates_in_captions_and_comments_stay_behind(text: str) -> None:
    value = exif.Value(exif.ASCII, len(text.encode()) + 1, text.encode() + b"\0")
    comment = b"UNICODE\0" + text.encode("utf-16-le")
    block = exif_block(
        exif.Exif("<", {270: value}, {37510: exif.Value(exif.UNDEFINED, len(comment), comment)})
    )
    description = f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt>'
    data = with_segments(
        segment(0xE1, b"Exif\0\0" + block),
        segment(
            0xE1,
            b"http://ns.adobe.com/xap/1.0/\0"
            + packet(description + "</dc:description><xmp:Rating>4</xmp:Rating>"),
        ),
        segment(0xED, iptc.write_iptc([(2, 120, text.encode()), (2, 105, b"Sunrise")])),
    )

    kept, without = (words(made(data, policy)) for policy in ("keep", "no-location"))

    assert kept.count(text.encode()[:6]) >= 3
    assert text.encode()[:6] not in without.replace(b"\0", b"")
    assert b"Sunrise" in without
    assert b"4</xmp:Rating>" in without


def test_coordinates_in_the_text_of_a_png_stay_behind() -> None:
    text = PngInfo()
    text.add_text("Comment", PLACES[0])
    text.add_text("Title", "Dawn")
    data = saved(Image.fromarray(pixels(1, 40, 30)), pnginfo=text)

    image = Image.open(io.BytesIO(made(data, "no-location", "png")))

    assert image.info["Title"] == "Dawn"
    assert "Comment" not in image.info


def test_keywords_of_places_stay_behind() -> None:
    """digiKam and Lightroom keep them in a tree, and each word once more as a plain keyword."""
    data = with_xmp(
        packet(
            f"<digiKam:TagsList>{bag('Places/Norway/Oslo', 'Nature/Sea')}</digiKam:TagsList>"
            f"<lr:hierarchicalSubject>{bag('Orte|Norge', 'Nature|Sea')}</lr:hierarchicalSubject>"
            f"<dc:subject>{bag('Oslo', 'Norway', 'Norge', 'Sea')}</dc:subject>"
        )
    )

    without = words(made(data, "no-location"))

    assert not any(word in without for word in (b"Oslo", b"Norway", b"Norge"))
    assert without.count(b"Sea") == 3
    assert b"Oslo" in words(made(data, "keep"))


def test_the_log_of_a_drone_stays_behind() -> None:
    log = (
        'drone-dji:AbsoluteAltitude="+120.5" drone-dji:FlightYawDegree="17.1" exif:GPSAltitude="9"'
    )

    without = words(made(with_xmp(packet("<xmp:Rating>4</xmp:Rating>", log)), "no-location"))

    assert not any(word in without for word in (b"Altitude", b"FlightYaw"))
    assert b"4</xmp:Rating>" in without


@pytest.mark.parametrize(
    "text", ["1.234" + " " * 500_000, "1" * 500_000, "N 10°" * 90_000, "10 deg 10.5 " * 40_000]
)
def test_no_text_takes_long_to_look_through(text: str) -> None:
    """Quadratic, any of these would take hours."""
    assert not tells_coordinates(text)
