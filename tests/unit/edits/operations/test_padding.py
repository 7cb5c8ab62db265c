from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.engine_calls import edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.operations.padding import Padding, box, pad, size
from abzug.edits.pixels.arrays import size_of
from abzug.edits.recipe import canonical_edits
from abzug.errors import InvalidRequest

RED = (0xC0, 0x10, 0x20)


def test_each_margin_is_as_wide_as_asked_for() -> None:
    picture = pixels(1, 300, 200)

    padded = pad(picture, Padding(top=5, right=10, bottom=20, left=2.5, color="#c01020"))

    assert size_of(padded) == (5 + 300 + 20, 10 + 200 + 40)
    assert np.array_equal(padded[10:210, 5:305], picture)
    padded[10:210, 5:305] = RED
    assert (padded == RED).all()


@pytest.mark.parametrize(
    ("aspect", "expected"),
    [("1:1", (300, 300)), ("3:2", (300, 200)), ("2:1", (400, 200)), ("4:5", (300, 375))],
)
def test_an_aspect_is_reached_with_even_margins(aspect: str, expected: tuple[int, int]) -> None:
    value = Padding(aspect=aspect)

    assert size((300, 200), value) == expected
    left, top, width, height = box((300, 200), value)
    assert abs(left - (width - 300 - left)) <= 1
    assert abs(top - (height - 200 - top)) <= 1


def test_margins_come_before_the_aspect() -> None:
    assert box((300, 200), Padding(bottom=50, aspect="1:1")) == (0, 0, 300, 300)
    assert box((300, 200), Padding(left=100, aspect="1:1")) == (200, 150, 500, 500)


def test_the_margins_of_a_transparent_picture_are_opaque_in_16_bits_too() -> None:
    clear = np.zeros((100, 100, 4), np.uint16)

    padded = pad(clear, Padding(top=5, color="#c01020"))

    assert (padded[:5] == (*(257 * part for part in RED), 65535)).all()
    assert (padded[5:] == 0).all()


def test_nothing_asked_for_is_no_edit() -> None:
    picture = pixels(1, 30, 20)

    assert pad(picture, Padding(color="#000000")) is picture
    assert pad(picture, Padding(aspect="3:2")) is picture
    assert canonical_edits({"padding": {"top": 0}}) == {}


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    picture=st.tuples(st.integers(1, 200), st.integers(1, 200)),
    margins=st.tuples(*[st.floats(0, 100)] * 4),
    aspect=st.sampled_from([None, "1:1", "10:1", "1:10", "16:9", "997:991"]),
)
def test_the_size_is_foretold_and_the_picture_lies_within(
    picture: tuple[int, int], margins: tuple[float, ...], aspect: str | None
) -> None:
    value = Padding(
        **dict(zip(("top", "right", "bottom", "left"), margins, strict=True)), aspect=aspect
    )
    picture_pixels = np.full((picture[1], picture[0], 3), 7, np.uint8)

    padded = pad(picture_pixels, value)

    assert size_of(padded) == size(picture, value)
    assert np.count_nonzero((padded == 7).all(axis=-1)) == picture[0] * picture[1]
    if value.shape is not None:
        width, height = size_of(padded)
        assert abs(width - height * value.shape) <= 0.5 + value.shape / 2


@pytest.mark.parametrize("max_side", [20, 60, 149, 150, 301])
@pytest.mark.parametrize(
    "value", [{"aspect": "1:1"}, {"aspect": "1:2", "left": 33}, {"bottom": 80}]
)
def test_the_longest_side_includes_the_margins(max_side: int, value: dict[str, Any]) -> None:
    edits = {"padding": value, "border": {"width": 3}}

    result = edit(saved(pixels(1, 400, 300)), edits, {"max_side": max_side}).results[0]

    assert max_side - 3 <= max(result.width, result.height) <= max_side


def test_it_lies_within_the_border_and_under_no_watermark() -> None:
    grey = np.full((100, 100, 3), 128, np.uint8)
    edits = {
        "padding": {"top": 10, "color": "#c01020"},
        "border": {"width": 10, "color": "#0000ff"},
        "watermark": [{"text": "█", "size": 50, "margin": 0, "position": "top", "opacity": 100}],
    }

    result = first(edit(saved(grey), edits))

    assert (result[:10] == (0, 0, 255)).all()
    assert (result[10:20, 10:110] == RED).all()


@pytest.mark.parametrize(
    "wrong",
    [{"top": -1}, {"left": 101}, {"aspect": "11:1"}, {"aspect": "1:99"}, {"color": "red"}, 5],
)
def test_what_is_no_padding_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidRequest):
        canonical_edits({"padding": wrong})
