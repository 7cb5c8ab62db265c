"""What is laid over a picture, against the definition of 'over' in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from abzug.edits.pixels.compositing import compose, tile

Floats = npt.NDArray[np.float64]
HEIGHT, WIDTH = 300, 560
"""More than a block in both directions, and no multiple of one."""


def smooth(height: int, width: int, dtype: Any, *, seed: int) -> Any:
    """RGBA that varies slowly; its alpha is cut off at nothing and at all."""
    phases = np.random.default_rng(seed).uniform(0, 6, (4, 1, 1))
    y, x = np.mgrid[:height, :width] / 40
    waves = np.moveaxis(np.sin(x + phases) * np.sin(y - phases), 0, -1)
    waves[..., 3] *= 1.6
    most = np.iinfo(dtype).max
    return np.rint((waves / 2 + 0.5).clip(0, 1) * most).astype(dtype)


def over(below: Any, weighed: Floats) -> Floats:
    """Straight RGBA, all in 0..1, of weighed RGBA over straight RGB or RGBA (Porter and Duff)."""
    values = below / np.iinfo(below.dtype).max
    alpha = values[..., 3:] if below.shape[2] == 4 else np.ones_like(values[..., :1])
    cover = weighed[..., 3:]
    both = cover + alpha * (1 - cover)
    mixed = weighed[..., :3] + values[..., :3] * alpha * (1 - cover)
    straight = np.divide(mixed, both, out=values[..., :3].copy(), where=both > 0)
    return np.dstack([straight, both])


def weighed(patch: Any, opacity: float) -> Floats:
    values: Floats = patch / np.iinfo(patch.dtype).max
    values[..., 3] *= opacity
    values[..., :3] *= values[..., 3:]
    return values


def pattern(patch: Floats, gap: int, angle: float) -> Floats:
    """The mark in rows shifted by half, turned about the middle of the picture; bilinear."""
    height, width = patch.shape[:2]
    row = np.pad(patch, ((0, gap), (0, gap), (0, 0)))
    cell = np.concatenate([row, np.roll(row, (width + gap) // 2, axis=1)])
    y, x = np.mgrid[:HEIGHT, :WIDTH] - np.array([HEIGHT // 2, WIDTH // 2])[:, None, None]
    sine, cosine = np.sin(np.deg2rad(angle)), np.cos(np.deg2rad(angle))
    across, down = cosine * x + sine * y + width // 2, cosine * y - sine * x + height // 2
    left, top = np.floor(across).astype(int), np.floor(down).astype(int)
    right_share, lower_share = (across - left)[..., None], (down - top)[..., None]

    def at(y: Any, x: Any) -> Any:
        return cell[y % cell.shape[0], x % cell.shape[1]]

    upper = at(top, left) * (1 - right_share) + at(top, left + 1) * right_share
    lower = at(top + 1, left) * (1 - right_share) + at(top + 1, left + 1) * right_share
    turned: Floats = upper * (1 - lower_share) + lower * lower_share
    return turned


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("dtype_of_patch", [np.uint8, np.uint16])
def test_a_patch_is_laid_over_as_defined(channels: int, dtype: Any, dtype_of_patch: Any) -> None:
    below = np.ascontiguousarray(smooth(HEIGHT, WIDTH, dtype, seed=1)[..., :channels])
    patch = smooth(HEIGHT, WIDTH, dtype_of_patch, seed=2)
    exact = over(below, weighed(patch, 0.6)) * np.iinfo(dtype).max

    compose(below, patch, 0.6)

    assert np.abs(below - exact[..., :channels]).max() < 0.51


@pytest.mark.parametrize("angle", [0.0, -30.0, 45.0])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_tiling_is_laid_over_as_defined(angle: float, channels: int, dtype: Any) -> None:
    below = np.ascontiguousarray(smooth(HEIGHT, WIDTH, dtype, seed=1)[..., :channels])
    patch = smooth(70, 110, np.uint8, seed=2)
    patch[..., 3] = patch[..., 3] * np.outer(np.hanning(70), np.hanning(110))  # no hard edge
    exact = over(below, pattern(weighed(patch, 0.6), 20, angle)) * 255

    tile(below, patch, gap=20, angle=angle, opacity=0.6)

    result = below / (np.iinfo(dtype).max // 255)
    seen = exact[..., 3:] / 255  # a color that hardly shows has few levels to be told by
    assert np.abs((result[..., :3] - exact[..., :3]) * seen).max() < 1
    if channels == 4:
        assert np.abs(result[..., 3] - exact[..., 3]).max() < 1


def test_what_cannot_be_seen_keeps_its_color() -> None:
    below = smooth(HEIGHT, WIDTH, np.uint8, seed=1)
    below[..., 3] = 0
    before = below.copy()

    tile(below, np.zeros((20, 30, 4), np.uint8), gap=5, angle=10, opacity=1)

    assert np.array_equal(below, before)
