"""A photo of more than 8 bits a channel is edited in 16, and stays so where the format allows."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image
from tests.support.engine_calls import edit, first, saved
from tests.support.pictures import pixels
from tools.showcase import shown_values

from abzug.edits.pixels.arrays import to_image
from abzug.edits.recipe import operations

SHOWN = [(name, shown_values(op)[-1]) for name, op in operations().items() if shown_values(op)]
FINE = {"format": "png"}
COARSE = {"name": "coarse", "format": "png", "bit_depth": "8"}


def fine_pixels(width: int = 320, height: int = 240, channels: int = 3) -> np.ndarray:
    """uint16: a photo whose lower 8 bits are full of something too."""
    rng = np.random.default_rng(5)
    picture = pixels(3, width, height).astype(np.uint16) * 256
    picture += rng.integers(0, 256, picture.shape, np.uint16)
    alpha = np.full((height, width, channels - 3), 65535, np.uint16)
    alpha[: height // 2] = 40_000
    return np.dstack([picture, alpha])


def fine_file(picture: np.ndarray, form: str = "png") -> bytes:
    """A picture of 16 bits as a file: Pillow writes none."""
    order = [2, 1, 0, 3][: picture.shape[2]]
    done, file = cv2.imencode(f".{form}", picture[..., order])
    assert done
    return file.tobytes()


def fine_result(file: bytes | memoryview) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture[..., [2, 1, 0, 3][: picture.shape[2]]]


@pytest.mark.parametrize("form", ["png", "tiff"])
@pytest.mark.parametrize("source", ["png", "tiff"])
@pytest.mark.parametrize("channels", [3, 4])
def test_without_edits_every_bit_is_kept(form: str, source: str, channels: int) -> None:
    picture = fine_pixels(channels=channels)

    edited = edit(fine_file(picture, source), {}, {"format": form})

    result = fine_result(edited.results[0].data)
    assert result.dtype == np.uint16
    assert np.array_equal(result, picture)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_upright_with_all_its_bits(orientation: int) -> None:
    picture = fine_pixels(90, 60)
    exif = Image.Exif()
    exif[274] = orientation
    block = exif.tobytes()[6:]
    file = with_chunk(fine_file(picture), b"eXIf", block)

    result = fine_result(edit(file).results[0].data)

    coarse = first(edit(saved(picture_8(picture), "png", exif=exif)))
    assert result.dtype == np.uint16
    assert np.array_equal(result >> 8, coarse)


def picture_8(picture: np.ndarray) -> np.ndarray:
    return (picture >> 8).astype(np.uint8)


def with_chunk(png: bytes, kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body).to_bytes(4)
    return png[:33] + len(body).to_bytes(4) + kind + body + check + png[33:]


def test_other_formats_and_whoever_asks_get_the_upper_8_bits() -> None:
    picture = fine_pixels()
    webp = {"name": "webp", "format": "webp", "lossless": True}
    jpeg = {"name": "jpeg", "format": "jpeg", "quality": 100}

    edited = edit(fine_file(picture), {}, FINE, COARSE, webp, jpeg)

    fine, coarse, lossless, lossy = (fine_result(result.data) for result in edited.results)
    assert fine.dtype == np.uint16
    assert coarse.dtype == lossless.dtype == lossy.dtype == np.uint8
    assert np.array_equal(coarse, picture_8(picture))
    assert np.array_equal(lossless, coarse)
    assert np.abs(lossy.astype(int) - coarse).mean() < 2


def test_8_bits_stay_8() -> None:
    result = fine_result(edit(saved(pixels(3, 60, 40))).results[0].data)

    assert result.dtype == np.uint8


@pytest.mark.parametrize(("name", "value"), SHOWN, ids=[name for name, _ in SHOWN])
def test_every_edit_does_in_16_bits_what_it_does_in_8(name: str, value: Any) -> None:
    """The middle of a step of 8 bits: neither truncation nor rounding may favor one of the two."""
    coarse = pixels(3, 320, 240)
    fine = coarse.astype(np.uint16) * 257

    in_8 = first(edit(saved(coarse), {name: value})).astype(float)
    in_16 = fine_result(edit(fine_file(fine), {name: value}).results[0].data)

    assert in_16.dtype == np.uint16
    assert in_16.shape == in_8.shape
    difference = np.abs(in_16 / 257 - in_8)
    assert difference.mean() < 0.8
    assert np.percentile(difference, 99.9) < 4


@pytest.mark.parametrize(("name", "value"), SHOWN, ids=[name for name, _ in SHOWN])
def test_no_edit_falls_back_to_8_bits(name: str, value: Any) -> None:
    """A dark, slow ramp has hundreds of levels in 16 bits, and 12 in 8: lifted, they would band."""
    ramp = np.linspace(2000, 5000, 320).astype(np.uint16)
    picture = np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (240, 320, 3)))

    result = fine_result(edit(fine_file(picture), {name: value}).results[0].data)

    middle = result[60:180, 80:240, :3]
    flat = (
        name in {"redact", "blur", "pixelate"} or len(np.unique(middle)) <= 3
    )  # all of it is one color
    assert flat or len(np.unique(middle)) > 60


def test_a_resized_ramp_has_more_than_256_levels() -> None:
    ramp = np.linspace(0, 65535, 2000).astype(np.uint16)
    picture = np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (400, 2000, 3)))

    result = fine_result(edit(fine_file(picture), {}, FINE | {"max_side": 1000}).results[0].data)

    assert result.shape == (200, 1000, 3)
    assert len(np.unique(result)) > 900


def test_alpha_weighs_the_colors_in_16_bits_too() -> None:
    picture = fine_pixels(channels=4)
    output = FINE | {"max_side": 120}

    result = fine_result(edit(fine_file(picture), {}, output).results[0].data)

    coarse = fine_result(edit(saved(picture_8(picture)), {}, output).results[0].data)
    assert result.shape == coarse.shape == (90, 120, 4)
    assert np.abs(result / 257 - coarse).max() < 2.5


def test_a_transparent_photo_of_16_bits_is_white_below_in_a_jpeg() -> None:
    picture = fine_pixels(channels=4)
    picture[..., 3] = 0

    result = first(edit(fine_file(picture), {}, {"format": "jpeg"}))

    assert result.min() > 250


def test_grey_in_16_bits_becomes_rgb_in_16_bits() -> None:
    grey = fine_pixels()[..., 1]
    _, file = cv2.imencode(".png", grey)

    result = fine_result(edit(file.tobytes()).results[0].data)

    assert result.dtype == np.uint16
    assert np.array_equal(result, np.dstack([grey] * 3))


@pytest.mark.parametrize("channels", [3, 4])
def test_a_heic_of_10_bits_keeps_them(channels: int) -> None:
    picture = fine_pixels(channels=channels)
    mode = {3: "RGB;16", 4: "RGBA;16"}[channels]
    heif = pillow_heif.from_bytes(mode, (320, 240), picture.tobytes())
    file = io.BytesIO()
    heif.save(file, quality=100, chroma="444")

    result = fine_result(edit(file.getvalue()).results[0].data)

    assert result.dtype == np.uint16
    assert len(np.unique(result)) > 300
    assert np.abs(result / 257 - picture / 257).mean() < 1


def heic_of_10_bits(picture: np.ndarray) -> bytes:
    height, width, _ = picture.shape
    heif = pillow_heif.from_bytes("RGB;16", (width, height), picture.tobytes())
    file = io.BytesIO()
    heif.save(file, quality=-1)
    return file.getvalue()


def avif_of_10_bits(picture: np.ndarray) -> bytes:
    file: bytes = to_image(picture).heifsave_buffer(compression="av1", bitdepth=10, lossless=True)
    return file


@pytest.mark.parametrize("save", [heic_of_10_bits, avif_of_10_bits])
def test_white_of_a_photo_of_10_bits_is_white(save: Callable[[np.ndarray], bytes]) -> None:
    white = np.full((64, 64, 3), 65535, np.uint16)

    assert fine_result(edit(save(white)).results[0].data).min() == 65535


def test_the_tiff_of_the_folder_keeps_its_16_bits(photos: Path) -> None:
    data = (photos / "rgb16.tiff").read_bytes()

    result = fine_result(edit(data).results[0].data)

    original = fine_result(data)
    assert original.dtype == result.dtype == np.uint16
    assert np.array_equal(result, original)
    assert (original & 255).any()
