"""Auto tone and auto white balance: what they find, and what becomes of a photo with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.support.colors import delta_e
from tests.support.engine_calls import decoded, edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.automatic import resolve_automatic
from abzug.edits.color.color_pass import color_pass
from abzug.edits.operations.auto_tone import tone_of
from abzug.edits.operations.auto_white_balance import cast_of
from abzug.edits.recipe import canonical_edits, typed_edits
from abzug.errors import InvalidRequest

BOTH = {"auto_tone": True, "auto_white_balance": True}


def found(picture: np.ndarray, **edits: Any) -> Mapping[str, Any]:
    return resolve_automatic(picture, typed_edits(canonical_edits(edits)))[0]


def cards(*, seed: int = 3, lightest: float = 0.8) -> np.ndarray:
    """A scene of greys with a little color here and there, up to a bright grey."""
    rng = np.random.default_rng(seed)
    grey = rng.uniform(0.1, lightest, (12, 16, 1)) + rng.normal(0, 0.02, (12, 16, 3))
    scene = np.clip(grey * 255, 0, 255).astype(np.uint8)
    return np.array(Image.fromarray(scene).resize((320, 240), Image.Resampling.BILINEAR))


def garden() -> np.ndarray:
    """Greys between leaves and water, as many of each."""
    scene = cards().copy()
    scene[:80] = (scene[:80] * [0.45, 0.6, 0.3]).astype(np.uint8)
    scene[160:] = (scene[160:] * [0.4, 0.55, 0.7]).astype(np.uint8)
    return scene


def with_edits(picture: np.ndarray, **edits: Any) -> np.ndarray:
    return color_pass(picture.copy(), typed_edits(canonical_edits(edits)))


@pytest.mark.parametrize("name", BOTH)
def test_off_is_no_edit_and_anything_but_a_switch_is_refused(name: str) -> None:
    assert canonical_edits({name: False}) == {}
    with pytest.raises(InvalidRequest):
        canonical_edits({name: 1})


def test_without_automatic_edits_nothing_is_looked_at() -> None:
    edits, told = resolve_automatic(np.zeros((0, 0, 3), np.uint8), {"contrast": 5.0})

    assert (edits, told) == ({"contrast": 5.0}, [])


def test_what_is_found_is_applied_as_if_set_by_hand_and_told() -> None:
    picture = with_edits(cards(), temperature=-50, exposure=-2)
    sliders = found(picture, **BOTH)

    automatic = edit(saved(picture), BOTH)
    by_hand = edit(saved(picture), sliders)

    assert {"exposure", "temperature"} <= sliders.keys()
    assert np.array_equal(first(automatic), first(by_hand))
    assert by_hand.notices == []
    of_white, of_tone = automatic.notices
    assert of_white.values["operation"] == "auto_white_balance"
    assert of_tone.values["operation"] == "auto_tone"
    both: list[Any] = [of_white.values["sliders"], of_tone.values["sliders"]]
    assert both[0] | both[1] == sliders
    assert f"temperature +{sliders['temperature']:g}" in of_white.text
    assert f"exposure +{sliders['exposure']:g}" in of_tone.text


def test_equal_photos_give_equal_bytes() -> None:
    photo = saved(pixels(2))

    assert edit(photo, BOTH) == edit(photo, BOTH)


def test_all_outputs_of_a_photo_get_the_same() -> None:
    photo = saved(with_edits(cards(), exposure=-1.5))
    alone = edit(photo, BOTH, {"format": "png"})
    large, small = edit(
        photo, BOTH, {"format": "png"}, {"name": "s", "format": "png", "max_side": 80}
    ).results

    assert large.data == alone.results[0].data
    shrunk = Image.fromarray(decoded(large.data)).resize((80, 60), Image.Resampling.LANCZOS)
    assert np.abs(decoded(small.data).astype(int) - np.asarray(shrunk)).mean() < 1


def test_a_copy_of_the_photo_in_16_bits_is_seen_alike() -> None:
    picture = with_edits(cards(), temperature=-50, exposure=-2)

    assert found(picture.astype(np.uint16) * 257, **BOTH) == found(picture, **BOTH)


def test_the_photo_is_left_as_it_is_by_looking() -> None:
    picture = cards()
    before = picture.copy()

    resolve_automatic(picture, dict.fromkeys(BOTH, True))

    assert np.array_equal(picture, before)


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (3, 2)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_no_photo_is_too_small_or_too_plain(shape: tuple[int, int], level: int) -> None:
    assert decoded(
        edit(saved(np.full((*shape, 3), level, np.uint8)), BOTH).results[0].data
    ).shape == (
        *shape,
        3,
    )


def test_alpha_is_kept() -> None:
    picture = np.dstack([cards(), np.arange(240 * 320).reshape(240, 320).astype(np.uint8)])

    result = first(edit(saved(picture), BOTH))

    assert np.array_equal(result[..., 3], picture[..., 3])


# ------------------------------------------------------------------------------- tone


@pytest.mark.parametrize("ev", [-3, -2])
def test_a_dark_photo_becomes_lighter_and_none_of_it_white(ev: int) -> None:
    dark = with_edits(cards(), exposure=ev)
    result = first(edit(saved(dark), {"auto_tone": True}))

    assert result.mean() > dark.mean() * 1.3
    assert np.abs(result.mean() - cards().mean()) < np.abs(dark.mean() - cards().mean())
    assert np.mean(result.max(-1) == 255) < 0.005


def test_a_bright_photo_becomes_darker() -> None:
    bright = np.clip(cards().astype(int) // 3 + 165, 0, 255).astype(np.uint8)
    sliders = found(bright, auto_tone=True)

    assert sliders["exposure"] < 0
    assert sliders["blacks"] < 0


def test_a_good_photo_is_hardly_touched() -> None:
    picture = cards(lightest=0.97)
    result = first(edit(saved(picture), {"auto_tone": True}))

    assert np.abs(result.astype(int) - picture).mean() < 10


def test_a_black_backdrop_does_not_count() -> None:
    lit = cards()
    on_black = np.zeros((240, 640, 3), np.uint8)
    on_black[:, 160:480] = lit

    alone, framed = (found(p, auto_tone=True).get("exposure", 0) for p in (lit, on_black))
    assert framed == pytest.approx(alone, abs=0.15)


def test_a_grey_photo_gets_no_vibrance() -> None:
    grey = np.repeat(cards()[..., :1], 3, -1)

    assert "vibrance" not in found(grey, auto_tone=True)


def test_what_the_person_has_set_stays_and_is_reckoned_with() -> None:
    dark = with_edits(cards(), exposure=-2)
    alone = found(dark, auto_tone=True)
    mine = found(dark, auto_tone=True, exposure=0.1, contrast=-30)

    assert (mine["exposure"], mine["contrast"]) == (0.1, -30)
    assert mine["shadows"] > alone.get("shadows", 0)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_photo_the_values_stay_mild(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(0.1, 4, 2)
    colors = rng.beta(a, b, (500, 3)) * rng.uniform(0, 1, 3)
    sliders = tone_of(colors, None)

    assert -1 <= sliders["exposure"] <= 2
    limits = {"contrast": (0, 20), "highlights": (-45, 0), "shadows": (0, 45)}
    limits |= {"whites": (0, 70), "blacks": (-60, 0), "vibrance": (0, 15)}
    for name, (low, high) in limits.items():
        assert low <= sliders[name] <= high, name
    canonical_edits(sliders)


# ------------------------------------------------------------------------------- white balance


@pytest.mark.parametrize(
    ("scene", "cast"), [(cards, -60), (cards, -50), (garden, -60), (garden, 60)]
)
def test_a_planted_cast_goes(scene: Callable[[], np.ndarray], cast: int) -> None:
    neutral = scene()
    tinted = with_edits(neutral, temperature=cast)
    corrected = first(edit(saved(tinted), {"auto_white_balance": True}))

    assert delta_e(neutral, corrected).mean() < 0.5 * delta_e(neutral, tinted).mean()


def test_what_is_neutral_stays() -> None:
    assert found(cards(), auto_white_balance=True) == {}
    assert found(garden(), auto_white_balance=True) == {}


def test_colors_of_the_subject_are_no_cast() -> None:
    """A red thing among greys, and a sunset: warm above, blue below."""
    red = cards()
    red[60:180, 80:240] = (190, 40, 30)
    sunset = np.linspace((250, 130, 40), (30, 40, 90), 240)[:, None].repeat(320, 1).astype(np.uint8)

    assert found(red, auto_white_balance=True) == {}
    assert found(sunset, auto_white_balance=True) == {}


@pytest.mark.parametrize("cast", [0, -30, -60])
def test_a_pale_warm_thing_among_cold_ones_is_no_white_in_warm_light(cast: int) -> None:
    """A flower among leaves in blue light: balanced by the flower, it would become bluer yet."""
    flower = (cards() * [0.15, 0.25, 0.22]).astype(np.uint8)
    flower[80:160, 110:210] = (235, 190, 160)
    planted = with_edits(flower, temperature=cast)

    assert found(planted, auto_white_balance=True).get("temperature", 0) >= 0


@pytest.mark.parametrize("color", [(200, 0, 0), (0, 60, 200), (0, 40, 0), (255, 0, 255)])
def test_a_thing_without_any_of_a_primary_is_lit_by_no_lamp(color: tuple[int, int, int]) -> None:
    assert found(np.full((20, 30, 3), color, np.uint8), auto_white_balance=True) == {}


@pytest.mark.parametrize("seed", range(10))
def test_the_correction_is_bounded(seed: int) -> None:
    color = np.random.default_rng(seed).random(3)
    temperature, tint = cast_of(color * np.linspace(0.05, 0.9, 300)[:, None])

    assert abs(temperature) <= 50
    assert abs(tint) <= 15


def test_the_persons_own_shift_is_added() -> None:
    tinted = with_edits(cards(), temperature=-50)
    alone = found(tinted, auto_white_balance=True)
    warmer = found(tinted, auto_white_balance=True, temperature=10)

    assert warmer["temperature"] == alone["temperature"] + 10
    assert found(tinted, auto_white_balance=True, temperature=100)["temperature"] == 100


def test_a_light_that_is_said_needs_no_guess() -> None:
    tinted = with_edits(cards(), temperature=-50)
    edits = found(tinted, auto_white_balance=True, white_balance={"preset": "shade"})

    assert list(edits) == ["white_balance"]


def test_tone_is_found_in_the_balanced_photo() -> None:
    tinted = with_edits(cards(), temperature=-50, exposure=-2)
    sliders = found(tinted, **BOTH)
    balance = {name: sliders[name] for name in ("temperature", "tint") if name in sliders}

    assert found(tinted, auto_tone=True, **balance) == sliders


# ------------------------------------------------------------------------------- photos


@pytest.mark.parametrize(
    "name", ["gps-sunrise.jpg", "orient-landscape-1.jpg", "p3-gainmap-iphone13.jpg", "redeye.png"]
)
def test_no_photo_is_blown(photos: Path, name: str) -> None:
    small = {"format": "png", "max_side": 600}
    data = (photos / name).read_bytes()
    before, after = (first(edit(data, edits, small)) for edits in ({}, {"auto_tone": True}))

    assert np.mean(after.min(-1) >= 254) <= np.mean(before.min(-1) >= 254) + 0.01


def test_a_sunrise_stays_one_and_a_cast_on_a_landscape_goes(photos: Path) -> None:
    sunrise = edit((photos / "gps-sunrise.jpg").read_bytes(), {"auto_white_balance": True})
    assert [notice.text for notice in sunrise.notices] == ["Auto white balance: nothing to change."]

    small = {"format": "png", "max_side": 600}
    landscape = (photos / "orient-landscape-1.jpg").read_bytes()
    plain, blue = (first(edit(landscape, e, small)) for e in ({}, {"temperature": -40}))
    corrected = first(edit(saved(blue), {"auto_white_balance": True}, small))
    assert delta_e(plain, corrected).mean() < 0.35 * delta_e(plain, blue).mean()
