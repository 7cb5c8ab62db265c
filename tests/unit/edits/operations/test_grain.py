from __future__ import annotations

import numpy as np
import pytest
from tests.support.pictures import pixels

from abzug.edits.operations.grain import Grain, strew
from abzug.edits.recipe import canonical_edits


def grained(picture: np.ndarray, **settings: float) -> np.ndarray:
    return strew(picture.copy(), Grain(**settings))


def added(level: int, height: int = 400, width: int = 500, **settings: float) -> np.ndarray:
    """What grain adds to a flat grey."""
    flat = np.full((height, width, 3), level, np.uint8)
    return grained(flat, **settings).astype(int) - level


def test_amount_0_changes_nothing() -> None:
    picture = pixels(1)

    assert np.array_equal(grained(picture, amount=0, size=80), picture)
    assert canonical_edits({"grain": {"amount": 0}}) == {}


@pytest.mark.parametrize(("amount", "levels"), [(100, 14.9), (50, 7.4), (10, 1.5)])
def test_the_amount_is_its_strength_in_the_middle_tones(amount: int, levels: float) -> None:
    assert added(128, amount=amount).std() == pytest.approx(levels, rel=0.1)


def test_brightness_stays() -> None:
    assert added(128, amount=100).mean() == pytest.approx(0, abs=0.7)


def test_it_is_weaker_towards_the_ends_and_gone_in_black_and_white() -> None:
    strength = [added(level, amount=100).std() for level in (0, 20, 128, 240, 255)]

    assert strength[0] == strength[4] == 0
    assert strength[1] < 0.8 * strength[2] > 1.5 * strength[3]


def test_it_has_no_color() -> None:
    assert np.ptp(added(128, amount=60), axis=-1).max() == 0


def test_it_is_the_same_every_time() -> None:
    picture = pixels(3)

    assert np.array_equal(grained(picture, amount=40), grained(picture, amount=40))


def test_size_makes_it_coarser() -> None:
    def likeness(size: int) -> float:
        """Of a pixel with the one three to its right."""
        noise = added(128, amount=100, size=size, roughness=0)[..., 0]
        return float(np.corrcoef(noise[:, :-3].ravel(), noise[:, 3:].ravel())[0, 1])

    assert likeness(0) < 0.05
    assert likeness(100) > 0.4


def test_roughness_makes_clumps() -> None:
    def clumps(roughness: int) -> float:
        noise = added(128, amount=100, roughness=roughness)[..., 0]
        return float(noise.reshape(50, 8, -1, 10).mean((1, 3)).std())

    assert clumps(100) > 1.3 * clumps(0)


def test_the_pattern_goes_on_without_a_seam() -> None:
    """It repeats after 1024 pixels: across the seam neighbors are as alike as elsewhere."""
    noise = added(128, height=1100, width=1100, amount=100, size=100)[..., 0]

    steps = np.abs(np.diff(noise, axis=1)).mean(0)
    rows = np.abs(np.diff(noise, axis=0)).mean(1)
    assert steps[1023] < 1.3 * steps.mean()
    assert rows[1023] < 1.3 * rows.mean()


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (2500, 3)])
def test_any_shape_passes(size: tuple[int, int]) -> None:
    picture = pixels(1, *size)

    assert grained(picture, amount=100).shape == picture.shape
