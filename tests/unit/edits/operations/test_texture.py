from __future__ import annotations

import numpy as np
import pytest
from tests.support.pictures import pixels

from abzug.edits.operations.texture import texturize
from abzug.edits.recipe import canonical_edits


def textured(picture: np.ndarray, texture: float) -> np.ndarray:
    return texturize(picture.copy(), texture)


def weave(swing: int, period: int = 8) -> np.ndarray:
    """Waves of some pixels around mid grey."""
    wave = 128 + swing * np.sin(2 * np.pi * np.arange(320) / period)
    return np.tile(np.rint(wave).astype(np.uint8)[None, :, None], (200, 1, 3))


def growth(texture: float, swing: int = 8, period: int = 8) -> float:
    before = weave(swing, period)
    after = textured(before, texture)
    return float(after[20:-20, 20:-20].std() / before[20:-20, 20:-20].std())


def test_0_is_neutral_and_changes_nothing() -> None:
    picture = pixels(1)

    assert canonical_edits({"texture": 0}) == {}
    assert np.array_equal(textured(picture, 0), picture)


def test_small_structures_grow_with_the_slider() -> None:
    grown = [growth(value) for value in (-100, -50, 0, 50, 100)]

    assert np.diff(grown).min() > 0.15
    assert grown[0] < 0.6
    assert grown[4] > 1.6


def test_large_shapes_are_not_its_business() -> None:
    assert growth(100, period=160) == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize("texture", [-100, 100])
def test_a_strong_edge_keeps_its_form(texture: float) -> None:
    edge = np.full((64, 200, 3), 40, np.uint8)
    edge[:, 100:] = 215

    assert np.abs(textured(edge, texture).astype(int) - edge).max() <= 14


@pytest.mark.parametrize("texture", [-100, 100])
def test_a_flat_picture_stays_as_it_is(texture: float) -> None:
    flat = np.full((150, 90, 3), (90, 130, 170), np.uint8)

    assert np.array_equal(textured(flat, texture), flat)


def test_nothing_gets_a_color() -> None:
    tinted = weave(8) // np.array([1, 2, 4], np.uint8)

    added = textured(tinted, 100).astype(int) - tinted

    assert np.ptp(added, axis=-1).max() == 0
    assert np.abs(added).max() > 2


@pytest.mark.parametrize("texture", [-100, 100])
def test_black_and_white_do_not_run_over(texture: float) -> None:
    spots = np.zeros((90, 90, 3), np.uint8)
    spots[::6, ::6] = 20
    bright = 255 - spots

    for picture in (spots, bright):
        assert np.abs(textured(picture, texture).astype(int) - picture).max() < 40


def test_strips_leave_no_seam() -> None:
    tile = pixels(5, 200, 128)
    tall = np.vstack([tile, tile, tile])

    result = textured(tall, 100)

    assert np.array_equal(result[40:128], result[168:256])


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 300), (700, 2)])
@pytest.mark.parametrize("texture", [-100, 100])
def test_narrow_pictures_pass(size: tuple[int, int], texture: float) -> None:
    picture = pixels(1, *size)

    assert textured(picture, texture).shape == picture.shape
