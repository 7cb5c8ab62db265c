"""Pictures of 16 bits and those with alpha are warped in tiles; no seam may tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.support.pictures import pixels

from abzug.edits.operations.perspective import Perspective, rectify
from abzug.edits.operations.straighten import straighten
from abzug.edits.pixels.premultiplied import premultiply, unpremultiply

LEANING = Perspective(corners=((0.2, 0.05), (0.9, 0), (1, 1), (0, 0.9)))
WAYS = {"turned": lambda p: straighten(p, -7.0), "seen aside": lambda p: rectify(p, LEANING)}


def picture() -> Any:
    """Some tiles in both directions; smooth, so that places rounded otherwise hardly show."""
    import cv2

    return cv2.GaussianBlur(pixels(1, 700, 560), (0, 0), 4)


@pytest.mark.parametrize("warp", WAYS.values(), ids=WAYS)
def test_16_bits_are_warped_as_8(warp: Any) -> None:
    whole = warp(picture())

    tiled = warp(picture().astype(np.uint16) * 257)

    assert tiled.shape == whole.shape
    assert np.abs(tiled / 257 - whole).max() < 1.6


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("warp", WAYS.values(), ids=WAYS)
def test_what_is_half_transparent_is_warped_as_what_is_not(warp: Any, dtype: Any) -> None:
    whole = warp(picture())
    step = np.iinfo(dtype).max // 255
    half = np.dstack([picture(), np.full(picture().shape[:2], 128)]).astype(dtype) * dtype(step)

    warped = warp(half)

    assert np.abs(warped[..., :3] / step - whole).max() < 1.6
    assert (warped[..., 3] == 128 * step).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_weighed_colors_become_straight_again(dtype: Any) -> None:
    most = np.iinfo(dtype).max
    straight = np.random.default_rng(1).integers(0, most, (50, 60, 4), dtype, endpoint=True)
    straight[..., 3] = straight[..., 3].clip(most // 2)
    result = np.empty_like(straight)

    unpremultiply(premultiply(straight), result)

    assert np.abs(result.astype(int) - straight).max() <= (0 if dtype == np.uint8 else 1)
