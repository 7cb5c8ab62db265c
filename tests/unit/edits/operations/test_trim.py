"""Trim: what is cut away, and what stays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from tests.support.engine_calls import edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.operations.trim import Trim, inside
from abzug.edits.recipe import canonical_edits
from abzug.errors import InvalidRequest

TRIM = {"trim": True}


def framed(
    picture: np.ndarray, top: int, right: int, bottom: int, left: int, color: npt.ArrayLike
) -> np.ndarray:
    height, width, channels = picture.shape
    shape = top + height + bottom, left + width + right, channels
    canvas = np.empty(shape, picture.dtype)
    canvas[:] = color
    canvas[top : top + height, left : left + width] = picture
    return canvas


def test_off_is_no_edit_and_there_is_one_way_to_say_on() -> None:
    assert canonical_edits({"trim": False}) == {}
    assert canonical_edits({"trim": {"tolerance": 4}}) == canonical_edits(TRIM) == TRIM
    assert canonical_edits({"trim": {"tolerance": 0}}) == {"trim": {"tolerance": 0}}


@pytest.mark.parametrize("value", [1, {"tolerance": 101}, {"tolerance": -1}, {"fuzz": 1}], ids=str)
def test_values_out_of_range_are_refused(value: Any) -> None:
    with pytest.raises(InvalidRequest):
        canonical_edits({"trim": value})


@pytest.mark.parametrize("color", [(255, 255, 255), (0, 0, 0), (200, 30, 90)], ids=str)
@pytest.mark.parametrize(
    "frame", [(20, 30, 40, 50), (0, 0, 0, 25), (25, 0, 0, 0), (12, 0, 12, 0), (1, 1, 1, 1)], ids=str
)
def test_the_border_goes_and_every_pixel_within_stays(
    color: tuple[int, int, int], frame: tuple[int, int, int, int]
) -> None:
    photo = pixels(1, 200, 140)

    assert np.array_equal(first(edit(saved(framed(photo, *frame, color)), TRIM)), photo)


def test_a_photo_without_a_border_stays_whole() -> None:
    photo = pixels(1, 200, 140)

    assert np.array_equal(first(edit(saved(photo), TRIM)), photo)
    assert first(edit(saved(framed(photo, 9, 9, 9, 9, 255)))).shape == (158, 218, 3)


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (40, 30)])
@pytest.mark.parametrize("tolerance", [0, 4, 100])
def test_never_all_of_it_is_cut_away(shape: tuple[int, int], tolerance: int) -> None:
    plain = np.full((*shape, 3), 90, np.uint8)

    assert first(edit(saved(plain), {"trim": {"tolerance": tolerance}})).shape == plain.shape
    assert inside(pixels(1, 60, 40), Trim(tolerance=100)) == (0, 0, 60, 40)


def test_dust_on_the_border_does_not_hold_it() -> None:
    scanned = framed(pixels(1, 200, 140), 30, 30, 30, 30, 250)
    scanned[10, 10] = scanned[-5, 100] = 0

    assert inside(scanned, True) == (30, 30, 200, 140)


def test_tolerance_is_how_uneven_the_border_may_be() -> None:
    scanned = framed(np.full((60, 80, 3), 60, np.uint8), 30, 30, 30, 30, 235)
    scanned[:30] += np.random.default_rng(1).integers(0, 20, (30, 140, 1), np.uint8)

    assert inside(scanned, Trim(tolerance=9)) == (30, 30, 80, 60)
    assert inside(scanned, Trim(tolerance=0)) != (30, 30, 80, 60)


def test_what_cannot_be_seen_is_border_whatever_its_color() -> None:
    photo = np.dstack([pixels(1, 200, 140), np.full((140, 200), 255, np.uint8)])
    noise = np.random.default_rng(1).integers(0, 255, (180, 260, 4), np.uint8)
    noise[..., 3] = 0
    noise[10:150, 40:240] = photo

    assert np.array_equal(first(edit(saved(noise), TRIM)), photo)


def test_sixteen_bits_are_measured_alike() -> None:
    scanned = framed(pixels(1, 200, 140), 5, 6, 7, 8, 250)

    assert inside(scanned.astype(np.uint16) * 257, True) == inside(scanned, True)


def test_sizes_follow_from_what_is_left() -> None:
    photo = pixels(1, 800, 400)
    outputs = [{"name": str(side), "format": "png", "max_side": side} for side in (5000, 400, 100)]

    done = edit(saved(framed(photo, 200, 0, 200, 0, 0)), TRIM, *outputs)

    assert [(r.width, r.height) for r in done.results] == [(800, 400), (400, 200), (100, 50)]


def test_the_picture_within_is_as_sharp_as_without_a_border() -> None:
    """A JPEG could be decoded smaller if its border stayed."""
    photo = pixels(1, 200, 144)
    big = framed(photo, 600, 800, 600, 800, 255)
    output = {"format": "png", "max_side": 200}

    trimmed = first(edit(saved(big, "jpeg", quality=95, subsampling=0), TRIM, output))

    assert trimmed.shape == photo.shape
    assert np.abs(trimmed.astype(int) - photo).mean() < 4


def test_other_cuts_count_from_what_is_left() -> None:
    photo = pixels(1, 200, 140)
    edits = {"crop": {"x": 0.5, "width": 0.5}, "rotate": 90, "resize": {"width": 70}}
    scanned = framed(photo, 30, 20, 10, 40, 255)

    trimmed, alone = first(edit(saved(scanned), edits | TRIM)), first(edit(saved(photo), edits))

    assert np.array_equal(trimmed, alone)


def test_a_border_that_is_laid_around_it_stays() -> None:
    scanned = framed(pixels(1, 200, 140), 30, 30, 30, 30, 255)
    border = {"border": {"width": 5, "color": "#ffffff"}}

    alone = first(edit(saved(pixels(1, 200, 140)), border))

    assert np.array_equal(first(edit(saved(scanned), border | TRIM)), alone)
