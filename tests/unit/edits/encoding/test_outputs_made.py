"""What the fields of an output do to the file."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from tests.support.pictures import jpeg, pixels

from abzug.edits import engine
from abzug.edits.encoding.fit_bytes import best_that_fits
from abzug.edits.formats.registry import savers
from abzug.edits.notices import Told
from abzug.edits.outputs import canonical_outputs
from abzug.errors import EditImpossible

LOSSY = ["jpeg", "webp", "avif"]
FORMATS = [*LOSSY, "png", "tiff"]


def png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def edited(photo: bytes, **output: Any) -> engine.Edited:
    return engine.edit(photo, {}, canonical_outputs([output], max_outputs=1))


def result(photo: bytes, **output: Any) -> bytes:
    return bytes(edited(photo, **output).results[0].data)


def opened(file: bytes | memoryview) -> Image.Image:
    return Image.open(io.BytesIO(file))


class Saver:
    """Files of `sizes[quality]` bytes that begin with their quality; counts what is asked of it."""

    def __init__(self, sizes: dict[int, int]) -> None:
        self.sizes = sizes
        self.tried: list[int] = []

    def __call__(self, quality: int) -> bytes:
        self.tried.append(quality)
        return bytes([quality]).ljust(self.sizes[quality])


STEEP = {quality: 1000 + round(1.08**quality * 100) for quality in range(1, 101)}
FLAT = {quality: 5000 + quality for quality in range(1, 101)}


def test_what_fits_as_it_is_asked_for_is_made_once() -> None:
    save = Saver(STEEP)

    assert best_that_fits(save, 85, STEEP[85]) == save(85)
    assert save.tried == [85, 85]


@pytest.mark.parametrize("sizes", [STEEP, FLAT])
@pytest.mark.parametrize("asked", [1, 2, 60, 85, 100])
def test_the_best_quality_that_fits_is_found_in_eight_files(
    sizes: dict[int, int], asked: int
) -> None:
    for most in range(900, sizes[asked], 53):
        save = Saver(sizes)
        file = best_that_fits(save, asked, most)
        fitting = [quality for quality in range(1, asked + 1) if sizes[quality] <= most]

        assert len(save.tried) <= 8
        if not fitting:
            assert file is None
        else:
            assert file is not None
            assert len(file) <= most
            assert file[0] == fitting[-1] or len(file) >= 0.97 * most


@pytest.mark.parametrize("form", LOSSY)
def test_max_bytes_is_kept_and_nearly_used_up(form: str) -> None:
    photo = jpeg(1)
    whole = result(photo, format=form, quality=90)
    most = len(whole) // 2

    small = result(photo, format=form, quality=90, max_bytes=most)

    assert 0.8 * most < len(small) <= most
    assert opened(small).size == opened(whole).size
    assert small == result(photo, format=form, quality=90, max_bytes=most)


def test_max_bytes_never_raises_the_quality() -> None:
    photo = jpeg(1)

    assert result(photo, quality=40, max_bytes=1_000_000) == result(photo, quality=40)


@pytest.mark.parametrize("form", FORMATS)
def test_what_cannot_be_made_so_small_is_impossible_and_says_what_to_do(form: str) -> None:
    with pytest.raises(EditImpossible, match=form.upper()) as refused:
        edited(jpeg(1), format=form, max_bytes=1000)

    assert ("lowest quality" in str(refused.value)) == (form in LOSSY)
    assert "1,000 bytes" in str(refused.value)
    assert "max_side" in refused.value.advice


@pytest.mark.parametrize("form", ["png", "tiff"])
def test_a_lossless_file_within_max_bytes_is_what_it_is_without(form: str) -> None:
    plain = result(jpeg(1), format=form)

    assert result(jpeg(1), format=form, max_bytes=len(plain)) == plain


@pytest.mark.parametrize("form", ["webp", "avif", "png"])
@pytest.mark.parametrize("channels", [3, 4])
def test_lossless_keeps_every_pixel(form: str, channels: int) -> None:
    picture = pixels(2, 161, 95)
    if channels == 4:
        alpha = np.linspace(0, 255, picture[..., 0].size).astype(np.uint8)
        picture = np.dstack([picture, alpha.reshape(picture.shape[:2])])

    made = np.asarray(opened(result(png(picture), format=form, lossless=True)))

    assert np.array_equal(made, picture)


@pytest.mark.parametrize("form", ["webp", "avif"])
def test_without_lossless_some_are_lost(form: str) -> None:
    picture = pixels(2, 161, 95)

    assert not np.array_equal(np.asarray(opened(result(png(picture), format=form))), picture)


def test_a_progressive_jpeg_shows_the_same_pixels() -> None:
    plain, progressive = result(jpeg(1)), result(jpeg(1), progressive=True)

    assert "progressive" not in opened(plain).info
    assert opened(progressive).info["progressive"]
    assert np.array_equal(np.asarray(opened(plain)), np.asarray(opened(progressive)))


def test_what_is_too_large_for_a_progressive_jpeg_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(savers()["jpeg"], progressive_up_to=1_000_000)
    monkeypatch.setitem(cast("Any", savers()), "jpeg", small)

    within = edited(png(pixels(1, 1000, 1000)), progressive=True, name="web")
    beyond = edited(png(pixels(1, 1001, 1000)), progressive=True, name="web")

    assert within.notices == []
    assert opened(within.results[0].data).info["progressive"]
    assert beyond.notices == [Told.not_progressive.notice(output="web", megapixels=1)]
    assert "progressive" not in opened(beyond.results[0].data).info


def resolution(file: bytes) -> tuple[float, ...]:
    """Pixels an inch of the format's own field, where it has one, and of EXIF."""
    image = opened(file)
    own = image.info.get("dpi", ())
    tags = image.getexif()
    in_exif = (tags[tag] for tag in (282, 283) if tag in tags)
    return tuple(round(float(number), 2) for number in (*own, *in_exif))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("policy", ["keep", "strip", "copyright", "no-location"])
def test_dpi_is_written_wherever_a_format_has_it(form: str, policy: str) -> None:
    file = result(jpeg(1), format=form, dpi=254, metadata=policy)

    own = () if form in {"webp", "avif"} else (254, 254)
    in_exif = () if own and form != "tiff" and policy == "strip" else (254, 254)
    assert resolution(file) == (*own, *in_exif)
    assert opened(file).getexif().get(296, 2) == 2  # inches


@pytest.mark.parametrize("form", FORMATS)
def test_without_dpi_the_resolution_is_the_photos(form: str) -> None:
    photo = io.BytesIO()
    Image.fromarray(pixels(1, 60, 40)).save(photo, "JPEG", dpi=(240, 120))

    assert resolution(result(photo.getvalue(), format=form))[-2:] == (240, 120)


@pytest.mark.parametrize(("quality", "sampling"), [(89, 2), (90, 1)])
def test_a_good_jpeg_keeps_the_color_of_every_pixel(quality: int, sampling: int) -> None:
    made = opened(result(jpeg(1), quality=quality))

    assert isinstance(made, JpegImageFile)
    assert made.layer[0][1:3] == (sampling, sampling)


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_enlarged(form: str) -> None:
    assert opened(result(jpeg(1, 120, 80), format=form, max_side=4000)).size == (120, 80)
