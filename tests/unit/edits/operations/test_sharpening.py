from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from tests.support.pictures import pixels

from abzug.edits.operations.sharpening import Sharpening, sharpen


def defined(picture: np.ndarray, value: Sharpening) -> np.ndarray:
    """What `sharpen` says of itself, without masking, in floats and on the whole picture."""
    luma = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float64)
    difference = luma - cv2.GaussianBlur(luma, (0, 0), value.radius)
    limit = 6 + 0.6 * value.detail
    added = 1.25 * value.amount / 100 * limit * np.tanh(difference / limit)
    return np.clip(picture + added[..., None], 0, 255)


def sharpened(picture: np.ndarray, **settings: Any) -> np.ndarray:
    return sharpen(picture.copy(), Sharpening(**settings))


@pytest.mark.parametrize(
    "settings",
    [
        {"amount": 40},
        {"amount": 150, "detail": 100},
        {"amount": 80, "radius": 3, "detail": 0},
        {"amount": 60, "radius": 0.5},
    ],
)
def test_sharpening_is_what_it_is_defined_to_be(settings: dict[str, Any]) -> None:
    picture = pixels(3, 300, 400)
    value = Sharpening(**settings)

    error = np.abs(sharpen(picture.copy(), value) - defined(picture, value))

    # Blurring in 8 bits rounds by half a level; so much is half a level worth here.
    assert error.max() <= 1.5 + 0.0125 * value.amount
    assert np.abs(picture - defined(picture, value)).max() > 5


@pytest.mark.parametrize("settings", [{"amount": 0}, {"amount": 0, "masking": 50}])
def test_amount_0_changes_nothing(settings: dict[str, Any]) -> None:
    picture = pixels(1)

    assert np.array_equal(sharpened(picture, **settings), picture)


def test_a_flat_picture_stays_as_it_is() -> None:
    flat = np.full((300, 200, 3), (90, 130, 170), np.uint8)

    assert np.array_equal(sharpened(flat, amount=150, detail=100), flat)


def test_strips_leave_no_seam() -> None:
    """Rows are worked on in strips of 128: 128 rows further down the same must come out."""
    tile = pixels(5, 200, 128)
    tall = np.vstack([tile, tile, tile])

    result = sharpened(tall, amount=100, radius=3, masking=30)

    assert np.array_equal(result[100:128], result[228:256])


def test_edges_get_no_color() -> None:
    step = np.full((64, 64, 3), (120, 80, 60), np.uint8)
    step[:, 32:] = (160, 120, 100)

    result = sharpened(step, amount=100).astype(int)

    added = result - step
    assert np.ptp(added, axis=-1).max() == 0
    assert np.abs(added).max() > 5


def test_masking_spares_what_is_smooth() -> None:
    rng = np.random.default_rng(0)
    noisy = (120 + rng.normal(0, 2, (200, 200, 1))).repeat(3, axis=2)
    noisy[:, 100:] += 90
    noisy = noisy.clip(0, 255).astype(np.uint8)

    def change(masking: float, columns: slice) -> float:
        result = sharpened(noisy, amount=100, masking=masking)
        return float(np.abs(result[:, columns].astype(int) - noisy[:, columns]).mean())

    smooth, edge = slice(0, 80), slice(97, 103)
    assert change(80, smooth) < 0.1 * change(0, smooth)
    assert change(80, edge) > 0.8 * change(0, edge)


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 300), (700, 2)])
def test_narrow_pictures_are_sharpened_too(size: tuple[int, int]) -> None:
    picture = pixels(1, *size)

    assert sharpened(picture, amount=100, radius=3, masking=50).shape == picture.shape
