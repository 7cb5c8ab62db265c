"""Curves through points, for all tones and for each channel."""

from __future__ import annotations

import colorsys
import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.color_edits import GREY, edited, grey_curve, some_colors

from abzug.edits.color.curves import monotone_cubic
from abzug.edits.recipe import canonical_edits
from abzug.errors import InvalidRequest

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
TONES = st.integers(0, 255)
LINE = [[0, 0], [255, 255]]
S_CURVE = [[0, 0], [64, 45], [190, 210], [255, 255]]


HEIGHTS = st.lists(TONES, min_size=2, max_size=16)


@st.composite
def points(draw: st.DrawFn, heights: st.SearchStrategy[list[int]] = HEIGHTS) -> list[list[int]]:
    ys = draw(heights)
    xs = draw(st.lists(TONES, min_size=len(ys), max_size=len(ys), unique=True))
    return [list(point) for point in zip(sorted(xs), ys, strict=True)]


RISING = points(heights=HEIGHTS.map(sorted))


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"points": []},
        {"points": LINE},
        {"points": [[0, 0], [99.5, 99.5], [255, 255]], "red": LINE, "green": [], "blue": LINE},
    ],
    ids=str,
)
def test_the_identity_is_no_edit(value: dict[str, Any]) -> None:
    assert canonical_edits({"tone_curve": value}) == {}


def test_curves_that_do_something_are_kept() -> None:
    short = [[10, 10], [245, 245]]  # level beyond its ends, so not the identity
    given = {"points": short, "red": LINE, "blue": S_CURVE}
    assert canonical_edits({"tone_curve": given}) == {
        "tone_curve": {"points": short, "blue": S_CURVE}
    }


@pytest.mark.parametrize(
    ("curve", "pointer"),
    [
        ([[0, 0]], "/edits/tone_curve/red"),
        ([[0, 0], [9, 9], [9, 10]], "/edits/tone_curve/red"),
        ([[200, 0], [9, 10]], "/edits/tone_curve/red"),
        ([[i, i] for i in range(17)], "/edits/tone_curve/red"),
        ([[0, 0], [256, 255]], "/edits/tone_curve/red/1/0"),
        ([[0, -1], [255, 255]], "/edits/tone_curve/red/0/1"),
    ],
)
def test_points_that_make_no_curve_are_refused(curve: list[list[int]], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        canonical_edits({"tone_curve": {"red": curve}})
    assert [error.pointer for error in caught.value.errors] == [pointer]


@STEADY
@given(points=points())
def test_a_curve_goes_through_its_points_and_stays_between_their_heights(
    points: list[list[int]],
) -> None:
    curve = grey_curve(tone_curve={"points": points})
    assert np.isfinite(curve).all()
    np.testing.assert_allclose(np.ptp(curve, axis=1), 0, atol=1e-12)
    xs, ys = np.array(points, float).T / 255
    np.testing.assert_allclose(
        edited(xs[:, None].repeat(3, 1), tone_curve={"points": points})[:, 0], ys, atol=1e-12
    )
    for (left, low), (right, high) in itertools.pairwise(zip(xs, ys, strict=True)):
        between = curve[(left <= GREY) & (right >= GREY), 0]
        assert ((between >= min(low, high) - 1e-12) & (between <= max(low, high) + 1e-12)).all()


@STEADY
@given(points=RISING)
def test_rising_points_never_turn_a_brighter_grey_darker(points: list[list[int]]) -> None:
    assert np.diff(grey_curve(tone_curve={"points": points})[:, 0]).min() >= -1e-12


def test_a_curve_is_level_beyond_its_ends() -> None:
    curve = grey_curve(tone_curve={"points": [[51, 100], [204, 180]]})[:, 0]
    np.testing.assert_allclose(curve[:200], 100 / 255, atol=1e-12)
    np.testing.assert_allclose(curve[801:], 180 / 255, atol=1e-12)


def test_a_curve_has_no_corner_at_a_point_within() -> None:
    curve = monotone_cubic([0, 0.25, 0.75, 1], [0, 0.1, 0.9, 1])
    for point in (0.25, 0.75):
        before, at, after = curve(np.array([point - 1e-5, point, point + 1e-5]))
        assert at - before == pytest.approx(after - at, rel=1e-3)


def test_the_curve_of_all_channels_keeps_the_hue() -> None:
    """The middle channel keeps its place between the others; per channel orange would turn."""
    orange = [0.9, 0.65, 0.1]
    toned = edited(orange, tone_curve={"points": S_CURVE})
    apart = edited(orange, tone_curve=dict.fromkeys(("red", "green", "blue"), S_CURVE))
    np.testing.assert_allclose(toned[[0, 2]], apart[[0, 2]])
    assert colorsys.rgb_to_hsv(*toned)[0] == pytest.approx(colorsys.rgb_to_hsv(*orange)[0])
    assert abs(colorsys.rgb_to_hsv(*apart)[0] - colorsys.rgb_to_hsv(*orange)[0]) > 1 / 360


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_the_curve_of_a_channel_leaves_the_others_alone(channel: int) -> None:
    colors = some_colors()
    name = ("red", "green", "blue")[channel]
    result = edited(colors, tone_curve={name: [[0, 255], [255, 0]]})
    np.testing.assert_allclose(result[:, channel], 1 - colors[:, channel], atol=1e-12)
    others = [c for c in range(3) if c != channel]
    np.testing.assert_array_equal(result[:, others], colors[:, others])


def test_the_common_curve_comes_before_those_of_the_channels() -> None:
    negative = [[0, 255], [255, 0]]
    half = [[0, 0], [255, 51]]
    result = edited([0.2, 0.2, 0.2], tone_curve={"points": negative, "red": half})
    np.testing.assert_allclose(result, [0.16, 0.8, 0.8], atol=1e-12)
