"""The engine as a whole: sizes, colors, bounds."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms
from tests.support.engine_calls import decoded, edit, first, saved
from tests.support.pictures import pixels

from abzug.edits import engine
from abzug.edits.notices import Told
from abzug.edits.outputs import output_schema
from abzug.errors import (
    EditImpossible,
    EditTimeout,
    PhotoTooLarge,
)

FORMATS = output_schema()["properties"]["format"]["enum"]


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Mean difference in levels."""
    return float(np.abs(one.astype(int) - other).mean())


def gradient(width: int, height: int) -> np.ndarray:
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return np.stack([x, y, 255 - x], axis=-1).astype(np.uint8)


# ------------------------------------------------------------------------------- results


@pytest.mark.parametrize("form", ["png", "tiff"])
def test_without_edits_the_pixels_are_the_photos(form: str) -> None:
    picture = pixels(1, 200, 140)

    assert np.array_equal(first(edit(saved(picture), {}, {"format": form})), picture)


def test_results_come_in_the_order_asked_for() -> None:
    outputs: list[dict[str, Any]] = [
        {"name": "small", "max_side": 50},
        {"name": "large", "format": "webp"},
        {"name": "middle", "format": "png", "max_side": 100},
    ]

    edited = edit(saved(pixels(1, 200, 140)), {}, *outputs)

    assert [
        (one.name, one.format, one.media_type, one.width, one.height) for one in edited.results
    ] == [
        ("small", "jpeg", "image/jpeg", 50, 35),
        ("large", "webp", "image/webp", 200, 140),
        ("middle", "png", "image/png", 100, 70),
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_a_result_is_of_the_format_and_size_it_says(form: str) -> None:
    result = edit(saved(pixels(1, 120, 90)), {}, {"format": form, "max_side": 60}).results[0]

    opened = Image.open(io.BytesIO(result.data))
    assert opened.format == form.upper()
    assert opened.size == (result.width, result.height) == (60, 45)
    assert engine.header(bytes(result.data)) == (60, 45)
    assert apart(np.asarray(opened.convert("RGB")), pixels_at(60, 45)) < 6


def pixels_at(width: int, height: int) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels(1, 120, 90)).resize((width, height)))


def test_a_large_tiff_tells_its_size_too() -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (400, 500, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x013B] = "Ann"

    result = edit(saved(noise, exif=exif.tobytes()), {}, {"format": "tiff"}).results[0]

    assert len(result.data) > 300_000
    assert engine.header(bytes(result.data)) == (500, 400)


@pytest.mark.parametrize("form", FORMATS)
def test_equal_requests_give_equal_bytes(form: str) -> None:
    data = saved(pixels(1, 300, 200), "jpeg")
    edits = {
        "exposure": 0.5,
        "shadows": 30,
        "straighten": 2,
        "sharpening": {"amount": 40},
        "watermark": [{"text": "©"}],
    }
    outputs: list[dict[str, Any]] = [
        {"name": "a", "format": form},
        {"name": "b", "format": form, "max_side": 99},
    ]

    one, other = edit(data, edits, *outputs), edit(memoryview(data), edits, *outputs)

    assert [result.data for result in one.results] == [result.data for result in other.results]


@pytest.mark.parametrize("form", ["jpeg", "webp", "avif"])
def test_quality_is_what_lossy_formats_obey(form: str) -> None:
    data = saved(pixels(1, 200, 140))

    low, high = (
        len(edit(data, {}, {"format": form, "quality": q}).results[0].data) for q in (20, 95)
    )

    assert low < high / 2


def test_no_output_is_larger_than_the_photo() -> None:
    result = edit(saved(pixels(1, 120, 90)), {}, {"max_side": 4000}).results[0]

    assert (result.width, result.height) == (120, 90)


# ------------------------------------------------------------------- sizes and shrink on load


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("form", ["jpeg", "webp"])
@pytest.mark.parametrize("side", [799, 400, 200, 97, 1])
def test_a_photo_decoded_smaller_looks_like_one_that_was_not(
    form: str, side: int, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = pixels(2, 800, 600)
    data = saved(picture, form, quality=95, exif=exif.tobytes())

    result = first(edit(data, {}, {"format": "png", "max_side": side}))

    upright = np.rot90(decoded(data), -1) if orientation == 6 else decoded(data)
    expected = Image.fromarray(upright)
    expected.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=None)
    assert apart(result, np.asarray(expected.resize(result.shape[1::-1]))) < 2.5
    assert max(result.shape[:2]) == side


@pytest.mark.parametrize("max_side", [None, 301, 150, 60])
@pytest.mark.parametrize(
    ("edits", "size"),
    [
        ({"crop": {"aspect": "1:1"}}, (600, 600)),
        ({"crop": {"x": 0.5, "width": 0.25}}, (200, 600)),
        ({"rotate": 90}, (600, 800)),
        ({"resize": {"width": 300, "height": 300, "fit": "cover"}}, (300, 300)),
        ({"resize": {"width": 700, "height": 300, "fit": "contain"}}, (700, 300)),
        ({"crop": {"aspect": "2:1"}, "rotate": 270, "resize": {"height": 500}}, (250, 500)),
    ],
)
def test_geometry_and_max_side_give_the_size_foretold(
    edits: dict[str, Any], size: tuple[int, int], max_side: int | None
) -> None:
    result = edit(saved(pixels(1, 800, 600), "jpeg"), edits, {"max_side": max_side}).results[0]

    factor = min(1, (max_side or max(size)) / max(size))
    expected = tuple(max(1, round(side * factor)) for side in size)
    assert (result.width, result.height) == expected


def test_geometry_is_done_in_its_order_whatever_the_order_asked_for() -> None:
    """Crop is of the upright photo, before it is rotated."""
    picture = gradient(200, 100)

    result = first(edit(saved(picture), {"rotate": 90, "crop": {"x": 0.5, "width": 0.5}}))

    assert np.array_equal(result, np.rot90(picture[:, 100:], -1))


def test_a_smaller_output_is_not_sharpened_twice() -> None:
    """It is made from the larger one before that is sharpened."""
    data = saved(pixels(1, 800, 600))
    edits = {"sharpening": {"amount": 150, "detail": 100}}
    small = {"name": "small", "format": "png", "max_side": 400}

    beside = decoded(edit(data, edits, small, {"name": "full"}).results[0].data)

    assert np.array_equal(beside, first(edit(data, edits, small)))
    assert apart(beside, first(edit(data, {}, small))) > 2


def test_a_watermark_stands_once_in_every_output() -> None:
    data = saved(np.full((400, 600, 3), 90, np.uint8))
    edits = {"watermark": [{"text": "HHH", "position": "center", "size": 20, "opacity": 100}]}
    outputs = [{"name": str(side), "format": "png", "max_side": side} for side in (600, 300)]

    large, small = (decoded(one.data) for one in edit(data, edits, *outputs).results)

    def share(picture: np.ndarray) -> float:
        return float((picture[..., 0] > 170).mean())

    assert share(large) > 0.01
    assert share(small) == pytest.approx(share(large), rel=0.15)


# ------------------------------------------------------------------------ what photos there are


def grey16() -> bytes:
    return saved(Image.fromarray((np.arange(60 * 80).reshape(60, 80) * 13).astype(np.uint16)))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (saved(Image.fromarray(pixels(1, 80, 60)).convert("L")), "L"),
        (saved(Image.fromarray(pixels(1, 80, 60)).convert("P")), "P"),
        (saved(Image.fromarray(pixels(1, 80, 60)).convert("1")), "1"),
        (saved(Image.fromarray(pixels(1, 80, 60)).convert("L"), "jpeg"), "L"),
        (saved(Image.fromarray(pixels(1, 80, 60)).convert("L"), "tiff"), "L"),
        (saved(Image.fromarray(pixels(1, 80, 60)).convert("P"), "gif"), "P"),
    ],
)
def test_grey_and_palette_photos_come_out_in_color(data: bytes, expected: str) -> None:
    original = Image.open(io.BytesIO(data))
    assert original.mode == expected

    result = first(edit(data))

    assert apart(result[..., :3], np.asarray(original.convert("RGB"))) < 0.01


def test_16_bit_grey_becomes_8() -> None:
    result = first(edit(grey16()))

    expected = (np.arange(60 * 80).reshape(60, 80) * 13).astype(np.uint16) >> 8
    assert np.array_equal(result, expected[..., None].repeat(3, axis=2))


def test_a_cmyk_tiff_comes_out_in_rgb() -> None:
    cmyk = Image.new("CMYK", (40, 30), (0, 255, 255, 0))

    red, green, blue = first(edit(saved(cmyk, "tiff")))[0, 0]

    assert red > 200
    assert max(green, blue) < 80


def test_pages_beyond_the_first_are_told_of() -> None:
    page = Image.fromarray(pixels(1, 40, 30))
    data = saved(page, "tiff", save_all=True, append_images=[page, page])

    assert edit(data).notices == [Told.first_of_pages.notice(pages=3)]


def with_alpha() -> np.ndarray:
    picture = np.dstack([pixels(1, 100, 80), np.full((80, 100), 255, np.uint8)])
    picture[:40, :, 3] = 0
    picture[40:60, :, 3] = 128
    return picture


@pytest.mark.parametrize("form", ["png", "webp", "tiff", "avif"])
def test_transparency_stays_where_the_format_has_it(form: str) -> None:
    result = first(edit(saved(with_alpha()), {"exposure": 1, "rotate": 180}, {"format": form}))

    assert apart(result[::-1, ::-1, 3], with_alpha()[..., 3]) < 1
    assert result[:20, :, :3].mean() > with_alpha()[60:, :, :3].mean() + 10


def test_a_jpeg_puts_what_is_transparent_on_white() -> None:
    result = first(edit(saved(with_alpha()), {}, {"format": "jpeg", "quality": 100}))

    assert result[:32].min() > 250
    half = with_alpha()[44:56, :, :3].astype(float) * 128 / 255 + 255 * 127 / 255
    assert apart(result[44:56], half.astype(int)) < 4


@pytest.mark.parametrize("mode", ["LA", "PA"])
def test_grey_with_transparency_is_edited_too(mode: str) -> None:
    image = Image.fromarray(with_alpha()).convert("LA")
    data = saved(image if mode == "LA" else image.convert("RGBA").quantize(), "png")

    assert first(edit(data, {"contrast": 10, "sharpening": {"amount": 30}})).shape[2] == 4


# ------------------------------------------------------------------------------- color


def profile(data: bytes | memoryview) -> str:
    info = Image.open(io.BytesIO(data)).info
    return ImageCms.getProfileDescription(
        ImageCms.ImageCmsProfile(io.BytesIO(info["icc_profile"]))
    ).strip()


@pytest.mark.parametrize("form", sorted({*FORMATS} - {"gif"}))
@pytest.mark.parametrize(("icc", "name"), [("srgb", "sRGB"), ("p3", "P3"), ("keep", "sRGB")])
def test_every_result_says_its_color_space(form: str, icc: str, name: str) -> None:
    result = edit(saved(pixels(1, 40, 30)), {}, {"format": form, "icc": icc}).results[0]

    assert name in profile(result.data)


def test_p3_shows_the_same_colors_as_srgb() -> None:
    data = saved(pixels(1, 100, 80))

    in_p3 = edit(data, {}, {"format": "png", "icc": "p3"}).results[0].data

    image = Image.open(io.BytesIO(in_p3))
    own = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    back = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"))
    assert apart(np.asarray(back), pixels(1, 100, 80)) < 0.7
    assert apart(np.asarray(image), pixels(1, 100, 80)) > 1


@pytest.mark.parametrize("icc", ["srgb", "p3", "keep"])
@pytest.mark.parametrize("cut", [0, 40, 130, 200, 400])
def test_a_damaged_profile_is_no_reason_to_fail(cut: int, icc: str) -> None:
    good = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    data = saved(pixels(1, 40, 30), icc_profile=good[:cut] + b"damage" * 9)

    assert first(edit(data, {}, {"format": "png", "icc": icc})).shape == (30, 40, 3)


# ------------------------------------------------------------------------------- bounds


def test_too_many_pixels_are_refused_in_words() -> None:
    with pytest.raises(PhotoTooLarge) as refused:
        edit(saved(pixels(1, 800, 600)), max_pixels=300_000)

    assert refused.value.message == "0.48 megapixels, at most 0.3."


def huge_png(width: int, height: int) -> bytes:
    """A header that promises much, and no pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def test_the_header_alone_is_enough_to_refuse() -> None:
    with pytest.raises(PhotoTooLarge, match="412 megapixels, at most 300"):
        edit(huge_png(20_600, 20_000))


def test_all_frames_of_an_animation_count() -> None:
    frames = [Image.fromarray(pixels(seed, 100, 80)) for seed in range(5)]
    data = saved(frames[0], "webp", save_all=True, append_images=frames[1:])

    assert edit(data, max_pixels=40_000).notices == [Told.first_of_frames.notice(frames=5)]
    with pytest.raises(PhotoTooLarge, match="in 5 frames"):
        edit(data, max_pixels=39_999)


@pytest.mark.parametrize("edits", [{}, {"rotate": 90}])
def test_time_runs_out_in_the_middle_of_the_pixels(edits: dict[str, Any]) -> None:
    with pytest.raises(EditTimeout, match="longer than 1e-06 seconds"):
        edit(saved(pixels(1, 800, 600)), edits, time_limit=1e-6)


def test_encoding_stops_when_the_time_is_up() -> None:
    from abzug.edits.decoding.failures import photo_errors
    from abzug.edits.pixels.arrays import to_image
    from abzug.edits.pixels.deadline import Deadline

    deadline = Deadline(0)
    image = to_image(pixels(1, 800, 600))
    deadline.watch(image)

    with pytest.raises(EditTimeout), photo_errors(deadline):
        image.pngsave_buffer()


def test_a_side_too_long_for_the_format_is_refused_in_words() -> None:
    long = saved(Image.new("L", (16_400, 2)))

    with pytest.raises(EditImpossible, match=r"16,400 pixels are too many .* WEBP"):
        edit(long, {}, {"format": "webp"})
    assert edit(long, {}, {"format": "webp", "max_side": 16_383}).results[0].width == 16_383


def test_a_prepared_process_is_bounded_and_reads_nothing_but_photos() -> None:
    """In a process of its own, as these bounds stay for good."""
    code = """
import sys
from abzug.edits import engine
from abzug.edits.outputs import canonical_outputs
from abzug.errors import EditOutOfMemory
engine.prepare_process(1 << 30)
engine.warm_up()
import pyvips
for hostile in (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", b"P5 1 1 255 a"):
    try:
        pyvips.Image.new_from_buffer(hostile, "").avg()
        print("opened", hostile)
    except pyvips.Error:
        pass
assert pyvips.concurrency_get() == 1
try:
    engine.edit(sys.stdin.buffer.read(), {}, canonical_outputs(None, max_outputs=1))
except EditOutOfMemory as error:
    print(error.code)
"""
    import pyvips

    large = pyvips.Image.black(20_000, 14_000, bands=3).pngsave_buffer(compression=1)

    done = subprocess.run(
        [sys.executable, "-c", code], input=large, capture_output=True, check=False
    )

    assert (done.stdout.decode().strip(), done.returncode) == ("memory_limit", 0), done.stderr
