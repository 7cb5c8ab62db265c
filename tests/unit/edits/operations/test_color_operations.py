"""Every color slider against its definition, written down here a second time."""

from __future__ import annotations

import colorsys
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.color_edits import (
    GREY,
    edited,
    encoded,
    expected_chroma,
    grey_curve,
    lightness_chroma_hue,
    linear,
    smoothstep,
    some_colors,
)

from abzug.edits.color.colorspace import from_oklab, from_polar, max_chroma, planes
from abzug.edits.color.hues import HUES
from abzug.edits.color.lut import color_settings, exact
from abzug.edits.recipe import canonical_edits, operations

SLIDERS = [
    "temperature", "tint", "exposure", "contrast", "whites", "blacks", "vibrance", "saturation"
]  # fmt: skip
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
STEADY = settings(deadline=None, derandomize=True, max_examples=60)
SKIN = [(255, 224, 196), (224, 172, 135), (141, 85, 60), (80, 50, 40)]


def chroma_gain(rgb: npt.ArrayLike, **edits: Any) -> np.ndarray:
    before = lightness_chroma_hue(np.array(rgb) / 255)[1]
    return lightness_chroma_hue(edited(np.array(rgb) / 255, **edits))[1] / before


@pytest.mark.parametrize("name", [*SLIDERS, "black_and_white"])
def test_a_neutral_value_changes_no_bit(name: str) -> None:
    colors = some_colors()
    neutral = {name: operations()[name].neutral}
    assert color_settings(neutral) == ()
    np.testing.assert_array_equal(exact(colors, color_settings(neutral)), colors)


@pytest.mark.parametrize("name", SLIDERS)
@pytest.mark.parametrize("end", [-1, 1])
def test_both_ends_stay_within_the_colors_there_are(name: str, end: int) -> None:
    reach = 5 if name == "exposure" else 100
    result = edited(some_colors(), **{name: end * reach})
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1


@pytest.mark.parametrize("name", ["exposure", "contrast", "whites", "blacks"])
@STEADY
@given(share=st.floats(-1, 1))
def test_tone_sliders_never_turn_a_brighter_grey_darker(name: str, share: float) -> None:
    curve = grey_curve(**{name: share * (5 if name == "exposure" else 100)})
    assert np.diff(curve, axis=0).min() > -1e-12
    np.testing.assert_allclose(np.ptp(curve, axis=1), 0, atol=1e-9)


@pytest.mark.parametrize("edits", [{"contrast": 100}, {"whites": 100}, {"blacks": 100}])
@STEADY
@given(rgb=st.tuples(*[st.integers(20, 235)] * 3))
def test_tone_sliders_keep_the_hue(edits: dict[str, Any], rgb: tuple[int, int, int]) -> None:
    color = np.array(rgb) / 255
    assert hue_turn(color, edited(color, **edits)) < 1e-6


@STEADY
@given(rgb=st.tuples(*[st.integers(20, 235)] * 3), ev=st.floats(-5, 5))
def test_exposure_keeps_the_hue_of_light(rgb: tuple[int, int, int], ev: float) -> None:
    color = np.array(rgb) / 255
    assert hue_turn(linear(color), linear(edited(color, exposure=ev))) < 1e-6


def hue_turn(before: np.ndarray, after: np.ndarray) -> float:
    """The difference of two HSV hues, in turns; none where one is grey."""
    (hue, strength, _), (turned, left, _) = (colorsys.rgb_to_hsv(*c) for c in (before, after))
    return abs((turned - hue + 0.5) % 1 - 0.5) if min(strength, left) > 1e-6 else 0


def test_exposure_up_has_a_shoulder_and_keeps_white() -> None:
    light = linear(GREY)
    for ev in (0.5, 1, 3):
        gain = 2**ev
        expected = gain * light / np.sqrt(1 + (gain**2 - 1) * light**2)
        np.testing.assert_allclose(linear(grey_curve(exposure=ev)[:, 0]), expected, atol=1e-9)
    assert grey_curve(exposure=1)[-1, 0] == pytest.approx(1)
    mid = encoded(0.18)
    assert linear(edited([mid] * 3, exposure=1))[0] / 0.18 == pytest.approx(1.91, abs=0.005)


def test_exposure_down_is_linear() -> None:
    result = linear(grey_curve(exposure=-2)[:, 0])
    np.testing.assert_allclose(result, linear(GREY) / 4, atol=1e-9)


@pytest.mark.parametrize(("contrast", "middle", "end"), [(100, 1.62, 0.38), (-100, 0.50, 1.50)])
def test_contrast_turns_around_middle_grey(contrast: int, middle: float, end: float) -> None:
    curve = grey_curve(contrast=contrast)[:, 0]
    slope = np.diff(curve) * 1000
    np.testing.assert_allclose(curve[[0, 500, -1]], [0, 0.5, 1], atol=1e-12)
    assert slope[499] == pytest.approx(middle, abs=0.001)
    assert slope[[0, -1]] == pytest.approx([end, end], abs=0.001)


def test_whites_move_the_white_end_only() -> None:
    brighter, darker = grey_curve(whites=100)[:, 0], grey_curve(whites=-100)[:, 0]
    assert GREY[brighter >= 1 - 1e-9][0] == pytest.approx(0.84, abs=0.005)
    assert darker[-1] == pytest.approx(0.86)
    np.testing.assert_allclose(brighter[:251], GREY[:251], atol=1e-12)
    half = np.minimum(GREY * (1 + 0.11 * smoothstep(0.25, 1, GREY)), 1)
    np.testing.assert_allclose(grey_curve(whites=50)[:, 0], half, atol=1e-12)


def test_blacks_move_the_black_end_only() -> None:
    lighter, deeper = grey_curve(blacks=100)[:, 0], grey_curve(blacks=-100)[:, 0]
    assert lighter[0] == pytest.approx(0.09)
    assert GREY[deeper <= 1e-9][-1] == pytest.approx(0.065, abs=0.002)
    np.testing.assert_allclose(lighter[600:], GREY[600:], atol=1e-12)
    half = GREY + 0.045 * (1 - np.minimum(GREY / 0.6, 1)) ** 3
    np.testing.assert_allclose(grey_curve(blacks=50)[:, 0], half, atol=1e-12)


@pytest.mark.parametrize(
    ("edits", "factors"),
    [
        ({"temperature": 100}, (1.25, 0.97, 0.58)),
        ({"temperature": -100}, (0.67, 1.02, 1.73)),
        ({"tint": 100}, (1.31, 0.88, 1.32)),
    ],
)
def test_white_balance_colors_grey_and_keeps_its_luminance(
    edits: dict[str, Any], factors: tuple[float, float, float]
) -> None:
    result = linear(edited([encoded(0.2)] * 3, **edits)) / 0.2
    assert result == pytest.approx(factors, abs=0.006)
    assert result @ LUMINANCE == pytest.approx(1, abs=1e-6)


def test_temperature_and_tint_together_are_one_adaptation() -> None:
    both = linear(edited([encoded(0.2)] * 3, temperature=100, tint=100)) / 0.2
    in_a_row = edited(edited([encoded(0.2)] * 3, temperature=100), tint=100)
    assert both @ LUMINANCE == pytest.approx(1, abs=1e-6)
    assert both == pytest.approx((1.66, 0.84, 0.66), abs=0.01)
    assert abs(linear(in_a_row) / 0.2 - both).max() > 0.05


@STEADY
@given(low=st.floats(-100, 100), high=st.floats(-100, 100))
def test_a_higher_temperature_is_never_bluer(low: int, high: int) -> None:
    low, high = sorted([low, high])
    cool, warm = (edited([0.5] * 3, temperature=t) for t in (low, high))
    assert warm[0] >= cool[0] - 1e-9
    assert warm[2] <= cool[2] + 1e-9


@pytest.mark.parametrize("edits", [{"temperature": 100}, {"temperature": -100}, {"tint": -100}])
def test_white_is_half_tinted_and_half_left_by_white_balance(edits: dict[str, Any]) -> None:
    balanced = linear(edited([encoded(0.2)] * 3, **edits)) / 0.2
    tinted = balanced / balanced.max()
    assert linear(edited([1, 1, 1], **edits)) == pytest.approx((tinted + 1) / 2, abs=1e-6)


@pytest.mark.parametrize("vibrance", [-100, -40, 40, 100])
def test_vibrance_spares_strong_colors_and_skin(vibrance: int) -> None:
    colors = some_colors()[8:]
    lightness, chroma, hue = lightness_chroma_hue(colors)
    skin = 1 - smoothstep(14, 38, np.abs((hue - 55 + 180) % 360 - 180))
    amount = vibrance / 100
    if amount > 0:
        weak = np.exp(-((chroma / 0.15) ** 2)) * (1 - 0.68 * skin)
        gain = 1 + 1.1 * amount * weak * smoothstep(0, 0.4, lightness)
    else:
        gain = 1 + amount * (0.5 + 0.3 * np.exp(-((chroma / 0.12) ** 2))) * (1 - 0.25 * skin)
    result = lightness_chroma_hue(edited(colors, vibrance=vibrance))
    np.testing.assert_allclose(result[0], lightness, atol=2e-3)
    off = np.abs(result[1] - expected_chroma(colors, gain))
    assert off.max() < 2e-3
    assert np.median(off) < 1e-6


def test_vibrance_has_the_strength_it_is_known_by() -> None:
    for tone in SKIN:
        assert 0.99 < chroma_gain(tone, vibrance=100) < 1.25
    assert chroma_gain((120, 165, 215), vibrance=100) == pytest.approx(1.35, abs=0.04)
    assert chroma_gain((90, 130, 60), vibrance=100) == pytest.approx(1.25, abs=0.04)
    assert chroma_gain((230, 20, 30), vibrance=100) == pytest.approx(1, abs=0.02)
    assert chroma_gain((120, 165, 215), vibrance=-100) == pytest.approx(1 / 3, abs=0.05)


def test_saturation_runs_from_grey_to_twice_the_color() -> None:
    colors = np.concatenate([some_colors(), some_colors() / 5])
    np.testing.assert_allclose(np.ptp(edited(colors, saturation=-100), axis=-1), 0, atol=1e-6)
    lightness, chroma, hue = lightness_chroma_hue(colors)
    for saturation in (-50, 60, 100):
        window = smoothstep(0, 0.35, lightness) if saturation > 0 else 1
        gain = 1 + saturation / 100 * window
        result = lightness_chroma_hue(edited(colors, saturation=saturation))
        # The table of edges lets a little out of sRGB, which then is fitted in again.
        off = np.abs(result[1] - expected_chroma(colors, gain))
        assert off.max() < 4e-3
        assert np.percentile(off, 75) < 1e-6
        turned = np.abs((result[2] - hue + 180) % 360 - 180)
        assert turned[chroma > 0.02].max() < 1.5
    assert 1.9 < chroma_gain((120, 130, 128), saturation=100) < 2


@pytest.mark.parametrize(
    "edits",
    [
        {"saturation": 1},
        {"saturation": 100},
        {"vibrance": 100},
        {"hsl": {name: {"saturation": 100} for name in HUES}},
    ],
)
def test_what_strengthens_colors_never_weakens_one(edits: dict[str, Any]) -> None:
    steps = np.linspace(0, 1, 33)
    cube = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(-1, 3)  # the purest colors, too
    before, after = (lightness_chroma_hue(colors)[1] for colors in (cube, edited(cube, **edits)))
    assert (after - before).min() > -3e-3  # what the table lets out of sRGB is fitted in again


def test_black_and_white_keeps_the_lightness() -> None:
    colors = some_colors()
    result = edited(colors, black_and_white=True)
    np.testing.assert_allclose(np.ptp(result, axis=-1), 0, atol=1e-6)
    before, after = (lightness_chroma_hue(rgb)[0] for rgb in (colors, result))
    np.testing.assert_allclose(after, before, atol=1e-6)


def test_black_and_white_weights_move_their_own_color() -> None:
    """Strong colors of the hues red and blue are centered on; a grey has no hue to go by."""
    colors = np.array([[0.913, 0.106, 0.157], [0.2, 0.55, 0.93], [0.5, 0.5, 0.5]])
    lightness, chroma, hue = lightness_chroma_hue(colors)
    assert hue[:2] == pytest.approx([27, 255], abs=2)
    assert chroma[:2].min() > 0.12
    mixed = edited(colors, black_and_white={"red": 60, "blue": -100})
    red = lightness[0] + 0.9 * 0.6 * lightness[0] * (1 - lightness[0])
    expected = [red, lightness[1] * 0.55, lightness[2]]
    assert lightness_chroma_hue(mixed)[0] == pytest.approx(expected, abs=0.005)


def test_the_weights_of_neighboring_hues_sum_to_one() -> None:
    colors = some_colors()
    even = edited(colors, black_and_white=dict.fromkeys(HUES, 50))
    lightness, chroma, _ = lightness_chroma_hue(colors)
    gate = smoothstep(0, 0.09, chroma) * np.sqrt(np.minimum(chroma / 0.12, 1))
    expected = lightness + 0.45 * gate * lightness * (1 - lightness)
    np.testing.assert_allclose(lightness_chroma_hue(even)[0], expected, atol=1e-6)


def test_a_mix_of_zeros_is_plain_black_and_white() -> None:
    assert canonical_edits({"black_and_white": {"red": 0}}) == {"black_and_white": True}
    assert canonical_edits({"black_and_white": {"red": 20}}) == {"black_and_white": {"red": 20}}
    assert canonical_edits({"black_and_white": False}) == {}


def test_at_the_edge_of_srgb_a_channel_is_empty_or_full() -> None:
    rng = np.random.default_rng(5)
    lightness, hue = rng.uniform(0.05, 0.97, 20_000), rng.uniform(-360, 720, 20_000)
    edge = planes([lightness, max_chroma(lightness, hue), hue])
    levels = 255 * encoded(np.clip(from_oklab(from_polar(edge)), 0, 1))
    assert np.minimum(levels.min(-1), 255 - levels.max(-1)).max() < 1
    assert max_chroma(np.ones(3), np.array([-1e-20, 0, 360])) == pytest.approx(1e-3, abs=1e-3)
