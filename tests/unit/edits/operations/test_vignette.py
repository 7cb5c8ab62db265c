from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.support.pictures import pixels

from abzug.edits.color.color_pass import color_pass
from abzug.edits.operations.vignette import Vignette, whiten
from abzug.edits.recipe import canonical_edits, typed_edits


def edited(picture: np.ndarray, **settings: float) -> np.ndarray:
    """Both halves of the operation, in their order."""
    value = Vignette(**settings)
    return whiten(color_pass(picture.copy(), {"vignette": value}), value)


def grey(level: int = 128, height: int = 200, width: int = 300) -> np.ndarray:
    return np.full((height, width, 3), level, np.uint8)


@pytest.mark.parametrize("settings", [{}, {"amount": 0, "midpoint": 10, "feather": 0}])
def test_without_an_amount_nothing_changes(settings: dict[str, Any]) -> None:
    picture = pixels(2)

    assert np.array_equal(edited(picture, **settings), picture)


def test_the_default_is_dropped_from_the_edits() -> None:
    plain = {"amount": 0, "midpoint": 50, "feather": 50}

    assert canonical_edits({"vignette": plain}) == {}
    assert typed_edits(canonical_edits({"vignette": {"amount": -5}}))["vignette"].midpoint == 50


def test_minus_100_takes_four_stops_from_a_corner_and_nothing_from_the_middle() -> None:
    result = edited(grey(), amount=-100)

    assert result[0, 0, 0] == pytest.approx(128 * 2 ** (-4 / 2.2), abs=1)
    assert np.array_equal(result[90:110, 140:160], grey()[90:110, 140:160])


def test_plus_100_turns_a_corner_nearly_white_and_leaves_the_middle() -> None:
    result = edited(grey(), amount=100)

    assert result[0, 0, 0] == pytest.approx(255 - 127 * 2 ** (-4 / 2.2), abs=1.5)
    assert np.array_equal(result[90:110, 140:160], grey()[90:110, 140:160])


@pytest.mark.parametrize("amount", [-100, -30, 30, 100])
def test_it_grows_outwards_and_is_symmetric(amount: int) -> None:
    result = edited(grey(), amount=amount)[..., 0].astype(int)

    outwards = np.diff(result[100, 150:]) * np.sign(amount)
    assert outwards.min() >= 0
    assert np.abs(result - result[::-1]).max() <= 1
    assert np.abs(result - result[:, ::-1]).max() <= 1


def test_the_midpoint_moves_it_outwards() -> None:
    near, far = (edited(grey(), amount=-80, midpoint=value) for value in (0, 100))

    assert near[100, 230, 0] < 128 - 20
    assert far[100, 230, 0] == 128


def test_the_feather_softens_it() -> None:
    def steepest(feather: int) -> int:
        row = edited(grey(width=300, height=100), amount=-80, feather=feather)[50, :, 0]
        return int(np.abs(np.diff(row.astype(int))).max())

    assert steepest(0) > 2 * steepest(100)


def test_large_photos_get_the_same_as_small_ones() -> None:
    small, large = edited(grey(), amount=70), edited(grey(height=1200, width=1800), amount=70)

    assert np.abs(large[3::6, 3::6].astype(int) - small).max() <= 2


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (70, 2)])
@pytest.mark.parametrize("amount", [-100, 100])
def test_any_shape_and_the_ends_pass(shape: tuple[int, int], amount: int) -> None:
    picture = pixels(1, *shape)

    result = edited(picture, amount=amount).astype(int)

    assert result.shape == picture.shape
    assert ((result - picture) * np.sign(amount)).min() >= 0
