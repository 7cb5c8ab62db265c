"""Auto straighten: how far photos are found to be turned, and which are left alone."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.support.animations import animated, taken_apart
from tests.support.engine_calls import edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.operations.auto_straighten import turn_of
from abzug.edits.operations.straighten import straighten
from abzug.edits.recipe import canonical_edits
from abzug.errors import InvalidRequest

AUTO = {"auto_straighten": True}


def house() -> np.ndarray:
    """Walls, windows and a street, in 900 × 600 with some grain."""
    canvas = np.full((600, 900, 3), (150, 180, 220), np.uint8)
    canvas[420:] = (90, 90, 85)
    canvas[120:420, 250:700] = (170, 120, 90)
    for left in range(290, 640, 90):
        canvas[170:250, left : left + 50] = canvas[300:380, left : left + 50] = (40, 45, 60)
    grain = np.random.default_rng(1).normal(0, 4, canvas.shape)
    return np.clip(cv2.GaussianBlur(canvas, (0, 0), 1) + grain, 0, 255).astype(np.uint8)


def test_off_is_no_edit_and_anything_but_a_switch_is_refused() -> None:
    assert canonical_edits({"auto_straighten": False}) == {}
    with pytest.raises(InvalidRequest):
        canonical_edits({"auto_straighten": 1.5})


@pytest.mark.parametrize("degrees", [-8, -3, -0.5, 0.5, 2, 8])
def test_what_was_turned_is_turned_back(degrees: float) -> None:
    assert turn_of(straighten(house(), degrees), True) == pytest.approx(-degrees, abs=0.15)


def test_the_result_is_that_of_straightening_by_the_angle_that_is_found() -> None:
    askew = straighten(house(), 3)
    angle = turn_of(askew, True)

    assert np.array_equal(
        first(edit(saved(askew), AUTO)), first(edit(saved(askew), {"straighten": angle}))
    )


def test_sizes_follow_from_what_is_left() -> None:
    askew = straighten(house(), 3)
    large, small = edit(
        saved(askew), AUTO, {"name": "l", "format": "png"}, {"name": "s", "max_side": 300}
    ).results

    assert (large.width, large.height) == first(edit(saved(straighten(askew, -3)))).shape[1::-1]
    assert (small.width, small.height) == (300, round(300 * large.height / large.width))


def test_a_level_photo_is_not_touched() -> None:
    assert np.array_equal(first(edit(saved(house()), AUTO)), house())


@pytest.mark.parametrize(
    "picture",
    [
        np.full((300, 400, 3), 128, np.uint8),
        np.random.default_rng(1).integers(0, 255, (300, 400, 3), np.uint8),
        pixels(1),
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((2, 400, 3), np.uint8),
    ],
    ids=["plain", "noise", "hills", "a pixel", "a strip"],
)
def test_without_lines_that_tell_nothing_is_turned(picture: np.ndarray) -> None:
    assert turn_of(picture, True) == 0


def test_what_is_far_askew_was_meant_to_be() -> None:
    assert turn_of(straighten(house(), 20), True) == 0


def test_sixteen_bits_and_alpha_are_measured_alike() -> None:
    askew = straighten(house(), 3)
    see_through = np.dstack([askew, np.full(askew.shape[:2], 255, np.uint8)])

    assert turn_of(askew.astype(np.uint16) * 257, True) == turn_of(askew, True)
    assert turn_of(see_through, True) == turn_of(askew, True)


@pytest.mark.parametrize("name", ["gps-sunrise.jpg", "orient-landscape-1.jpg"])
def test_a_horizon_is_found(photos: Path, name: str) -> None:
    small = {"format": "png", "max_side": 1200}
    photo = (photos / name).read_bytes()
    askew = first(edit(photo, {"straighten": 6}, small))

    assert turn_of(askew, True) == pytest.approx(-6, abs=0.4)
    assert turn_of(first(edit(photo, {}, small)), True) == 0


def test_the_person_is_told_by_how_much() -> None:
    def notices(degrees: float) -> list[str]:
        edited = edit(saved(straighten(house(), degrees)), AUTO)
        return [notice.text for notice in edited.notices]

    [back], [forth], [nothing] = notices(-3), notices(3), notices(0)

    assert re.fullmatch(r"Auto straighten: straighten \+(3\.?|2\.9)\d*\.", back)
    assert re.fullmatch(r"Auto straighten: straighten −(3\.?|2\.9)\d*\.", forth)
    assert nothing == "Auto straighten: nothing to change."


def test_all_frames_are_turned_as_the_first_one_and_it_is_told_once() -> None:
    askew = straighten(house(), 3)
    frames = [askew, np.ascontiguousarray(askew[:, ::-1]), np.full_like(askew, 128)]

    edited = edit(
        animated(frames, "webp"),
        AUTO | {"auto_tone": True},
        {"name": "m", "format": "webp", "lossless": True},
        {"name": "s", "format": "png"},
    )

    moving, _, _ = taken_apart(edited.results[0].data)
    alone = edit(saved(frames[1]), {"straighten": turn_of(askew, True)}, {"format": "png"})
    assert len(moving) == 3
    assert moving[1].shape[:2] == first(alone).shape[:2]
    told = [notice.values.get("operation") for notice in edited.notices]
    assert told.count("auto_straighten") == 1
    assert told.count("auto_tone") == 1
