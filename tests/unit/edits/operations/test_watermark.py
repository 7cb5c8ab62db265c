from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.support.engine_calls import edit, saved
from tests.support.pictures import pixels

from abzug.edits.notices import Told
from abzug.edits.operations.watermark import Watermark, watermark
from abzug.edits.recipe import canonical_edits
from abzug.errors import InvalidRequest

GREY = np.full((200, 300, 3), 100, np.uint8)


def written(picture: np.ndarray, *marks: dict[str, Any]) -> np.ndarray:
    return watermark(picture.copy(), tuple(Watermark(**mark) for mark in marks))


def extent(changed: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what changed."""
    rows, columns = np.nonzero(changed.any(axis=-1))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize(
    ("position", "across", "down"),
    [
        ("top-left", 0.0, 0.0),
        ("top", 0.5, 0.0),
        ("top-right", 1.0, 0.0),
        ("left", 0.0, 0.5),
        ("center", 0.5, 0.5),
        ("right", 1.0, 0.5),
        ("bottom-left", 0.0, 1.0),
        ("bottom", 0.5, 1.0),
        ("bottom-right", 1.0, 1.0),
    ],
)
def test_a_text_stands_where_it_should(position: str, across: float, down: float) -> None:
    result = written(GREY, {"text": "HHH", "position": position, "size": 10, "margin": 5})

    left, top, right, bottom = extent(result != GREY)
    room = 10  # the margin: 5 % of 200
    assert left - room == pytest.approx((300 - 2 * room - (right - left)) * across, abs=3)
    assert top - room == pytest.approx((200 - 2 * room - (bottom - top)) * down, abs=6)


def test_only_the_text_is_touched() -> None:
    picture = pixels(1)

    result = written(picture, {"text": "© Ann", "position": "bottom-right"})

    left, top, _, _ = extent(result != picture)
    assert left > 500
    assert top > 390
    assert np.array_equal(result[:390], picture[:390])


def test_opacity_blends_and_0_shows_nothing() -> None:
    half = written(GREY, {"text": "█", "position": "center", "opacity": 50, "color": "#ffffff"})
    none = written(GREY, {"text": "█", "position": "center", "opacity": 0})

    assert abs(int(half.max()) - (100 + 255) / 2) <= 1
    assert np.array_equal(none, GREY)


def test_the_color_is_that_asked_for() -> None:
    result = written(GREY, {"text": "█", "position": "center", "opacity": 100, "color": "#ff8000"})

    assert (result == (255, 128, 0)).all(axis=-1).any()


def test_size_follows_the_short_side() -> None:
    def height(picture: np.ndarray) -> int:
        _, top, _, bottom = extent(
            written(picture, {"text": "H", "size": 20, "position": "center"}) != picture
        )
        return int(bottom - top)

    assert height(np.full((400, 600, 3), 9, np.uint8)) == pytest.approx(2 * height(GREY), abs=2)


@pytest.mark.parametrize(
    "text",
    [
        *("<b>&amp;</b>", "日本の写真", "شكرا", "ไทย", "😀", "a\nb", "<span", "&", "'\"", "%s {0}"),
        *("©\u00a02026\u202fJean", "写真\u3000太郎", "\u200fמחבר\u200e (c)", "\u2068אב\u2069 x"),
        *(
            "Foto\u00adgraf",
            "🏴\U000e0067\U000e0062\U000e007f",
            "two\r\nlines",
            "a\tb",
            "\U0001fae9",
        ),
    ],
)
def test_any_text_is_written(text: str) -> None:
    result = written(GREY, {"text": text, "size": 12})

    assert (result != GREY).any()


@pytest.mark.parametrize("text", ["a\0", "\x1b[1m", "a\rb", " ", "\n", "\u200b", "\u3000\u00a0"])
def test_what_cannot_be_written_or_seen_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        canonical_edits({"watermark": [{"text": text}]})


def test_letters_that_no_font_has_are_told_of() -> None:
    unknown = "\ufdd0\U0001fffe"  # codes that no letter will ever have

    plain, boxes = (
        edit(saved(GREY), {"watermark": [{"text": "<Ann> & Co"}, {"text": text}]}).notices
        for text in ("© 2026", f"© {unknown} {unknown}")
    )

    assert plain == []
    assert boxes == [Told.missing_letters.notice(letters=unknown)]


def test_markup_is_not_obeyed() -> None:
    plain = written(GREY, {"text": "<i>x</i>", "size": 10})
    shorter = written(GREY, {"text": "x", "size": 10})

    assert (plain != GREY).sum() > 3 * (shorter != GREY).sum()


def test_a_long_text_is_made_to_fit() -> None:
    result = written(GREY, {"text": "A long line of text " * 8, "size": 20, "margin": 5})

    left, _, right, _ = extent(result != GREY)
    assert left >= 8
    assert right <= 292


def test_the_last_mark_lies_on_top() -> None:
    both = {"text": "█", "position": "center", "opacity": 100, "size": 30}

    result = written(GREY, both | {"color": "#ff0000"}, both | {"color": "#0000ff"})

    assert (result[100, 150] == (0, 0, 255)).all()


def test_a_text_is_seen_where_the_picture_is_transparent() -> None:
    clear = np.zeros((200, 300, 4), np.uint8)

    result = written(clear, {"text": "█", "position": "center", "opacity": 50, "color": "#ff0000"})

    assert tuple(result[100, 150]) == (255, 0, 0, 128)
    assert tuple(result[0, 0]) == (0, 0, 0, 0)


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 3)])
def test_the_smallest_picture_can_be_written_on(size: tuple[int, int]) -> None:
    picture = pixels(1, *size)

    assert written(picture, {"text": "Ann", "margin": 50, "size": 50}).shape == picture.shape
