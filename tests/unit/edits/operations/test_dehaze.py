from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.support.pictures import pixels

from abzug.edits.color.color_pass import color_pass
from abzug.edits.color.colorspace import oklab, polar, to_linear

AIR = np.array([225, 228, 232])
SKIN = (224, 172, 148)


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


def two(left: tuple[int, ...], right: tuple[int, ...]) -> np.ndarray:
    """Two colors side by side, so large that the middle of each knows nothing of the other."""
    picture = np.empty((300, 600, 3), np.uint8)
    picture[:, :300], picture[:, 300:] = left, right
    return picture


def cleared(color: tuple[int, ...], dehaze: float, spared: float = 0) -> np.ndarray:
    """The definition in float64, for what is darker than a white sky and lies in AIR."""
    haze = (AIR + AIR.mean()) / 2 / 255
    passed = 1 - 0.76 * dehaze / 100 * (np.array(color) / 255 / haze).min()
    passed += (1 - passed) * spared
    found: np.ndarray = 255 * np.clip((np.array(color) / 255 - haze) / passed + haze, 0, 1)
    return found


def oklch(picture: np.ndarray) -> np.ndarray:
    """Lightness, chroma and hue of the mean color."""
    return polar(oklab(to_linear(picture.reshape(-1, 3) / 255)).mean(0))


def test_neutral_changes_nothing() -> None:
    picture = pixels(2)

    assert np.array_equal(edited(picture, dehaze=0), picture)


def test_haze_that_was_laid_on_is_taken_away() -> None:
    clear = street()
    veiled = hazy(clear, 0.5)

    left = [distance(edited(veiled, dehaze=value), clear) for value in (0, 50, 100)]

    assert left[1] < 0.85 * left[0]
    assert left[2] < 0.6 * left[0]


@pytest.mark.parametrize("dehaze", [25, 50, 100])
@pytest.mark.parametrize("color", [(90, 110, 130), (120, 150, 110), (170, 165, 175), (20, 20, 20)])
def test_haze_is_taken_away_by_the_definition(color: tuple[int, ...], dehaze: int) -> None:
    result = edited(two(color, tuple(AIR)), dehaze=dehaze)

    assert np.abs(result[150, 150] - cleared(color, dehaze)).max() <= 1


def test_what_has_the_color_of_skin_is_cleared_if_nothing_around_is_black() -> None:
    result = edited(two(SKIN, tuple(AIR)), dehaze=100)

    assert np.abs(result[150, 150] - cleared(SKIN, 100)).max() <= 1


@pytest.mark.parametrize("dehaze", [50, 100])
def test_skin_beside_something_black_is_spared(dehaze: int) -> None:
    picture = two(SKIN, tuple(AIR))
    picture[150:180, 60:90] = 8

    result = edited(picture, dehaze=dehaze)[150, 160]

    assert np.abs(result - cleared(SKIN, dehaze, spared=0.85)).max() <= 1


@pytest.mark.parametrize(
    "skin", [(255, 224, 196), (241, 194, 165), SKIN, (198, 134, 106), (141, 85, 60), (80, 50, 40)]
)
def test_no_skin_reddens_or_darkens(skin: tuple[int, ...]) -> None:
    picture = two(skin, tuple(AIR))
    picture[150:180, 60:90] = 8

    before, after = (oklch(made[150, 160]) for made in (picture, edited(picture, dehaze=100)))

    assert before[0] - after[0] < 0.05
    assert after[1] / before[1] < 1.25
    assert abs(after[2] - before[2]) < 4


def test_a_face_neither_reddens_nor_darkens(photos: Path) -> None:
    face = np.asarray(Image.open(photos / "redeye-reference.png").convert("RGB"))
    places = [(slice(20, 120), slice(200, 370)), (slice(210, 400), slice(60, 520))]

    result = edited(face, dehaze=100)

    for place in places:
        before, after = oklch(face[place]), oklch(result[place])
        assert 0 <= before[0] - after[0] < 0.05
        assert 1 <= after[1] / before[1] < 1.25
        assert abs(after[2] - before[2]) < 4


def test_haze_is_taken_away(photos: Path) -> None:
    clear = np.asarray(Image.open(photos / "orient-landscape-1.jpg").convert("RGB").reduce(2))
    far = np.linspace(1, 0.15, len(clear))[:, None, None]
    veiled = np.rint(AIR + (clear - AIR) * np.exp(-far)).astype(np.uint8)

    left = [distance(edited(veiled, dehaze=value), clear) for value in (0, 50, 100)]

    assert left[1] < 0.7 * left[0]
    assert left[2] < 0.45 * left[0]


def test_the_sky_beside_something_dark_has_no_bright_seam() -> None:
    picture = two((25, 30, 20), (170, 180, 190))
    picture[:40] = AIR

    row = edited(picture, dehaze=100)[170].mean(-1)

    assert row[306:].max() - row[500] < 10


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
