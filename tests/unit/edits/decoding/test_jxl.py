"""JPEG XL in: told from its bits, decoded upright and in its colors, whole or not at all."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps
from tests.support.engine_calls import decoded, edit, first
from tests.support.jxl_files import P3, container, jxl, jxl_with_header, packed
from tests.support.pictures import jpeg, pixels

from abzug.edits.engine import Edited
from abzug.edits.formats.sniff import Sniffed, sniff
from abzug.edits.notices import Told
from abzug.errors import (
    PhotoError,
    PhotoTooLarge,
    TruncatedPhoto,
    UnreadablePhoto,
    UnsupportedPhoto,
)

PHOTO = pixels(1, 201, 121)
ODD, EIGHTHS = (201, 121), (200, 120)


@pytest.mark.parametrize("options", [{}, {"lossless": True}, {"use_container": True}])
@pytest.mark.parametrize(
    "size", [ODD, EIGHTHS, (120, 120), (144, 120), (160, 120), (600, 9), (9, 9000)]
)
def test_the_size_is_told_from_the_header(size: tuple[int, int], options: dict[str, bool]) -> None:
    head = jxl(np.zeros((size[1], size[0], 3), np.uint8), effort=1, **options)

    assert sniff(head[:256]) == Sniffed("image/jxl", *size, 1)


@pytest.mark.parametrize(
    ("ratio", "width"),
    [(1, 1001), (2, 1201), (3, 1334), (4, 1501), (5, 1779), (6, 1251), (7, 2002)],
)
def test_a_width_may_be_told_by_its_ratio_to_the_height(ratio: int, width: int) -> None:
    head = b"\xff\x0a" + packed([(0, 1), (1, 2), (1000, 13), (ratio, 3), (1, 1)])

    assert sniff(head) == Sniffed("image/jxl", width, 1001, 1)


@pytest.mark.parametrize("preview", [[(0, 1), (1, 2), (20, 8), (1, 3)], [(1, 1), (0, 2), (0, 3)]])
def test_what_stands_between_size_and_animation_is_skipped(preview: list[tuple[int, int]]) -> None:
    side = [(3, 2), (99_999, 30)]
    if preview[0] == (1, 1):
        preview = [*preview, (2, 2), (7, 5)]  # the width too, in eighths
    head = [(0, 1), *side, (0, 3), *side, (0, 1), (1, 1), (5, 3)]
    head += [(1, 1), (1, 1), (3, 5), (1, 3), (1, 1), *preview, (1, 1), (0, 20)]

    assert sniff(b"\xff\x0a" + packed(head)) == Sniffed("image/jxl", 100_000, 100_000, None)


def test_a_header_that_is_spread_over_boxes_is_put_together() -> None:
    whole = jxl(PHOTO)

    assert sniff(container(whole[:3], whole[3:])[:300]) == Sniffed("image/jxl", *ODD, 1)
    assert np.array_equal(first(edit(container(whole[:3], whole[3:]))), first(edit(whole)))


def test_lossless_pixels_come_out_as_they_went_in() -> None:
    assert np.array_equal(first(edit(jxl(PHOTO, lossless=True))), PHOTO)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_on_its_side_stands_upright(orientation: int) -> None:
    image = Image.fromarray(PHOTO)
    image.getexif()[0x0112] = orientation
    file = jxl_with_header(PHOTO, orientation=orientation)

    upright = first(edit(file))

    assert np.array_equal(upright, np.asarray(ImageOps.exif_transpose(image)))
    assert (sniff(file).width, sniff(file).height) == upright.shape[1::-1]


def test_its_orientation_counts_and_not_that_of_its_exif() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = "Ada"

    edited = edit(jxl(PHOTO, lossless=True, exif=exif.tobytes()), {}, {"format": "jpeg"})

    image = Image.open(io.BytesIO(edited.results[0].data))
    assert image.size == ODD
    assert image.getexif()[0x013B] == "Ada"
    assert image.getexif().get(0x0112, 1) == 1


def test_wide_colors_are_converted_by_their_profile_or_kept() -> None:
    file = jxl_with_header(PHOTO, primaries=P3)

    converted = first(edit(file))
    [kept] = edit(file, {}, {"format": "png", "icc": "keep"}).results

    profile = Image.open(io.BytesIO(kept.data)).info["icc_profile"]
    p3 = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    srgb = ImageCms.profileToProfile(Image.fromarray(PHOTO), p3, ImageCms.createProfile("sRGB"))
    assert np.abs(converted.astype(int) - np.asarray(srgb)).max() <= 2
    assert np.abs(converted.astype(int) - PHOTO).max() > 10
    assert np.array_equal(decoded(kept.data), PHOTO)


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA"])
def test_gray_and_alpha_come_along(mode: str) -> None:
    alpha = Image.fromarray(np.tile(np.linspace(0, 255, 201).astype(np.uint8), (121, 1)))
    image = Image.fromarray(PHOTO).convert(mode)
    if mode != "L":
        image.putalpha(alpha)

    result = first(edit(jxl(image, lossless=True)))

    assert np.array_equal(result, np.asarray(image.convert("RGB" if mode == "L" else "RGBA")))


@pytest.mark.parametrize("kind", ["uint16", "float32"])
def test_gray_of_more_than_8_bits_is_read(kind: str) -> None:
    """Linear light: that is what the plugin says of such grays when it writes them. LittleCMS is
    not exact in the darkest of it."""
    light = np.tile(np.linspace(0.05, 1, 201, dtype=np.float32), (9, 1))
    fine = np.rint(light * 65535).astype(np.uint16) if kind == "uint16" else light

    result = first(edit(jxl(fine, lossless=True)))

    level = 255 if result.dtype == np.uint8 else 65535
    encoded = 1.055 * light ** (1 / 2.4) - 0.055
    assert np.abs(result[..., 0] / level - encoded).max() < 0.006


def test_a_jpeg_that_was_packed_is_that_jpeg_again(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg(1, 300, 200, comment="mine"))
    with Image.open(tmp_path / "a.jpg") as image:
        packed_jpeg = jxl(image, lossless_jpeg=True)

    assert edit(packed_jpeg, {"exposure": 1}) == edit(jpeg(1, 300, 200), {"exposure": 1})


def test_metadata_that_cannot_be_read_are_missed_aloud() -> None:
    exif = Image.Exif()
    exif[0x013B] = "Ada Lovelace " * 20

    edited = edit(jxl(PHOTO, exif=exif.tobytes(), compress_metadata=True))

    assert edited.notices == [Told.compressed_metadata.notice()]


def test_an_animation_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedPhoto, match="this is an animated JPEG XL"):
        edit(jxl_with_header(PHOTO, is_animated=True))


def test_a_huge_picture_is_refused_before_it_is_decoded() -> None:
    head = b"\xff\x0a" + packed([(0, 1), (3, 2), (2**30 - 1, 30), (1, 3), (1, 1), (0, 64)])

    with pytest.raises(PhotoTooLarge):
        edit(head)


FILES = {
    "lossy": jxl(PHOTO),
    "lossless": jxl(PHOTO, lossless=True),
    "container": jxl(PHOTO, use_container=True),
    "progressive parts": container(jxl(PHOTO)[:3], jxl(PHOTO)[3:]),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0.001, 0.02, 0.3, 0.7, 0.95, 1])
def test_a_file_that_ends_too_early_is_never_a_success(name: str, share: float) -> None:
    whole = FILES[name]

    with pytest.raises((TruncatedPhoto, UnreadablePhoto), match=r"ends too early|cannot be read"):
        edit(whole[: max(16, int(len(whole) * share) - 1)])


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.floats(0, 1), st.binary(min_size=1, max_size=12))
def test_damaged_files_raise_nothing_but_photo_errors(
    name: str, where: float, noise: bytes
) -> None:
    whole = FILES[name]
    at = int(where**3 * len(whole))  # mostly in the header

    with contextlib.suppress(PhotoError):
        done: Edited = edit(whole[:at] + noise + whole[at + len(noise) :], max_pixels=1_000_000)
        assert done.results[0].data
