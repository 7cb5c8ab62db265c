from __future__ import annotations

import cv2
import numpy as np
import pytest
from tests.support.pictures import pixels

from abzug.edits.operations.color_noise_reduction import clean
from abzug.edits.recipe import canonical_edits


def scene() -> np.ndarray:
    picture = np.full((400, 600, 3), (120, 110, 100), np.uint8)
    picture[:, 300:] = (60, 100, 170)
    return picture


def specked(picture: np.ndarray, sigma: float, grain: int = 1) -> np.ndarray:
    """With noise of its own in each channel, in specks of some pixels."""
    height, width = picture.shape[:2]
    noise = np.random.default_rng(1).normal(0, sigma, (height // grain, width // grain, 3))
    noise = noise.repeat(grain, 0).repeat(grain, 1)
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)


def cleaned(picture: np.ndarray, amount: float) -> np.ndarray:
    return clean(picture.copy(), amount)


def unevenness(picture: np.ndarray) -> float:
    """Of chroma, within the left half."""
    chroma = cv2.cvtColor(picture[20:-20, 20:280], cv2.COLOR_RGB2YCrCb)[..., 1:]
    return float(chroma.reshape(-1, 2).std(0).mean())


def test_0_is_neutral() -> None:
    assert canonical_edits({"color_noise_reduction": 0}) == {}


@pytest.mark.parametrize("grain", [1, 2, 4])
def test_specks_and_blotches_go(grain: int) -> None:
    picture = specked(scene(), 10, grain)

    left = [unevenness(cleaned(picture, amount)) for amount in (25, 50, 100)]

    assert left[1] < 0.5 * unevenness(picture)
    assert left[2] <= left[1] <= left[0] < unevenness(picture)


def test_lightness_stays() -> None:
    picture = specked(scene(), 8)

    before, after = (cv2.cvtColor(p, cv2.COLOR_RGB2GRAY) for p in (picture, cleaned(picture, 50)))

    assert np.abs(after.astype(int) - before).max() <= 2


def test_edges_of_color_stay() -> None:
    result = cleaned(specked(scene(), 6), 50).astype(int)

    for columns, color in ((slice(290, 296), scene()[0, 0]), (slice(304, 310), scene()[0, -1])):
        np.testing.assert_allclose(result[:, columns].mean((0, 1)), color, atol=3)


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_the_least_of_it_hardly_changes_a_clean_photo(depth: type[np.uint8 | np.uint16]) -> None:
    stripes = np.full((60, 80, 3), 230, depth)
    stripes[:, ::2] = (200, 20, 30)
    stripes *= np.iinfo(depth).max // 255

    change = cleaned(stripes, 1).astype(float) - stripes

    assert np.abs(change).max() <= 0.04 * np.iinfo(depth).max
    assert np.abs(cleaned(stripes, 25).astype(float) - stripes).max() > np.abs(change).max()


def test_grey_stays_grey() -> None:
    grey = pixels(3)[..., :1].repeat(3, axis=2)

    assert np.array_equal(cleaned(grey, 100), grey)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 300), (700, 2), (33, 129)])
def test_any_shape_and_the_end_pass(size: tuple[int, int]) -> None:
    picture = pixels(1, *size)

    assert cleaned(picture, 100).shape == picture.shape
