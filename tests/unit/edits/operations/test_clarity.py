from __future__ import annotations

import numpy as np
import pytest
from tests.support.pictures import pixels

from abzug.edits.color.color_pass import color_pass


def edited(picture: np.ndarray, **edits: float) -> np.ndarray:
    return color_pass(picture.copy(), {name: float(value) for name, value in edits.items()})


def drawing(level: int = 120, swing: int = 12) -> np.ndarray:
    """Waves of some 20 pixels around a brightness."""
    wave = level + swing * np.sin(np.arange(600) / 3)
    return np.tile(np.rint(wave).astype(np.uint8)[None, :, None], (300, 1, 3))


def contrast(picture: np.ndarray) -> float:
    return float(picture[100:-100, 100:-100].std())


def test_neutral_changes_nothing() -> None:
    picture = pixels(2)

    assert np.array_equal(edited(picture, clarity=0), picture)


def test_drawing_gets_the_contrast_that_the_slider_says() -> None:
    before = contrast(drawing())

    swing = [contrast(edited(drawing(), clarity=value)) / before for value in range(-100, 101, 50)]

    assert swing == pytest.approx([0.59, 0.78, 1, 1.34, 1.68], abs=0.03)


def test_the_middle_tones_get_most_of_it() -> None:
    def growth(level: int) -> float:
        plain = drawing(level, 6)
        return contrast(edited(plain, clarity=100)) / contrast(plain)

    assert growth(120) > 1.5
    assert growth(14) < 1.2
    assert growth(246) < 1.2


@pytest.mark.parametrize("clarity", [-100, 100])
def test_brightness_stays_and_a_flat_picture_too(clarity: int) -> None:
    flat = np.full((100, 150, 3), (90, 130, 170), np.uint8)

    assert np.array_equal(edited(flat, clarity=clarity), flat)
    assert edited(drawing(), clarity=clarity).mean() == pytest.approx(drawing().mean(), abs=2.5)


@pytest.mark.parametrize("clarity", [-100, 100])
def test_a_strong_edge_stays_an_edge_with_little_halo(clarity: int) -> None:
    edge = np.full((300, 600, 3), 60, np.uint8)
    edge[:, 300:] = 190

    row = edited(edge, clarity=clarity)[150, :, 0].astype(int)

    assert np.abs(row[:300] - 60).max() <= 24
    assert np.abs(row[300:] - 190).max() <= 24
    assert row[:300].max() < row[300:].min()


def test_colors_keep_their_hue() -> None:
    tinted = (drawing() * np.array([1, 0.7, 0.4])).astype(np.uint8)

    result = edited(tinted, clarity=100).astype(float)

    np.testing.assert_allclose(result[..., 1] / result[..., 0], 0.7, atol=0.02)
    assert np.abs(result - tinted).max() > 10


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 50), (400, 7)])
@pytest.mark.parametrize("clarity", [-100, 100])
def test_any_shape_passes(shape: tuple[int, int], clarity: int) -> None:
    picture = pixels(4, width=shape[1], height=shape[0])

    assert edited(picture, clarity=clarity).shape == picture.shape
