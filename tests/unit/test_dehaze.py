from __future__ import annotations

import numpy as np
import pytest
from tests.pictures import pixels

from abzug.edits.color import color_pass

AIR = np.array([225, 228, 232])


def edited(picture: np.ndarray, **edits: float) -> np.ndarray:
    return color_pass(picture.copy(), {name: float(value) for name, value in edits.items()})


def street(seed: int = 0) -> np.ndarray:
    """Patches of dark and colored things, as on a clear day."""
    rng = np.random.default_rng(seed)
    patches = rng.integers(5, 200, (20, 30, 3), np.uint8)
    patches[::2, ::2, 1:] = 5
    return patches.repeat(20, 0).repeat(20, 1)


def hazy(picture: np.ndarray, passed: float) -> np.ndarray:
    return np.rint(picture * passed + AIR * (1 - passed)).astype(np.uint8)


def distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other).mean())


def test_neutral_changes_nothing() -> None:
    picture = pixels(2)

    assert np.array_equal(edited(picture, dehaze=0), picture)


def test_haze_that_was_laid_on_is_taken_away() -> None:
    clear = street()
    veiled = hazy(clear, 0.5)

    left = [distance(edited(veiled, dehaze=value), clear) for value in (0, 50, 100)]

    assert left[1] < 0.85 * left[0]
    assert left[2] < 0.6 * left[0]


def test_below_0_haze_is_laid_on() -> None:
    clear = street()

    contrast = [edited(clear, dehaze=value).std() for value in (0, -50, -100)]

    assert contrast[1] < 0.9 * contrast[0]
    assert contrast[2] < 0.75 * contrast[0]
    assert edited(clear, dehaze=-100).mean() > clear.mean() + 20


def test_a_clear_picture_is_touched_less_than_a_hazy_one() -> None:
    clear, veiled = street(), hazy(street(), 0.5)

    touched = [distance(edited(picture, dehaze=60), picture) for picture in (clear, veiled)]

    assert touched[0] < 0.5 * touched[1]


def test_a_white_sky_stays_bright() -> None:
    picture = hazy(street(), 0.7)
    picture[:200] = 245

    assert edited(picture, dehaze=100)[:150].mean() > 215


def test_lifted_shadows_do_not_clip_in_cleared_air() -> None:
    veiled = hazy(street() // 2, 0.8)

    plain = edited(veiled, dehaze=50)
    both = edited(veiled, dehaze=50, shadows=100)

    assert both.mean() > plain.mean() + 20
    assert (both == 255).mean() <= (plain == 255).mean() + 0.001


def test_clarity_sees_the_picture_without_its_haze() -> None:
    veiled = hazy(street(), 0.4)

    at_once = edited(veiled, dehaze=80, clarity=60)
    in_turn = edited(edited(veiled, dehaze=80), clarity=60)

    assert distance(at_once, in_turn) < 3
    assert distance(at_once, edited(veiled, dehaze=80)) > 3


@pytest.mark.parametrize("dehaze", [-60, 60])
def test_a_preview_and_the_full_size_agree(dehaze: int) -> None:
    import cv2

    full = hazy(street(), 0.6).repeat(5, 0).repeat(5, 1)
    size = full.shape[1] // 2, full.shape[0] // 2
    preview = cv2.resize(full, size, interpolation=cv2.INTER_AREA)

    result = cv2.resize(edited(full, dehaze=dehaze), size, interpolation=cv2.INTER_AREA)

    assert distance(result, edited(preview, dehaze=dehaze)) <= 0.7


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("dehaze", [-100, 100])
def test_flat_pictures_stay_flat(level: int, dehaze: int) -> None:
    result = edited(np.full((60, 90, 3), level, np.uint8), dehaze=dehaze)

    assert np.ptp(result, axis=(0, 1)).max() == 0


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 50), (400, 7)])
@pytest.mark.parametrize("dehaze", [-100, 100])
def test_any_shape_passes(shape: tuple[int, int], dehaze: int) -> None:
    picture = pixels(4, width=shape[1], height=shape[0])

    assert edited(picture, dehaze=dehaze, shadows=50).shape == picture.shape
