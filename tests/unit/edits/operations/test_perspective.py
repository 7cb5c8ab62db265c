from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.support.engine_calls import edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.operations.perspective import Perspective, rectify, size
from abzug.edits.pixels.arrays import size_of
from abzug.edits.recipe import canonical_edits, typed_edits
from abzug.errors import EditImpossible, InvalidRequest

WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]]
TILTED = [[0.2, 0.1], [0.85, 0.2], [0.9, 0.8], [0.1, 0.95]]


def seen(picture: np.ndarray, corners: list[list[float]]) -> np.ndarray:
    value = typed_edits({"perspective": {"corners": corners}})["perspective"]
    return rectify(picture, value)


def page() -> np.ndarray:
    """300 wide, 200 high: four quarters of four colors, with a line between them."""
    picture = np.zeros((200, 300, 3), np.uint8)
    picture[:100, :150] = (220, 40, 40)
    picture[:100, 150:] = (40, 200, 40)
    picture[100:, 150:] = (40, 40, 220)
    picture[100:, :150] = (220, 220, 40)
    return picture


def photographed(picture: np.ndarray, corners: list[list[float]], shot: tuple[int, int]) -> Any:
    """The page lying in a grey photo with its corners there."""
    height, width = picture.shape[:2]
    own = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    there = (np.array(corners) * shot).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(own - 0.5, there - 0.5)
    return cv2.warpPerspective(picture, matrix, shot, borderValue=(128, 128, 128))


def test_a_page_that_was_photographed_aslant_lies_straight() -> None:
    photo = photographed(page(), TILTED, (800, 600))

    result = seen(photo, TILTED)

    straight = cv2.resize(page(), size_of(result), interpolation=cv2.INTER_NEAREST)
    off = np.abs(result.astype(int) - straight).max(axis=2) > 40
    assert off.mean() < 0.02
    untouched = cv2.resize(photo, size_of(result)).astype(int)
    assert (np.abs(untouched - straight).max(axis=2) > 40).mean() > 0.2


def test_nothing_of_what_lies_around_is_left() -> None:
    photo = photographed(np.full((200, 300, 3), 255, np.uint8), TILTED, (800, 600))

    result = seen(photo, TILTED)

    assert photo.min() == 128
    assert result[2:-2, 2:-2].min() >= 250


def test_a_rectangle_is_cut_out_as_it_is() -> None:
    picture = pixels(1, 400, 300)

    result = seen(picture, [[0.25, 0.1], [0.75, 0.1], [0.75, 0.9], [0.25, 0.9]])

    assert np.array_equal(result, picture[30:270, 100:300])


def test_the_whole_photo_is_no_edit() -> None:
    picture = pixels(1, 40, 30)

    assert canonical_edits({"perspective": {"corners": WHOLE}}) == {}
    assert rectify(picture, Perspective()) is picture


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    st.lists(st.tuples(st.floats(0, 0.4), st.floats(0, 0.4)), min_size=4, max_size=4),
    st.integers(1, 300),
    st.integers(1, 300),
)
def test_the_size_is_foretold_and_no_edge_shrinks(
    inset: list[tuple[float, float]], width: int, height: int
) -> None:
    corners = [[abs(x - dx), abs(y - dy)] for (x, y), (dx, dy) in zip(WHOLE, inset, strict=True)]
    try:
        value = Perspective(corners=corners)
    except ValueError:
        assume(False)

    result = rectify(np.zeros((height, width, 3), np.uint8), value)

    assert size_of(result) == size((width, height), value)
    edges = np.array(corners) * (width, height)
    upper = float(np.hypot(*(edges[1] - edges[0])))
    assert result.shape[1] >= round(upper)


def test_alpha_is_turned_with_its_colors() -> None:
    picture = np.dstack([page(), np.full((200, 300), 255, np.uint8)])
    photo = photographed(picture, TILTED, (800, 600))

    assert (seen(photo, TILTED)[2:-2, 2:-2, 3] >= 250).all()


def test_corners_are_of_the_upright_photo_and_crop_is_of_what_they_make() -> None:
    picture = pixels(1, 400, 300)
    corners = [[0.25, 0], [0.75, 0], [0.75, 1], [0.25, 1]]
    edits = {"perspective": {"corners": corners}, "crop": {"width": 0.5}, "rotate": 90}

    result = first(edit(saved(picture), edits))

    assert np.array_equal(result, np.rot90(picture[:, 100:200], -1))


def test_the_result_keeps_its_size_when_decoded_smaller() -> None:
    data = saved(pixels(1, 800, 600), "jpeg")

    result = edit(data, {"perspective": {"corners": TILTED}}, {"max_side": 200}).results[0]

    full = size((800, 600), typed_edits({"perspective": {"corners": TILTED}})["perspective"])
    assert (result.width, result.height) == (200, round(200 * full[1] / full[0]))


def test_a_photo_too_long_for_it_fails_with_a_reason() -> None:
    with pytest.raises(EditImpossible, match="32,766"):
        seen(np.zeros((4, 32_767, 3), np.uint8), TILTED)


@pytest.mark.parametrize(
    "corners",
    [
        [[1, 0], [0, 0], [0, 1], [1, 1]],  # the wrong way around
        [[0, 0], [1, 1], [1, 0], [0, 1]],  # crossed
        [[0, 0], [1, 0], [0.3, 0.3], [0, 1]],  # with a dent
        [[0, 0], [0.5, 0], [1, 0], [0, 1]],  # a triangle
        [[0.5, 0.5]] * 4,
        [[0, 0], [1, 0], [1, 1]],
        [[0, 0], [1.1, 0], [1, 1], [0, 1]],
        [[0, 0], [1, 0], [1, "1"], [0, 1]],
    ],
)
def test_what_is_no_quadrilateral_is_refused(corners: Any) -> None:
    with pytest.raises(InvalidRequest) as refused:
        canonical_edits({"perspective": {"corners": corners}})

    assert refused.value.errors[0].pointer.startswith("/edits/perspective/corners")
