"""The mixer of eight colors."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.color_edits import (
    edited,
    expected_chroma,
    lightness_chroma_hue,
    linear,
    some_colors,
)

from abzug.edits.color.colorspace import from_oklab, from_polar
from abzug.edits.color.hues import HUES, turn_hues
from abzug.edits.recipe import canonical_edits
from abzug.errors import InvalidRequest

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
NAMES = [*HUES]
SHARES = st.fixed_dictionaries(dict.fromkeys(NAMES, st.floats(-1, 1)))
CIRCLE = np.linspace(-180, 180, 7201)
CENTERS = np.array([*HUES.values()])


def colors_of(hues: npt.ArrayLike, lightness: float = 0.6, chroma: float = 0.1) -> np.ndarray:
    """Encoded sRGB of OKLCh colors that every screen can show."""
    hues = np.asarray(hues, float)
    light = from_oklab(from_polar(np.stack([hues * 0 + lightness, hues * 0 + chroma, hues], -1)))
    assert light.min() > 0
    assert light.max() < 1
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


EIGHT = colors_of(CENTERS)


def every(**change: float) -> dict[str, dict[str, float]]:
    return dict.fromkeys(NAMES, change)


def turned(before: np.ndarray, after: npt.ArrayLike) -> np.ndarray:
    """By how many degrees hues were turned, −180..180."""
    return (np.asarray(after) - before + 180) % 360 - 180


def test_zeros_are_no_edit() -> None:
    assert canonical_edits({"hsl": {}}) == {}
    assert canonical_edits({"hsl": {"red": {"hue": 0}, "blue": {}}}) == {}
    given = {"hsl": {"red": {"hue": 0}, "blue": {"saturation": -20, "hue": 0}}}
    assert canonical_edits(given) == {"hsl": {"blue": {"saturation": -20}}}


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({"red": {"hue": 101}}, "/edits/hsl/red/hue"),
        ({"pink": {"hue": 1}}, "/edits/hsl/pink"),
        ({"red": {"lightness": 1}}, "/edits/hsl/red/lightness"),
        ({"red": 5}, "/edits/hsl/red"),
    ],
)
def test_what_is_not_of_the_mixer_is_refused(value: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        canonical_edits({"hsl": value})
    assert [error.pointer for error in caught.value.errors] == [pointer]


@pytest.mark.parametrize("name", NAMES)
def test_a_color_reaches_to_its_neighbors_and_no_further(name: str) -> None:
    all_at_once = {"hue": 60, "saturation": -50, "luminance": 40}
    result = edited(EIGHT, hsl={name: all_at_once})
    moved = np.abs(result - EIGHT).max(-1)
    at = NAMES.index(name)
    assert moved[at] > 0.05
    np.testing.assert_allclose(np.delete(moved, at), 0, atol=1e-6)


def test_greys_stay_whatever_is_set() -> None:
    greys = np.linspace(0, 1, 256)[:, None].repeat(3, 1)
    everything = every(hue=100, saturation=100, luminance=-100)
    np.testing.assert_allclose(edited(greys, hsl=everything), greys, atol=1e-5)


@pytest.mark.parametrize("way", [-1, 1])
def test_hue_goes_seven_tenths_of_the_way_to_the_neighbor(way: int) -> None:
    gaps = turned(CENTERS, np.roll(CENTERS, -way))
    hue = [
        lightness_chroma_hue(edited(color, hsl={name: {"hue": 100 * way}}))[2]
        for name, color in zip(NAMES, EIGHT, strict=True)
    ]
    np.testing.assert_allclose(turned(CENTERS, hue), 0.7 * gaps, atol=1e-6)


@STEADY
@given(turns=SHARES)
def test_hues_never_change_their_order(turns: dict[str, float]) -> None:
    after = turn_hues(CIRCLE, turns)
    assert np.diff(after).min() > 0
    assert after[-1] - after[0] == pytest.approx(360)


def test_hues_turned_towards_each_other_stay_apart() -> None:
    opposed = {name: (-1.0) ** i for i, name in enumerate(NAMES)}
    slope = np.diff(turn_hues(CIRCLE, opposed)) / np.diff(CIRCLE)
    assert slope.min() >= 0.08


def test_saturation_runs_from_grey_to_more() -> None:
    grey = edited(some_colors(), hsl=every(saturation=-100))
    np.testing.assert_allclose(np.ptp(grey, axis=-1), 0, atol=1e-6)
    weak = colors_of(CENTERS, chroma=0.03)
    gate = 3 * (1 / 3) ** 2 - 2 * (1 / 3) ** 3
    for colors, saturation, gain in (
        (EIGHT, -50, 0.5),
        (EIGHT, 40, 1.4),
        (weak, -50, 0.5),
        (weak, 50, 1 + 0.5 * gate),
    ):
        result = lightness_chroma_hue(edited(colors, hsl=every(saturation=saturation)))
        np.testing.assert_allclose(result[1], expected_chroma(colors, gain), atol=2e-3)
        np.testing.assert_allclose(result[0], lightness_chroma_hue(colors)[0], atol=5e-3)


def test_luminance_makes_its_color_lighter_or_darker() -> None:
    lightness, chroma, _ = lightness_chroma_hue(EIGHT)
    assert chroma.min() > 0.09
    lighter = edited(EIGHT, hsl=every(luminance=50))
    darker = edited(EIGHT, hsl=every(luminance=-100))
    expected = lightness + 0.55 * 0.5 * lightness * (1 - lightness)
    np.testing.assert_allclose(lightness_chroma_hue(lighter)[0], expected, atol=5e-3)
    np.testing.assert_allclose(lightness_chroma_hue(darker)[0], lightness * 0.72, atol=5e-3)


@STEADY
@given(
    changes=st.fixed_dictionaries(
        dict.fromkeys(
            NAMES,
            st.fixed_dictionaries(
                dict.fromkeys(["hue", "saturation", "luminance"], st.sampled_from([-100, 0, 100]))
            ),
        )
    )
)
def test_every_combination_of_ends_stays_within_the_colors_there_are(
    changes: dict[str, dict[str, int]],
) -> None:
    result = edited(some_colors(100), hsl=changes)
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1


def test_the_light_of_untouched_colors_is_the_same() -> None:
    others = colors_of([142, 195, 255])
    result = edited(others, hsl={"red": {"luminance": 100, "saturation": 100}})
    np.testing.assert_allclose(linear(result), linear(others), atol=1e-6)
