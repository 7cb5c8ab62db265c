"""A color and a brightness each for shadows, midtones and highlights."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.color_edits import edited, grey_curve, lightness_chroma_hue, some_colors

from abzug.edits.recipe import canonical_edits
from abzug.errors import InvalidRequest

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
RANGES = ("shadows", "midtones", "highlights")
DARK, MIDDLE, LIGHT = 0.05, 0.42, 0.85
"""Encoded greys, each far inside its range."""


def wheel(hue: float = 0, saturation: float = 0, luminance: float = 0) -> dict[str, float]:
    return {"hue": hue, "saturation": saturation, "luminance": luminance}


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"blending": 20, "balance": -40},
        {"shadows": {"hue": 200}, "midtones": wheel(), "highlights": {"hue": 360}},
    ],
    ids=str,
)
def test_wheels_at_rest_are_no_edit(value: dict[str, Any]) -> None:
    assert canonical_edits({"color_grading": value}) == {}


def test_equal_gradings_have_one_form() -> None:
    value = {"shadows": wheel(360, 20), "midtones": wheel(77, 0, 5), "balance": 0}
    expected = {"shadows": {"saturation": 20}, "midtones": {"luminance": 5}}
    assert canonical_edits({"color_grading": value}) == {"color_grading": expected}


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({"shadows": {"hue": 361}}, "/edits/color_grading/shadows/hue"),
        ({"midtones": {"saturation": -1}}, "/edits/color_grading/midtones/saturation"),
        ({"highlights": {"luminance": 101}}, "/edits/color_grading/highlights/luminance"),
        ({"blending": -1}, "/edits/color_grading/blending"),
        ({"global": {}}, "/edits/color_grading/global"),
    ],
    ids=str,
)
def test_values_out_of_range_are_refused(value: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        canonical_edits({"color_grading": value})
    assert [error.pointer for error in caught.value.errors] == [pointer]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_wheel_colors_its_own_tones(which: int) -> None:
    greys = np.array([DARK, MIDDLE, LIGHT])[:, None].repeat(3, 1)
    result = edited(greys, color_grading={RANGES[which]: wheel(40, 60), "blending": 0})
    chroma = lightness_chroma_hue(result)[1]
    assert chroma[which] > 0.03
    assert np.delete(chroma, which).max() < chroma[which] / 5


@pytest.mark.parametrize(
    ("hue", "rgb"), [(0, (1, 0, 0)), (60, (1, 1, 0)), (120, (0, 1, 0)), (240, (0, 0, 1))]
)
def test_hues_are_those_of_the_color_wheel(hue: int, rgb: tuple[int, int, int]) -> None:
    result = edited([0.5] * 3, color_grading={"midtones": wheel(hue, 40)})
    pure, toned = (lightness_chroma_hue(np.array(color, float)) for color in (rgb, result))
    assert toned[2] == pytest.approx(pure[2], abs=0.5)
    assert toned[0] == pytest.approx(lightness_chroma_hue(np.full(3, 0.5))[0], abs=1e-6)


def test_the_same_wheel_in_all_three_ranges_acts_on_all_tones_alike() -> None:
    """The shares sum to 1 whatever the blending and the balance."""
    expected = None
    for blending, balance in itertools.product((0, 50, 100), (-100, 0, 70)):
        value = dict.fromkeys(RANGES, wheel(40, 60, 20))
        result = grey_curve(color_grading=value | {"blending": blending, "balance": balance})
        expected = result if expected is None else expected
        np.testing.assert_allclose(result, expected, atol=1e-9)


def test_black_and_white_stay() -> None:
    value = dict.fromkeys(RANGES, wheel(40, 100, 100))
    ends = np.array([[0.0] * 3, [1.0] * 3])
    np.testing.assert_allclose(edited(ends, color_grading=value), ends, atol=1e-3)


def test_balance_makes_more_tones_highlights_or_shadows() -> None:
    def chroma(name: str, balance: float) -> np.ndarray:
        value = {name: wheel(220, 60), "balance": balance}
        return lightness_chroma_hue(edited([MIDDLE] * 3, color_grading=value))[1]

    assert chroma("highlights", 100) > chroma("highlights", 0) + 0.01
    assert chroma("shadows", -100) > chroma("shadows", 0) + 0.01
    assert chroma("shadows", 100) < chroma("shadows", 0)


def test_blending_lets_the_ranges_reach_further() -> None:
    def chroma(blending: float) -> np.ndarray:
        value = {"shadows": wheel(220, 60), "blending": blending}
        return lightness_chroma_hue(edited([MIDDLE] * 3, color_grading=value))[1]

    assert chroma(0) < chroma(50) < chroma(100)


@STEADY
@given(
    luminance=st.tuples(*[st.sampled_from([-100, -50, 0, 100])] * 3),
    blending=st.sampled_from([0, 50, 100]),
    balance=st.sampled_from([-100, -30, 0, 100]),
)
def test_luminance_never_turns_a_brighter_grey_darker(
    luminance: list[int], blending: int, balance: int
) -> None:
    wheels = {name: wheel(0, 0, value) for name, value in zip(RANGES, luminance, strict=True)}
    curve = grey_curve(color_grading=wheels | {"blending": blending, "balance": balance})
    assert np.diff(curve, axis=0).min() >= -1e-12
    np.testing.assert_allclose(np.ptp(curve, axis=1), 0, atol=1e-6)


@STEADY
@given(hue=st.integers(0, 360), luminance=st.sampled_from([-100, 100]))
def test_the_strongest_grading_stays_within_the_colors_there_are(hue: int, luminance: int) -> None:
    wheels = dict.fromkeys(RANGES, wheel(hue, 100, luminance))
    result = edited(some_colors(100), color_grading=wheels)
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1
