"""Every photo of the folder, computed or real, gives what the README of the real ones says."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms
from tests.support.animations import taken_apart
from tests.support.colors import delta_e

from abzug.edits import engine
from abzug.edits.notices import Told
from abzug.edits.outputs import canonical_outputs
from abzug.edits.recipe import canonical_edits
from abzug.errors import (
    PhotoError,
    PhotoTooLarge,
    TruncatedPhoto,
    UnreadablePhoto,
    UnsupportedPhoto,
)

LANCZOS = Image.Resampling.LANCZOS
Edit = Callable[..., tuple[np.ndarray, engine.Edited]]


@pytest.fixture
def edit(photos: Path) -> Edit:
    """Edit a photo of the folder; the pixels of the one result, and all there is of it."""

    def edited(name: str, edits: dict[str, Any] | None = None, **output: Any) -> Any:
        outputs = canonical_outputs([{"format": "png"} | output], max_outputs=1)
        data = (photos / name).read_bytes()
        done = engine.edit(data, canonical_edits(edits or {}), outputs)
        return pixels_of(done.results[0].data), done

    return edited


def pixels_of(file: bytes | memoryview) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(file)))


def opened(path: Path) -> Image.Image:
    return Image.open(io.BytesIO(path.read_bytes()))


def reference(photos: Path, name: str) -> np.ndarray:
    return np.asarray(opened(photos / name).convert("RGB"))


def by_little_cms(path: Path) -> np.ndarray:
    """The photo converted to sRGB by its profile, by another road than ours."""
    image = opened(path)
    profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    srgb = ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(image.convert("RGB"), profile, srgb)
    return np.asarray(converted)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(edit: Edit, photos: Path, orientation: int) -> None:
    pixels, _ = edit(f"orient-landscape-{orientation}.jpg", max_side=450)

    upright = opened(photos / "orient-landscape-1.jpg").resize((450, 300))
    assert pixels.shape == (300, 450, 3)
    assert delta_e(pixels, np.asarray(upright)).mean() < 4
    assert delta_e(pixels[::-1, ::-1], np.asarray(upright)).mean() > 20


def test_a_heic_is_upright_and_in_its_colors(edit: Edit, photos: Path) -> None:
    """libheif turns it, and its EXIF says that it still is to be turned."""
    import pillow_heif

    heif = pillow_heif.open_heif(photos / "heic-iphone8-p3-arrow.heic")
    image = heif.to_pillow().resize((378, 504), LANCZOS)
    profile = ImageCms.ImageCmsProfile(io.BytesIO(heif.info["icc_profile"]))
    srgb = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"))

    pixels, _ = edit("heic-iphone8-p3-arrow.heic", max_side=504)

    assert pixels.shape == (504, 378, 3)
    assert delta_e(pixels, np.asarray(srgb)).mean() < 0.4
    assert delta_e(pixels, np.asarray(image)).mean() > 0.6


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("heic-truncated.heic", TruncatedPhoto, "ends too early"),
        ("truncated.jpg", TruncatedPhoto, "ends too early"),
        ("corrupt.png", UnreadablePhoto, "damaged"),
        ("raw-undevelopable-z9.dng", UnsupportedPhoto, "This RAW cannot be developed here"),
        ("README.md", UnsupportedPhoto, "Not a photo: this is a text"),
    ],
)
def test_what_cannot_be_edited_fails_with_the_reason(
    edit: Edit, name: str, error: type[PhotoError], words: str
) -> None:
    with pytest.raises(error, match=words):
        edit(name)


@pytest.mark.parametrize("shared", [0.3, 0.6, 0.95])
@pytest.mark.parametrize(
    "name",
    [
        "camera-canon-a720.jpg",
        "redeye.png",
        "gps-sunrise.webp",
        "rgb16.tiff",
        "heic-iphone8-p3-arrow.heic",
    ],
)
def test_a_photo_that_is_cut_off_is_never_a_grey_success(
    photos: Path, name: str, shared: float
) -> None:
    data = (photos / name).read_bytes()
    outputs = canonical_outputs([{"max_side": 200}], max_outputs=1)

    with pytest.raises(TruncatedPhoto):
        engine.edit(data[: int(len(data) * shared)], {}, outputs)


@pytest.mark.parametrize("filler", [b"\0", b"\xff", b"\x12\x34\x56"])
def test_a_photo_whose_end_was_overwritten_is_never_a_grey_success(
    photos: Path, filler: bytes
) -> None:
    """What a bad card leaves: the right length, the right end, and nothing in between."""
    data = (photos / "camera-canon-a720.jpg").read_bytes()
    half = len(data) // 2
    overwritten = data[:half] + (filler * half)[: len(data) - half - 2] + b"\xff\xd9"

    with pytest.raises((TruncatedPhoto, UnreadablePhoto)):
        engine.edit(overwritten, {}, canonical_outputs(None, max_outputs=1))


def test_adobes_cmyk_is_not_inverted(edit: Edit, photos: Path) -> None:
    pixels, _ = edit("cmyk-adobe.jpg")

    difference = delta_e(pixels, reference(photos, "cmyk-adobe-rgb-reference.jpg"))
    assert difference.mean() < 15


@pytest.mark.parametrize(
    ("name", "ignored"), [("p3-gainmap-iphone13.jpg", 1.0), ("prophoto.jpg", 4.5)]
)
def test_a_profile_is_respected(edit: Edit, photos: Path, name: str, ignored: float) -> None:
    pixels, _ = edit(name)

    some = np.s_[::5, ::5]
    assert delta_e(pixels[some], by_little_cms(photos / name)[some]).mean() < 0.5
    assert delta_e(pixels[some], reference(photos, name)[some]).mean() > ignored


def test_colors_that_srgb_lacks_live_on_in_p3(edit: Edit) -> None:
    """A red logo on a red ground: the two are one color in sRGB."""
    in_srgb, _ = edit("p3-logo-red.png", metadata="strip")
    in_p3, _ = edit("p3-logo-red.png", icc="p3")
    kept, _ = edit("p3-logo-red.png", icc="keep")

    assert in_srgb.shape == in_p3.shape == kept.shape == (1000, 1000, 4)
    assert contrast(in_srgb) < 2
    assert contrast(in_p3) > 5
    assert contrast(kept) > 5


def contrast(pixels: np.ndarray) -> float:
    """How far the colors of the opaque middle are apart, in levels."""
    middle = pixels[300:700, 100:900, :3].astype(float)
    return float(middle.std(axis=(0, 1)).max())


def test_kept_without_edits_means_kept(edit: Edit, photos: Path) -> None:
    kept, done = edit("p3-logo-red.png", icc="keep")

    original = opened(photos / "p3-logo-red.png")
    result = Image.open(io.BytesIO(done.results[0].data))
    assert np.array_equal(kept, np.asarray(original))
    assert result.info["icc_profile"] == original.info["icc_profile"]


def test_linear_rec2020_in_16_bits_becomes_srgb(edit: Edit, photos: Path) -> None:
    pixels, _ = edit("rec2020-linear-16bit.png")

    expected = reference(photos, "rec2020-linear-16bit-srgb-reference.png")
    assert delta_e(pixels, expected).mean() < 1


def test_16_bits_become_8_by_leaving_out_the_lower_8(edit: Edit, photos: Path) -> None:
    pixels, _ = edit("rgb16.tiff")

    assert np.array_equal(pixels, reference(photos, "rgb16-reference.png"))


@pytest.mark.parametrize(("name", "frames"), [("animated.gif", 30), ("animated.webp", 9)])
def test_of_an_animation_the_first_frame_is_used_and_it_is_said(
    edit: Edit, photos: Path, name: str, frames: int
) -> None:
    pixels, done = edit(name)

    first = np.asarray(opened(photos / name).convert("RGBA"))
    opaque = first[..., 3] == 255
    assert np.abs(pixels[opaque].astype(int) - first[opaque]).max() <= 4
    assert done.notices == [Told.first_of_frames.notice(frames=frames)]


@pytest.mark.parametrize("form", ["webp", "gif"])
@pytest.mark.parametrize(("name", "frames"), [("animated.gif", 30), ("animated.webp", 9)])
def test_an_animation_keeps_its_frames_and_delays_where_the_format_can(
    photos: Path, name: str, frames: int, form: str
) -> None:
    source = (photos / name).read_bytes()
    outputs = canonical_outputs([{"format": form}], max_outputs=1)

    done = engine.edit(source, {"exposure": 0.5}, outputs)

    before, delays, _ = taken_apart(source)
    after, kept, _ = taken_apart(done.results[0].data)
    assert len(after) == len(before) == frames
    assert kept == delays
    for old, new in zip(before, after, strict=True):
        opaque = old[..., 3] == 255
        assert new[opaque].mean() > old[opaque].mean() + 5
    assert done.notices == []


@pytest.mark.parametrize("form", ["jpeg", "webp", "png", "avif", "tiff"])
@pytest.mark.parametrize("name", ["gps-sunrise.jpg", "gps-sunrise.webp"])
def test_no_location_is_left_by_default(edit: Edit, photos: Path, name: str, form: str) -> None:
    before = opened(photos / name)
    artist = before.getexif()[315].encode("latin-1")
    assert before.getexif().get_ifd(0x8825)
    assert b"Benalm" in before.info["xmp"]

    _, done = edit(name, format=form)

    file = done.results[0].data
    info = Image.open(io.BytesIO(file))
    text = bytes(file).lower() + str(info.info.get("XML:com.adobe.xmp", "")).lower().encode()
    assert not info.getexif().get_ifd(0x8825)
    for word in (b"gpslat", b"gpslong", b"exif:gps", b"benalm", b"andaluc"):
        assert word not in text
    assert artist in file


def test_red_eyes_turn_dark_and_nothing_else_is_touched(edit: Edit, photos: Path) -> None:
    before = reference(photos, "redeye.png")

    after, _ = edit("redeye.png", {"red_eye": True})

    pupils = eyes(before)
    assert red(before)[pupils].sum() > 1300
    assert red(after)[pupils].sum() < 60
    assert np.array_equal(after[~pupils], before[~pupils])


def test_red_eyes_turn_dark_at_the_points_given(edit: Edit, photos: Path) -> None:
    points = [{"x": 0.28, "y": 0.45}, {"x": 0.75, "y": 0.45}]

    after, _ = edit("redeye.png", {"red_eye": {"points": points}})

    assert red(after)[eyes(after)].sum() < 60


def eyes(pixels: np.ndarray) -> np.ndarray:
    mask = np.zeros(pixels.shape[:2], np.uint8)
    for center in ((160, 194), (432, 193)):
        cv2.circle(mask, center, 19, 1, cv2.FILLED)
    return mask.astype(bool)


def red(pixels: np.ndarray) -> np.ndarray:
    r, g, b = np.moveaxis(pixels.astype(int), -1, 0)
    return (r > 60) & (r > 1.5 * (g + b) / 2)


def test_a_bomb_of_pixels_is_refused_before_it_is_decoded(photos: Path) -> None:
    data = (photos / "bomb-16384x16384.png").read_bytes()

    with pytest.raises(PhotoTooLarge, match="269 megapixels, at most 200"):
        engine.edit(data, {}, [], limits=engine.Limits(max_pixels=200_000_000))


def test_a_bomb_of_text_does_no_harm(edit: Edit) -> None:
    pixels, done = edit("bomb-png-text-chunk.png", metadata="keep")

    assert pixels.shape == (1, 1, 3)
    assert len(done.results[0].data) < 10_000


def test_an_ordinary_photo_comes_out_as_it_is(edit: Edit, photos: Path) -> None:
    pixels, done = edit("camera-canon-a720.jpg")

    difference = np.abs(pixels.astype(int) - reference(photos, "camera-canon-a720.jpg"))
    assert difference.max() <= 3
    assert done.notices == []
