"""Text in a PNG: what is read, and what gets into results."""

from __future__ import annotations

import io
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngImageFile, PngInfo
from tests.support.pictures import pixels

from abzug.edits import engine
from abzug.edits.metadata import exif, png_text
from abzug.edits.outputs import canonical_outputs

NAME = "Åsa Öberg"
GREEK = "Αθήνα ✓"


def photo(text: PngInfo) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels(1, 40, 30)).save(file, "PNG", pnginfo=text)
    return file.getvalue()


def full() -> bytes:
    text = PngInfo()
    text.add_text("Author", NAME)
    text.add_text("Title", "Dawn", zip=True)
    text.add_itxt("Description", GREEK)
    text.add_itxt("Comment", GREEK, zip=True)
    text.add_text("Raw profile type exif", "exif with GPSLatitude")
    return photo(text)


def made_of(data: bytes, **output: Any) -> bytes:
    outputs = canonical_outputs([output], max_outputs=1)
    return bytes(engine.edit(data, {}, outputs).results[0].data)


def result(data: bytes, **output: Any) -> Image.Image:
    return Image.open(io.BytesIO(made_of(data, **output)))


def texts(image: Image.Image) -> dict[str, str]:
    assert isinstance(image, PngImageFile)
    return {word: str(value) for word, value in image.text.items() if not word.startswith("XML")}


def test_text_of_every_kind_is_read_and_what_is_unknown_is_not() -> None:
    assert png_text.read_text(full()) == {
        "Author": NAME,
        "Title": "Dawn",
        "Description": GREEK,
        "Comment": GREEK,
    }


@pytest.mark.parametrize("policy", ["keep", "no-location"])
def test_a_png_keeps_the_text_of_a_png(policy: str) -> None:
    made = texts(result(full(), format="png", metadata=policy))

    assert made == png_text.read_text(full())


def test_copyright_keeps_the_author_only() -> None:
    assert texts(result(full(), format="png", metadata="copyright")) == {"Author": NAME}


def test_strip_keeps_no_text() -> None:
    assert texts(result(full(), format="png", metadata="strip")) == {}


@pytest.mark.parametrize("form", ["jpeg", "webp", "avif", "tiff"])
def test_an_author_beyond_ascii_gets_into_exif_as_it_is(form: str) -> None:
    file = made_of(full(), format=form)

    found = exif.read_exif(Image.open(io.BytesIO(file)).info.get("exif") or file)
    assert found.main[exif.ARTIST].raw.rstrip(b"\0").decode() == NAME


def test_the_author_of_a_jpeg_becomes_text_of_a_png() -> None:
    tags = Image.Exif()
    tags[exif.ARTIST] = "Ann"
    tags[exif.COPYRIGHT] = "Ann & Co"
    file = io.BytesIO()
    Image.fromarray(pixels(1, 40, 30)).save(file, "JPEG", exif=tags)

    made = texts(result(file.getvalue(), format="png"))

    assert made == {"Author": "Ann", "Copyright": "Ann & Co"}


def test_a_value_that_unpacks_to_very_much_is_cut_off() -> None:
    text = PngInfo()
    text.add(b"zTXt", b"Title\0\0" + zlib.compress(b"x" * 10_000_000))

    assert len(png_text.read_text(photo(text))["Title"]) <= 2000


@given(st.integers(8, 400), st.binary(min_size=1, max_size=60))
def test_damaged_text_is_read_as_far_as_it_goes(at: int, noise: bytes) -> None:
    whole = full()

    for found in png_text.read_text(whole[:at] + noise + whole[at + len(noise) :]).values():
        assert 0 < len(found) <= 2000
