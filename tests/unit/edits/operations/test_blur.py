from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.support.engine_calls import edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.operations.blur import blur
from abzug.edits.recipe import canonical_edits
from abzug.errors import InvalidRequest


def step(size: int) -> np.ndarray:
    """Black on the left, white on the right."""
    picture = np.zeros((size, size, 3), np.uint8)
    picture[:, size // 2 :] = 255
    return picture


def deviation(picture: np.ndarray) -> float:
    """Of the Gaussian that made a step so soft: its slope is the Gaussian itself."""
    slope = np.diff(picture[len(picture) // 2, :, 0].astype(float))
    places = np.arange(len(slope))
    middle = (slope * places).sum() / slope.sum()
    return float(np.sqrt((slope * (places - middle) ** 2).sum() / slope.sum()))


@pytest.mark.parametrize("amount", [1, 5, 10, 20, 40, 60, 80, 100])
def test_an_edge_gets_as_soft_as_asked_for(amount: float) -> None:
    """On 1000 pixels, amount/2 pixels; small and large ones are made in two ways."""
    assert deviation(blur(step(1000), amount)) == pytest.approx(amount / 2, rel=0.04, abs=0.06)


def test_every_step_of_the_slider_blurs_more() -> None:
    picture = pixels(1, 600, 400)

    contrasts = [float(blur(picture.copy(), amount).std()) for amount in range(0, 101, 5)]

    assert np.diff(contrasts).max() < 0.05
    assert contrasts[-1] < 0.95 * contrasts[0]


def test_nothing_moves_and_brightness_stays() -> None:
    picture = pixels(1, 640, 426)

    for amount in (3, 30, 100):
        blurred = blur(picture.copy(), amount)
        assert blurred.shape == picture.shape
        assert blurred.mean() == pytest.approx(picture.mean(), abs=2)
        mirrored = blur(np.ascontiguousarray(picture[:, ::-1]), amount)[:, ::-1]
        assert np.abs(mirrored.astype(int) - blurred).max() <= 2


@pytest.mark.parametrize("size", [(1, 1), (2, 700), (700, 2)])
@pytest.mark.parametrize("amount", [0.01, 100])
def test_the_smallest_pictures_are_blurred_too(size: tuple[int, int], amount: float) -> None:
    grey = np.full((size[1], size[0], 3), 77, np.uint8)

    assert np.array_equal(blur(grey.copy(), amount), grey)


def test_nought_changes_no_bit() -> None:
    picture = pixels(1, 60, 40)

    assert np.array_equal(blur(picture.copy(), 0.0), picture)
    assert canonical_edits({"blur": 0}) == {}


def test_every_size_is_blurred_alike() -> None:
    data = saved(step(800))

    large, small = (
        first(edit(data, {"blur": 40}, {"format": "png", "max_side": side})) for side in (800, 200)
    )

    assert deviation(large) == pytest.approx(4 * deviation(small), rel=0.05)


def test_alpha_is_not_blurred() -> None:
    picture = np.dstack([step(100), step(100)[..., 0]])

    result = first(edit(saved(picture), {"blur": 50}))

    assert np.array_equal(result[..., 3], picture[..., 3])


def test_a_thin_line_on_nothing_keeps_its_color() -> None:
    picture = np.zeros((300, 300, 4), np.uint8)
    picture[150] = (200, 100, 50, 255)

    result = first(edit(saved(picture), {"blur": 100}))

    assert np.abs(result[150, :, :3].astype(int) - (200, 100, 50)).max() <= 2


@pytest.mark.parametrize("wrong", [-1, 101, "5", True, {"amount": 5}])
def test_what_is_no_blur_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidRequest):
        canonical_edits({"blur": wrong})
