"""White balance by a light's name or in kelvin."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.support.color_edits import edited, encoded, linear, some_colors

from abzug.edits.color.lut import bake
from abzug.edits.operations.white_balance import PRESETS, WhiteBalance
from abzug.edits.recipe import canonical_edits
from abzug.errors import InvalidRequest

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_XY_TO_SRGB = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560],
     [0.0556434, -0.2040259, 1.0572252]]
)  # fmt: skip


def grey(**white_balance: Any) -> np.ndarray:
    """What becomes of linear grey, as factors."""
    return linear(edited([encoded(0.2)] * 3, white_balance=white_balance)) / 0.2


def test_as_shot_is_no_edit() -> None:
    assert canonical_edits({"white_balance": {"preset": "as_shot"}}) == {}
    assert canonical_edits({"white_balance": {"kelvin": None, "tint": None}}) == {}


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({"kelvin": 1999}, "/kelvin"),
        ({"kelvin": 50_001}, "/kelvin"),
        ({"tint": 151}, "/tint"),
        ({"preset": "candle"}, "/preset"),
        ({"preset": "flash", "tint": 3}, ""),
    ],
    ids=str,
)
def test_values_out_of_range_are_refused(value: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        canonical_edits({"white_balance": value})
    assert [error.pointer for error in caught.value.errors] == [f"/edits/white_balance{pointer}"]


@pytest.mark.parametrize("value", [{"kelvin": 5500}, {"tint": 10}, {"preset": "daylight"}], ids=str)
def test_a_photo_is_balanced_for_daylight_already(value: dict[str, Any]) -> None:
    colors = some_colors()
    np.testing.assert_allclose(edited(colors, white_balance=value), colors, atol=1e-12)


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_preset_is_its_kelvin_and_tint(name: str) -> None:
    kelvin, tint = PRESETS[name]
    np.testing.assert_array_equal(grey(preset=name), grey(kelvin=kelvin, tint=tint))


@pytest.mark.parametrize("kelvin", [4000, 5000, 6500, 9000])
def test_what_was_grey_in_that_light_becomes_grey(kelvin: int) -> None:
    """A grey card in daylight of another temperature, by the CIE's own formula for daylight."""
    card = encoded(0.3 * daylight(kelvin) / daylight(kelvin).max())
    result = linear(edited(card, white_balance={"kelvin": kelvin}))
    seen = linear(card)
    # as rendered for 5500 K a daylight card was neutral; the same card is so again
    neutral_then = daylight(5500) / daylight(5500).max()
    np.testing.assert_allclose(
        result / result.mean(), neutral_then / neutral_then.mean(), rtol=0.035
    )
    assert result @ LUMINANCE == pytest.approx(seen @ LUMINANCE, rel=0.12)


def daylight(kelvin: float) -> np.ndarray:
    """CIE D illuminant, as linear sRGB."""
    t = 1000 / kelvin
    x = (
        0.244063 + 0.09911 * t + 2.9678 * t**2 - 4.6070 * t**3
        if kelvin <= 7000
        else 0.237040 + 0.24748 * t + 1.9018 * t**2 - 2.0064 * t**3
    )
    y = -3 * x * x + 2.870 * x - 0.275
    return _XY_TO_SRGB @ np.array([x / y, 1, (1 - x - y) / y])


@pytest.mark.parametrize("tint", [-150, 10, 150])
def test_a_bluer_light_makes_a_warmer_photo(tint: int) -> None:
    factors = np.array([grey(kelvin=k, tint=tint) for k in (2000, 3000, 5000, 8000, 50_000)])
    assert np.diff(factors[:, 0]).min() >= -1e-9
    assert np.diff(factors[:, 2]).max() <= 1e-9


def test_a_greener_light_makes_a_photo_more_magenta() -> None:
    green = [grey(tint=tint)[1] for tint in (-150, -50, 10, 80, 150)]
    assert np.diff(green).max() < 0


@pytest.mark.parametrize("kelvin", [2000, 50_000])
@pytest.mark.parametrize("tint", [-150, 150])
@pytest.mark.parametrize("shift", [-100, 100])
def test_both_ends_stay_within_the_colors_there_are(kelvin: int, tint: int, shift: int) -> None:
    light = {"kelvin": kelvin, "tint": tint}
    result = edited(some_colors(), white_balance=light, temperature=shift, tint=shift)
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1


def test_temperature_is_added_in_the_same_adaptation() -> None:
    light, shift = {"preset": "shade"}, {"temperature": -30}
    both = linear(edited([encoded(0.2)] * 3, white_balance=light, **shift)) / 0.2
    alone = linear(edited([encoded(0.2)] * 3, **shift)) / 0.2
    assert both == pytest.approx(grey(**light) * alone, rel=0.03)
    assert both @ LUMINANCE == pytest.approx(1, abs=1e-6)


def test_equal_lights_are_baked_once() -> None:
    assert bake({"white_balance": WhiteBalance(kelvin=4000)}) is bake(
        {"white_balance": WhiteBalance(kelvin=4000)}
    )
