"""Crop by what is seen: gravity "attention" and "faces"."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.support.engine_calls import edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.operations.crop import crop
from abzug.edits.pixels import subject
from abzug.edits.pixels.arrays import size_of
from abzug.edits.recipe import typed_edits

SUBJECTS = ["attention", "faces"]
RED = (230, 30, 30)


def cropped(picture: np.ndarray, **value: object) -> np.ndarray:
    return crop(picture.copy(), typed_edits({"crop": value})["crop"])


def ball(x: int, y: int, width: int = 1200, height: int = 400) -> np.ndarray:
    """A red ball on grey, with its middle there."""
    picture = np.full((height, width, 3), 128, np.uint8)
    rows, columns = np.mgrid[0:height, 0:width]
    picture[np.hypot(columns - x, rows - y) < 60] = RED
    return picture


def red(picture: np.ndarray) -> int:
    return int((picture[..., :3] == RED).all(axis=-1).sum())


@pytest.mark.parametrize("gravity", SUBJECTS)
@pytest.mark.parametrize("x", [80, 400, 900, 1110])
def test_what_draws_the_eye_stays_in(gravity: str, x: int) -> None:
    """Without a face, faces are found by what draws the eye."""
    picture = ball(x, 200)

    result = cropped(picture, aspect="1:1", gravity=gravity)

    assert size_of(result) == (400, 400)
    assert red(result) == red(picture)


def test_the_middle_alone_would_have_lost_it() -> None:
    assert red(cropped(ball(80, 200), aspect="1:1")) == 0


def test_what_lies_beyond_the_rectangle_does_not_count() -> None:
    picture = np.maximum(ball(80, 200), ball(900, 200))
    picture[ball(900, 200)[..., 0] == RED[0]] = (30, 160, 60)

    result = cropped(picture, aspect="1:1", gravity="attention", x=0.5, width=0.5)

    assert red(result) == 0
    assert ((result == (30, 160, 60)).all(axis=-1)).sum() > 10_000


def test_in_a_high_photo_the_cut_moves_up_and_down() -> None:
    picture = ball(200, 1000, width=400, height=1200)

    assert red(cropped(picture, aspect="1:1", gravity="attention")) == red(picture)


@pytest.mark.parametrize("gravity", SUBJECTS)
def test_transparent_pictures_are_cut_too(gravity: str) -> None:
    picture = np.dstack([ball(900, 200), np.full((400, 1200), 255, np.uint8)])

    result = cropped(picture, aspect="1:1", gravity=gravity)

    assert result.shape == (400, 400, 4)
    assert red(result) == red(picture)


@pytest.mark.parametrize("gravity", SUBJECTS)
def test_without_an_aspect_gravity_says_nothing(gravity: str) -> None:
    picture = pixels(1, 300, 200)

    assert np.array_equal(cropped(picture, gravity=gravity), picture)


@pytest.mark.parametrize("gravity", SUBJECTS)
def test_the_same_photo_is_always_cut_alike(gravity: str) -> None:
    data = saved(pixels(3, 900, 500), "jpeg")
    edits = {"crop": {"aspect": "1:2", "gravity": gravity}}

    assert np.array_equal(first(edit(data, edits)), first(edit(data, edits)))


@pytest.mark.parametrize("gravity", SUBJECTS)
@pytest.mark.parametrize("size", [(1, 1), (2, 900), (900, 2)])
def test_the_smallest_photos_are_cut_as_foretold(gravity: str, size: tuple[int, int]) -> None:
    result = edit(saved(pixels(1, *size)), {"crop": {"aspect": "4:5", "gravity": gravity}})

    plain = edit(saved(pixels(1, *size)), {"crop": {"aspect": "4:5"}})
    assert (result.results[0].width, result.results[0].height) == (
        plain.results[0].width,
        plain.results[0].height,
    )


def found(
    *faces: tuple[int, int, int, int],
) -> Callable[[np.ndarray], list[tuple[int, int, int, int]]]:
    return lambda _: list(faces)


@pytest.mark.parametrize(
    ("faces", "left"),
    [
        ([(500, 100, 100, 100)], 350),
        ([(500, 100, 100, 100), (200, 100, 80, 80)], 200),  # both fit: 200 … 600
        ([(500, 100, 100, 100), (1000, 100, 80, 80)], 350),  # too far apart: the larger one
        ([(500, 100, 100, 100), (1000, 100, 80, 80), (620, 100, 60, 60)], 390),
        ([(-20, 100, 100, 100)], 0),
        ([(1150, 100, 100, 100)], 800),
    ],
)
def test_the_faces_that_fit_are_in_the_middle(
    monkeypatch: pytest.MonkeyPatch, faces: list[tuple[int, int, int, int]], left: int
) -> None:
    monkeypatch.setattr(subject, "find_faces", found(*faces))
    picture = pixels(1, 1200, 400)

    result = cropped(picture, aspect="1:1", gravity="faces")

    assert np.array_equal(result, picture[:, left : left + 400])


def test_a_face_at_the_edge_of_a_wide_photo_stays_in(photos: Path) -> None:
    from abzug.edits.pixels.faces import find_faces

    face = first(edit((photos / "redeye.png").read_bytes()))[::2, ::2, :3]
    height, width = face.shape[:2]
    wide = np.full((height + 80, 4 * width, 3), 110, np.uint8)
    wide[40 : 40 + height, 3 * width :] = face

    result = cropped(wide, aspect="1:1", gravity="faces")

    assert len(find_faces(np.ascontiguousarray(result))) == 1
    assert find_faces(np.ascontiguousarray(cropped(wide, aspect="1:1"))) == []
