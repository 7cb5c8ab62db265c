from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.engine_calls import decoded, edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.operations.border import Border, border, size
from abzug.edits.pixels.arrays import size_of
from abzug.edits.recipe import canonical_edits
from abzug.errors import InvalidRequest

RED = (0xC0, 0x10, 0x20)


def test_the_picture_stands_untouched_amid_the_color() -> None:
    picture = pixels(1, 300, 200)

    framed = border(picture, Border(width=10, color="#c01020"))

    assert size_of(framed) == (340, 240)
    assert np.array_equal(framed[20:220, 20:320], picture)
    framed[20:220, 20:320] = RED
    assert (framed == RED).all()


def test_the_border_of_a_transparent_picture_is_opaque() -> None:
    clear = np.zeros((100, 100, 4), np.uint8)

    framed = border(clear, Border(width=5, color="#c01020"))

    assert (framed[:5] == (*RED, 255)).all()
    assert (framed[5:105, 5:105] == 0).all()


def test_no_width_is_no_edit() -> None:
    picture = pixels(1, 30, 20)

    assert border(picture, Border(color="#000000")) is picture
    assert canonical_edits({"border": {"width": 0}}) == {}


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    st.tuples(st.integers(1, 300), st.integers(1, 300)),
    st.floats(0, 50),
    st.integers(1, 300),
)
def test_the_size_is_foretold(picture: tuple[int, int], width: float, channels: int) -> None:
    value = Border(width=width)
    clear = np.zeros((picture[1], picture[0], 3 + channels % 2), np.uint8)

    assert size_of(border(clear, value)) == size(picture, value)


@pytest.mark.parametrize("max_side", [1, 2, 3, 60, 149, 150, 301])
@pytest.mark.parametrize("width", [3.3, 12.5, 50])
def test_the_longest_side_includes_the_border(max_side: int, width: float) -> None:
    edits = {"border": {"width": width}}

    result = edit(saved(pixels(1, 400, 300)), edits, {"max_side": max_side}).results[0]

    assert max_side - 2 <= max(result.width, result.height) <= max_side


def test_a_limit_that_the_border_keeps_changes_nothing() -> None:
    data = saved(pixels(1, 400, 300))

    result = first(edit(data, {"border": {"width": 10}}, {"format": "png", "max_side": 460}))

    assert size_of(result) == (460, 360)
    assert np.array_equal(result[30:330, 30:430], pixels(1, 400, 300))


def test_the_color_is_the_one_asked_for_whatever_is_done_to_the_light() -> None:
    data = saved(pixels(1, 400, 300))
    edits = {"border": {"width": 10, "color": "#c01020"}, "exposure": 1, "saturation": -100}

    result = first(edit(data, edits))

    assert (result[:30] == RED).all()
    assert np.ptp(result[30:330, 30:430].astype(int), axis=2).max() <= 1


def test_every_size_has_one_border_in_proportion() -> None:
    data = saved(np.full((300, 400, 3), 255, np.uint8))
    outputs = [{"name": str(side), "format": "png", "max_side": side} for side in (460, 230)]

    large, small = (
        decoded(one.data).copy()
        for one in edit(data, {"border": {"width": 10, "color": "#000000"}}, *outputs).results
    )

    assert size_of(large) == (460, 360)
    assert size_of(small) == (230, 180)
    assert (small[15:165, 15:215] == 255).all()
    small[15:165, 15:215] = 0
    assert (small == 0).all()


@pytest.mark.parametrize("wrong", [{"width": 51}, {"width": -1}, {"color": "red"}])
def test_what_is_no_border_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        canonical_edits({"border": wrong})


def test_a_color_has_one_form_however_it_is_written() -> None:
    large, small = (
        canonical_edits({"border": {"width": 5, "color": color}})
        for color in ("#ABCDEF", "#abcdef")
    )

    assert large == small
