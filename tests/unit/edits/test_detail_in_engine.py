"""Noise, local light and detail where they stand in the whole chain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.support.engine_calls import decoded, edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.color.color_pass import color_pass
from abzug.edits.operations.grain import Grain, strew
from abzug.edits.operations.noise_reduction import smooth
from abzug.edits.operations.texture import texturize
from abzug.edits.operations.vignette import Vignette
from abzug.edits.recipe import operations

SLIDERS: dict[str, Any] = {
    "noise_reduction": 40,
    "color_noise_reduction": 40,
    "dehaze": 30,
    "clarity": 40,
    "texture": 50,
    "vignette": {"amount": -40},
    "grain": {"amount": 20},
}


def test_noise_goes_before_the_light_and_grain_comes_after_all() -> None:
    picture = pixels(7, 300, 200)
    wanted = {"grain": {"amount": 20}, "texture": 50, "shadows": 60, "noise_reduction": 50}

    result = first(edit(saved(picture), wanted))

    by_hand = color_pass(smooth(picture.copy(), 50), {"shadows": 60.0})
    by_hand = strew(texturize(by_hand, 50), Grain(amount=20))
    assert np.array_equal(result, by_hand)
    assert not np.array_equal(result, picture)


def test_the_passes_are_in_the_order_of_the_chain() -> None:
    chain = [
        "noise_reduction",
        "color_noise_reduction",
        "dehaze",
        "highlights",
        "clarity",
        "exposure",
        "texture",
        "sharpening",
        "vignette",
        "grain",
        "watermark",
    ]

    assert [name for name in operations() if name in chain] == chain


def test_a_dark_vignette_needs_no_other_edit_of_light() -> None:
    picture = pixels(7, 300, 200)
    wanted = {"vignette": {"amount": -40}}

    result = first(edit(saved(picture), wanted))

    by_hand = color_pass(picture.copy(), {"vignette": Vignette(amount=-40)})
    assert np.array_equal(result, by_hand)
    assert not np.array_equal(result, picture)


def test_a_dark_vignette_is_of_the_light_and_a_white_one_of_the_finished_picture() -> None:
    picture = np.full((120, 180, 3), (200, 60, 40), np.uint8)

    dark, white = (
        first(edit(saved(picture), {"vignette": {"amount": amount}, "exposure": -1}))
        for amount in (-100, 100)
    )

    in_the_light = color_pass(picture.copy(), {"vignette": Vignette(amount=-100), "exposure": -1.0})
    assert np.array_equal(dark, in_the_light)
    assert white[0, 0].min() > 180  # exposure has not darkened it
    assert np.array_equal(white[60, 90], dark[60, 90])


def test_grain_is_as_fine_in_a_small_output_as_in_a_large_one() -> None:
    flat = np.full((400, 600, 3), 128, np.uint8)
    outputs = [{"name": n, "format": "png", "max_side": s} for n, s in (("l", 600), ("s", 200))]

    large, small = (
        decoded(one.data).astype(float)
        for one in edit(saved(flat), {"grain": {"amount": 60}}, *outputs).results
    )

    assert small.std() == pytest.approx(large.std(), rel=0.1)


def test_alpha_is_left_alone() -> None:
    alpha = np.linspace(0, 255, 100 * 150).reshape(100, 150, 1).astype(np.uint8)
    picture = np.concatenate([pixels(2, 150, 100), alpha], axis=2)

    result = first(edit(saved(picture), SLIDERS))

    assert np.array_equal(result[..., 3:], alpha)
    assert not np.array_equal(result[..., :3], picture[..., :3])


def test_a_single_pixel_with_alpha_goes_through_all_of_it() -> None:
    pixel = np.array([[[200, 100, 50, 128]]], np.uint8)

    result = first(edit(saved(pixel), SLIDERS | {"sharpening": {"amount": 50}}))

    assert result.shape == (1, 1, 4)
    assert result[0, 0, 3] == 128


def test_equal_requests_give_equal_bytes() -> None:
    photo = saved(pixels(4, 333, 251))

    one, other = (edit(photo, SLIDERS, {"format": "jpeg"}).results[0].data for _ in range(2))

    assert one == other
