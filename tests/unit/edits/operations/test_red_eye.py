from __future__ import annotations

import numpy as np
import pytest

from abzug.edits.operations.red_eye import Eyes, Point, red_eye

SKIN = (205, 160, 135)
PUPIL = (220, 40, 50)


def portrait(*pupils: tuple[int, int, int]) -> np.ndarray:
    """Skin with eyes: white, iris, and a lit pupil of the given (x, y, radius) with a glint."""
    picture = np.full((300, 400, 3), SKIN, np.uint8)
    rows, columns = np.mgrid[0:300, 0:400]
    for x, y, radius in pupils:
        distance = np.hypot(columns - x, rows - y)
        for reach, color in ((3, (235, 230, 225)), (2, (70, 90, 100)), (1, PUPIL)):
            picture[distance <= reach * radius] = color
        picture[y - 1 : y + 1, x - 1 : x + 1] = 255
    return picture


def at(picture: np.ndarray, *places: tuple[int, int]) -> Eyes:
    height, width = picture.shape[:2]
    return Eyes(points=tuple(Point(x=x / (width - 1), y=y / (height - 1)) for x, y in places))


def red(picture: np.ndarray) -> int:
    r, g, b = np.moveaxis(picture.astype(int), -1, 0)
    return int(((r > 100) & (r > 2 * np.maximum(g, b))).sum())


@pytest.mark.parametrize("tap", [(120, 100), (123, 104), (128, 100)])
def test_the_pupil_at_a_point_turns_dark(tap: tuple[int, int]) -> None:
    picture = portrait((120, 100, 6))

    result = red_eye(picture.copy(), at(picture, tap))

    assert red(picture) > 80
    assert red(result) == 0
    assert (result[99, 119] == 255).all(), "the glint stays"


def test_nothing_but_the_pupil_is_touched() -> None:
    picture = portrait((120, 100, 6))

    result = red_eye(picture.copy(), at(picture, (120, 100)))

    rows, columns = np.nonzero((result != picture).any(axis=-1))
    assert np.hypot(columns - 120, rows - 100).max() <= 7


def test_only_the_eye_at_the_point_is_touched() -> None:
    picture = portrait((120, 100, 6), (150, 100, 6))

    result = red_eye(picture.copy(), at(picture, (120, 100)))

    assert np.array_equal(result[:, 136:], picture[:, 136:])
    assert red(result) == pytest.approx(red(picture) / 2, abs=2)


def test_a_point_without_a_red_pupil_changes_nothing() -> None:
    picture = portrait((120, 100, 6))

    assert np.array_equal(red_eye(picture.copy(), at(picture, (300, 200), (0, 0))), picture)


def test_red_that_is_no_pupil_is_left_alone() -> None:
    """A red scarf, a red line: neither is small and round with something else about it."""
    scarf = portrait()
    scarf[180:260, 50:350] = PUPIL
    line = portrait()
    line[150:153, 100:140] = PUPIL

    assert np.array_equal(red_eye(scarf.copy(), at(scarf, (200, 220))), scarf)
    assert np.array_equal(red_eye(line.copy(), at(line, (120, 151))), line)


def test_without_faces_the_automatic_way_changes_nothing() -> None:
    """A red light, round and small, that is in nobody's face."""
    picture = portrait((120, 100, 6))

    assert np.array_equal(red_eye(picture.copy(), True), picture)
