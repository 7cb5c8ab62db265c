from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from tests.support.engine_calls import decoded, edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.operations.round_corners import RoundCorners, round_corners
from abzug.edits.recipe import canonical_edits
from abzug.errors import InvalidRequest


def test_fifty_percent_of_a_square_is_a_circle() -> None:
    result = round_corners(np.full((200, 200, 3), 90, np.uint8), RoundCorners(radius=50))

    rows, columns = np.mgrid[0:200, 0:200] - 99.5
    away = np.hypot(rows, columns)
    assert (result[away < 99][:, 3] == 255).all()
    assert (result[away > 101][:, 3] == 0).all()
    assert result[..., 3].sum() / 255 == pytest.approx(math.pi * 100**2, rel=1e-3)


@pytest.mark.parametrize("size", [(300, 200), (201, 333)])
def test_only_the_four_corners_change_and_all_alike(size: tuple[int, int]) -> None:
    picture = pixels(1, *size)

    result = round_corners(picture.copy(), RoundCorners(radius=10))

    alpha = result[..., 3]
    edge = math.ceil(min(size) * 0.1)
    assert np.array_equal(result[..., :3], picture)
    assert (alpha[edge:-edge] == 255).all()
    assert (alpha[:, edge:-edge] == 255).all()
    assert np.array_equal(alpha, alpha[::-1])
    assert np.array_equal(alpha, alpha[:, ::-1])
    assert alpha[0, 0] == 0
    assert ((alpha > 0) & (alpha < 255)).any(), "the edge is smooth"


def test_what_was_transparent_stays_so() -> None:
    clear = np.zeros((50, 50, 4), np.uint8)

    assert (round_corners(clear.copy(), RoundCorners(radius=20)) == 0).all()


def test_no_radius_is_no_edit() -> None:
    picture = pixels(1, 30, 20)

    assert round_corners(picture, RoundCorners()) is picture
    assert canonical_edits({"round_corners": {"radius": 0}}) == {}


@pytest.mark.parametrize("form", ["png", "webp", "avif", "tiff"])
def test_corners_are_transparent_where_the_format_can(form: str) -> None:
    data = saved(np.full((100, 100, 3), 60, np.uint8))

    result = first(edit(data, {"round_corners": {"radius": 30}}, {"format": form}))

    assert result[0, 0, 3] == 0
    assert result[50, 50, 3] == 255


def test_corners_are_white_in_a_jpeg() -> None:
    data = saved(np.full((100, 100, 3), 60, np.uint8))

    result = first(edit(data, {"round_corners": {"radius": 30}}, {"format": "jpeg"}))

    assert (result[:4, :4] > 240).all()
    assert (abs(result[40:60, 40:60].astype(int) - 60) < 5).all()
    assert (abs(first(edit(data, {}, {"format": "jpeg"}))[:4, :4].astype(int) - 60) < 5).all()


def test_a_border_is_rounded_with_its_picture() -> None:
    data = saved(np.full((100, 100, 3), 60, np.uint8))
    edits = {"round_corners": {"radius": 30}, "border": {"width": 10, "color": "#ff0000"}}

    result = first(edit(data, edits))

    assert result.shape == (120, 120, 4)
    assert result[0, 0, 3] == 0
    assert (result[0, 60] == (255, 0, 0, 255)).all()


def test_every_size_is_rounded_once() -> None:
    data = saved(np.full((400, 400, 3), 60, np.uint8))
    outputs = [{"name": str(side), "format": "png", "max_side": side} for side in (400, 100)]

    results = edit(data, {"round_corners": {"radius": 25}}, *outputs).results
    large, small = (decoded(one.data)[..., 3].astype(float) for one in results)

    assert small.mean() == pytest.approx(large.mean(), abs=0.5)


@pytest.mark.parametrize("wrong", [{"radius": 51}, {"radius": -1}, {"radius": "5"}, 5])
def test_what_is_no_radius_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidRequest):
        canonical_edits({"round_corners": wrong})
