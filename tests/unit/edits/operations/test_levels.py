"""Levels and gamma, and that the table keeps up with their steep ends."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.support.color_edits import GREY, edited, grey_curve, some_colors

from abzug.edits.color import lut, lut_nodes
from abzug.edits.color.lut import bake, color_settings, exact
from abzug.edits.recipe import canonical_edits, typed_edits
from abzug.errors import InvalidRequest

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
ENDS = [
    {"gamma": 0.1},
    {"gamma": 10},
    {"levels": {"black": 253, "white": 255, "gamma": 10}},
    {"levels": {"black": 0, "white": 2, "gamma": 0.1}},
    {"levels": {"out_black": 255, "out_white": 0}},
    {"levels": {"out_black": 255, "out_white": 255}},
]


def test_neutral_values_are_no_edit() -> None:
    assert canonical_edits({"gamma": 1, "levels": {}}) == {}
    neutral = {"black": 0, "white": 255, "gamma": 1, "out_black": 0, "out_white": 255}
    assert canonical_edits({"levels": neutral}) == {}
    assert canonical_edits({"levels": neutral | {"white": 250}}) == {"levels": {"white": 250}}


@pytest.mark.parametrize(
    ("edits", "pointer"),
    [
        ({"levels": {"black": 100, "white": 101}}, "/edits/levels"),
        ({"levels": {"black": 254}}, "/edits/levels/black"),
        ({"levels": {"gamma": 0}}, "/edits/levels/gamma"),
        ({"gamma": 0.09}, "/edits/gamma"),
        ({"gamma": "2"}, "/edits/gamma"),
    ],
    ids=str,
)
def test_values_out_of_range_are_refused(edits: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        canonical_edits(edits)
    assert [error.pointer for error in caught.value.errors] == [pointer]


@pytest.mark.parametrize("edits", ENDS, ids=str)
def test_the_ends_stay_within_the_colors_there_are(edits: dict[str, Any]) -> None:
    result = edited(some_colors(), **edits)
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1


@pytest.mark.parametrize("gamma", [0.1, 0.5, 2, 10])
def test_gamma_bends_the_middle_and_leaves_black_and_white(gamma: float) -> None:
    curve = grey_curve(gamma=gamma)[:, 0]
    np.testing.assert_allclose(curve, GREY ** (1 / gamma), atol=1e-12)
    assert curve[0] == 0
    assert curve[-1] == pytest.approx(1)
    np.testing.assert_allclose(grey_curve(levels={"gamma": gamma})[:, 0], curve, atol=1e-12)


def test_levels_set_black_and_white() -> None:
    curve = grey_curve(levels={"black": 51, "white": 204})[:, 0]
    assert (curve[:201] == 0).all()
    np.testing.assert_allclose(curve[801:], 1)
    np.testing.assert_allclose(curve[200:801], (GREY[200:801] - 0.2) / 0.6, atol=1e-12)


def test_output_levels_lift_black_and_lower_white() -> None:
    curve = grey_curve(levels={"gamma": 2, "out_black": 51, "out_white": 204})[:, 0]
    np.testing.assert_allclose(curve, 0.2 + 0.6 * np.sqrt(GREY), atol=1e-12)


def test_exchanged_output_levels_make_a_negative() -> None:
    colors = some_colors()
    negative = edited(colors, levels={"out_black": 255, "out_white": 0})
    np.testing.assert_allclose(negative, 1 - colors, atol=1e-8)


@STEADY
@example(black=1.7135, width=2, gamma=1, outs=[0, 255])
@given(
    black=st.floats(0, 253),
    width=st.floats(2, 255),
    gamma=st.floats(0.1, 10),
    outs=st.tuples(st.floats(0, 255), st.floats(0, 255)).map(sorted),
)
def test_levels_never_turn_a_brighter_grey_darker(
    black: int, width: int, gamma: float, outs: list[int]
) -> None:
    value = {"black": black, "white": max(2, min(255, black + width)), "gamma": gamma}
    value |= {"out_black": outs[0], "out_white": outs[1]}
    curve = grey_curve(levels=value)
    assert np.diff(curve, axis=0).min() >= -1e-12
    np.testing.assert_allclose(np.ptp(curve, axis=1), 0, atol=1e-9)


@pytest.mark.parametrize("edits", [{"gamma": 2}, {"levels": {"black": 30, "white": 200}}], ids=str)
def test_the_middle_channel_keeps_its_place(edits: dict[str, Any]) -> None:
    toned = edited([0.7, 0.5, 0.3], **edits)
    assert toned[1] == pytest.approx((toned[0] + toned[2]) / 2)


STEEP = [
    {"gamma": 2},
    {"levels": {"black": 20, "white": 120, "gamma": 0.8}},
    {"levels": {"gamma": 2, "out_black": 255, "out_white": 0}},
    {"tone_curve": {"points": [[0, 0], [100, 10], [150, 240], [255, 255]]}},
    {"tone_curve": {"points": [[0, 255], [30, 120], [255, 0]]}},
]


@pytest.mark.parametrize("edits", STEEP, ids=str)
def test_the_table_follows_steep_curves_up_and_down(
    edits: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Halved at least: where levels cut off, the corner still lies between two nodes."""
    typed = typed_edits(canonical_edits(edits))
    shaped = worst(typed)
    monkeypatch.setattr(lut_nodes, "STEEPEST", np.inf)
    monkeypatch.setattr(lut_nodes, "_curve", lambda steps: None)
    lut._bake.cache_clear()
    plain = worst(typed)
    lut._bake.cache_clear()
    assert shaped <= plain / 2
    assert shaped <= 2


def worst(typed: dict[str, Any]) -> float:
    """The largest error on grey, in levels of 255."""
    ramp = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, 2)
    target = np.rint(exact(ramp / 255, color_settings(typed)) * 255)
    table = bake(typed, lut.GRIDS[:1])
    assert table
    table.apply(ramp)
    return np.abs(ramp - target).max()
