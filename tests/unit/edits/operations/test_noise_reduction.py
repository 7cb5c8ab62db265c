from __future__ import annotations

import numpy as np
import pytest
from tests.support.pictures import pixels

from abzug.edits.operations.noise_reduction import smooth
from abzug.edits.pixels.noise import measured
from abzug.edits.recipe import canonical_edits


def noisy(picture: np.ndarray, sigma: float, seed: int = 1) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, sigma, (*picture.shape[:2], 1))
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)


def scene() -> np.ndarray:
    """Smooth surfaces and edges."""
    x = np.linspace(60, 190, 600)
    picture = np.tile(x[None, :, None], (400, 1, 3))
    picture[100:200, 100:300] = 40
    picture[250:350, 300:500] = (200, 120, 80)
    return picture.astype(np.uint8)


def smoothed(picture: np.ndarray, amount: float) -> np.ndarray:
    return smooth(picture.copy(), amount)


def error(picture: np.ndarray, truth: np.ndarray) -> float:
    return float(np.sqrt(np.square(picture.astype(float) - truth).mean()))


def test_0_is_neutral_and_changes_nothing() -> None:
    picture = pixels(1)

    assert canonical_edits({"noise_reduction": 0}) == {}
    assert np.array_equal(smoothed(picture, 0), picture)


@pytest.mark.parametrize("sigma", [3, 6])
def test_the_noise_is_measured_in_spite_of_edges(sigma: float) -> None:
    luma = noisy(scene(), sigma)[..., 0]

    assert measured(luma) == pytest.approx(sigma, rel=0.15)


def test_more_takes_more_noise() -> None:
    picture = noisy(scene(), 6)

    left = [error(smoothed(picture, amount), scene()) for amount in (0, 25, 50)]

    assert left[1] < 0.7 * left[0]
    assert left[2] < 0.5 * left[0]


def test_edges_stay() -> None:
    picture = smoothed(noisy(scene(), 6), 50).astype(int)

    inside, outside = picture[110:190, 102, 0].mean(), picture[110:190, 97, 0].mean()
    assert outside - inside == pytest.approx(scene()[150, 97, 0] - 40.0, abs=5)


def test_a_clean_picture_is_hardly_touched() -> None:
    assert error(smoothed(scene(), 50), scene()) < 0.8


def test_what_is_taken_has_no_color() -> None:
    picture = noisy(scene(), 6)

    taken = smoothed(picture, 50).astype(int) - picture

    inner = (picture.min(-1) > 30) & (picture.max(-1) < 225)
    assert np.ptp(taken[inner], axis=-1).max() == 0
    assert np.abs(taken).max() > 5


def test_strips_leave_no_seam() -> None:
    tile = noisy(pixels(5, 200, 128), 4)
    tall = np.vstack([tile, tile, tile])

    result = smoothed(tall, 50)

    assert np.array_equal(result[64:128], result[192:256])


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 300), (700, 2), (5, 129)])
def test_any_shape_and_the_end_pass(size: tuple[int, int]) -> None:
    picture = pixels(1, *size)

    assert smoothed(picture, 100).shape == picture.shape
