"""Sepia and duotone."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from tests.support.color_edits import GREY, edited, grey_curve, lightness_chroma_hue, some_colors

from abzug.edits.recipe import canonical_edits
from abzug.errors import InvalidRequest


def test_nothing_of_them_is_no_edit() -> None:
    assert canonical_edits({"sepia": 0}) == {}
    assert canonical_edits({"duotone": {"amount": 0, "dark": "#ff0000"}}) == {}


def test_a_duotone_is_whole_if_nothing_is_said() -> None:
    assert canonical_edits({"duotone": {"amount": 100}}) == {"duotone": {}}
    assert canonical_edits({"duotone": {"dark": "#AABBCC"}}) == {"duotone": {"dark": "#aabbcc"}}


@pytest.mark.parametrize(
    ("edits", "pointer"),
    [
        ({"sepia": -1}, "/edits/sepia"),
        ({"sepia": 101}, "/edits/sepia"),
        ({"duotone": {"dark": "red"}}, "/edits/duotone/dark"),
        ({"duotone": {"amount": 101}}, "/edits/duotone/amount"),
    ],
    ids=str,
)
def test_values_out_of_range_are_refused(edits: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        canonical_edits(edits)
    assert [error.pointer for error in caught.value.errors] == [pointer]


def test_sepia_gives_every_color_the_brown_of_its_lightness() -> None:
    colors = some_colors()[8:]
    before = lightness_chroma_hue(colors)[0]
    lightness, chroma, hue = lightness_chroma_hue(edited(colors, sepia=100))
    expected = 0.052 * np.sqrt(4 * before * (1 - before)) + 0.012 * before
    usual = (before > 0.2) & (before < 0.95)  # beyond, a screen has no room for it
    np.testing.assert_allclose(lightness[usual], before[usual], atol=2e-3)
    np.testing.assert_allclose(chroma[usual], expected[usual], atol=2e-3)
    np.testing.assert_allclose(hue[usual], 72, atol=1.5)


def test_half_sepia_is_half_way() -> None:
    color = [0.4, 0.5, 0.6]
    plain, half, whole = (cartesian(edited(color, sepia=amount)) for amount in (0, 50, 100))
    np.testing.assert_allclose(half, (plain + whole) / 2, atol=1e-6)


def cartesian(rgb: npt.ArrayLike) -> np.ndarray:
    """OKLab."""
    lightness, chroma, hue = lightness_chroma_hue(np.asarray(rgb, float))
    return np.array([lightness, chroma * np.cos(np.radians(hue)), chroma * np.sin(np.radians(hue))])


@pytest.mark.parametrize("edits", [{"sepia": 100}, {"sepia": 40}, {"duotone": {}}], ids=str)
def test_a_brighter_grey_stays_brighter(edits: dict[str, Any]) -> None:
    lightness = lightness_chroma_hue(grey_curve(**edits))[0]
    assert np.diff(lightness).min() > -1e-9
    assert np.isfinite(lightness).all()


def test_duotone_runs_from_one_color_to_the_other() -> None:
    dark, light = np.array([0x20, 0x10, 0x40]) / 255, np.array([0xF0, 0xE0, 0x90]) / 255
    value = {"dark": "#201040", "light": "#f0e090"}
    ends = edited([[0.0] * 3, [1.0] * 3], duotone=value)
    np.testing.assert_allclose(ends, [dark, light], atol=1e-6)
    at = lightness_chroma_hue(np.full(3, 0.5))[0]
    middle = cartesian(edited([0.5] * 3, duotone=value))
    np.testing.assert_allclose(
        middle, cartesian(dark) * (1 - at) + cartesian(light) * at, atol=1e-6
    )


def test_duotone_looks_at_nothing_but_lightness() -> None:
    colors = some_colors()
    printed = edited(colors, duotone={})
    grey = edited(edited(colors, black_and_white=True), duotone={})
    np.testing.assert_allclose(printed, grey, atol=1e-5)
    assert np.ptp(printed, axis=0).min() > 0.4


def test_the_amount_mixes_the_print_with_the_photo() -> None:
    color = [0.6, 0.4, 0.5]
    parts = [edited(color, duotone={"amount": amount}) for amount in (0, 25, 100)]
    plain, quarter, whole = map(cartesian, parts)
    np.testing.assert_allclose(parts[0], color)
    np.testing.assert_allclose(quarter, plain * 0.75 + whole * 0.25, atol=1e-6)


@pytest.mark.parametrize("edits", [{"sepia": 100}, {"duotone": {"dark": "#ffff00"}}], ids=str)
def test_all_colors_stay_within_those_there_are(edits: dict[str, Any]) -> None:
    result = edited(some_colors(), **edits)
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1


def test_exchanged_colors_make_a_negative() -> None:
    lightness = lightness_chroma_hue(grey_curve(duotone={"dark": "#ffffff", "light": "#000000"}))[0]
    before = lightness_chroma_hue(GREY[:, None].repeat(3, 1))[0]
    np.testing.assert_allclose(lightness, 1 - before, atol=1e-5)
