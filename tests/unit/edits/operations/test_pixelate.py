from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.support.engine_calls import edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.operations.pixelate import pixelate
from abzug.edits.recipe import canonical_edits
from abzug.errors import InvalidRequest


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_each_square_has_the_mean_of_its_colors(depth: type[np.uint8 | np.uint16]) -> None:
    picture: Any = pixels(1, 330, 200).astype(depth) * (np.iinfo(depth).max // 255)

    result = pixelate(picture.copy(), 100)

    for y in range(0, 200, 20):
        for x in range(0, 330, 20):  # the last ones are cut off
            square = picture[y : y + 20, x : x + 20].reshape(-1, 3)
            painted = result[y : y + 20, x : x + 20].reshape(-1, 3)
            assert (painted == painted[0]).all()
            assert np.abs(painted[0] - square.mean(axis=0)).max() <= 0.5001


def test_squares_grow_with_the_slider_and_with_the_picture() -> None:
    def squares(amount: float, width: int, height: int) -> int:
        ramp = np.arange(width, dtype=np.uint16)[None, :, None] * np.ones((height, 1, 3), np.uint16)
        return len(np.unique(pixelate(ramp * 50, amount)[0, :, 0]))

    assert squares(100, 400, 200) == 20
    assert squares(20, 400, 200) == 100
    assert squares(50, 800, 400) == squares(50, 400, 200) == 40


def test_what_cannot_be_seen_gives_no_color_and_the_outline_stays() -> None:
    y, x = np.mgrid[0:100, 0:100]
    disk = np.zeros((100, 100, 4), np.uint8)
    disk[np.hypot(y - 50, x - 50) < 30] = (200, 100, 50, 255)

    result = first(edit(saved(disk), {"pixelate": 80}))

    assert np.array_equal(result[..., 3], disk[..., 3])
    assert np.abs(result[disk[..., 3] > 0][:, :3].astype(int) - (200, 100, 50)).max() <= 1


@pytest.mark.parametrize("size", [(1, 1), (2, 700), (700, 2), (19, 31)])
def test_any_shape_passes(size: tuple[int, int]) -> None:
    grey = np.full((size[1], size[0], 3), 77, np.uint8)

    assert np.array_equal(pixelate(grey.copy(), 100), grey)


def test_nought_is_no_edit() -> None:
    picture = pixels(1, 60, 40)

    assert np.array_equal(pixelate(picture.copy(), 0), picture)
    assert canonical_edits({"pixelate": 0}) == {}


@pytest.mark.parametrize("wrong", [-1, 101, "5", True, {"amount": 5}])
def test_what_is_no_mosaic_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidRequest):
        canonical_edits({"pixelate": wrong})
