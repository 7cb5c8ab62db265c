from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from tests.support.engine_calls import edit, saved

from abzug.edits.operations.red_eye import Eyes, Point, find, red_eye, remarks
from abzug.edits.pixels import red_pupils

Color = tuple[int, int, int]
Picture = npt.NDArray[Any]
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

    assert np.array_equal(red_eye(picture.copy(), value=True), picture)


FACE = (50, 30, 300, 300)
"""Where the computed face is: left, top, width, height."""
EYES = ((140, 150), (260, 150))
BROWN, WARM_BROWN, BLUE = (88, 58, 42), (112, 66, 36), (90, 110, 140)


def face(iris: Color = BLUE, pupil: Color = (18, 14, 13), skin: Color = SKIN) -> Picture:
    """A portrait with shaded skin, white, iris, pupil with a glint, lashes, brows and lips."""
    picture = np.zeros((400, 400, 3), float)
    rows, columns = np.mgrid[0:400, 0:400]
    shade = 1 - 0.15 * np.abs(columns - 200) / 200
    picture[:] = np.array(skin) * shade[..., None]
    lips = ((columns - 200) / 50) ** 2 + ((rows - 265) / 14) ** 2 <= 1
    picture[lips] = (190, 80, 85)
    for x, y in EYES:
        across, down = (columns - x) / 30, (rows - y) / 15
        picture[(across**2 + (down * 0.9) ** 2 <= 1.25)] = (60, 45, 40)
        picture[across**2 + down**2 <= 1] = (232, 226, 222)
        picture[np.hypot(columns - x + 26, rows - y) <= 4] = (205, 118, 112)
        distance = np.hypot(columns - x, rows - y)
        picture[distance <= 13] = iris
        picture[distance <= 8] = pupil
        picture[np.hypot(columns - x + 2, rows - y + 2) <= 1.5] = 255
        picture[(np.abs(columns - x) < 32) & (np.abs(rows - y + 30) < 4)] = (70, 50, 42)
    noise = np.random.default_rng(1).normal(0, 3, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def dotted(picture: Picture, *dots: tuple[int, int, int], color: Color = PUPIL) -> Picture:
    rows, columns = np.mgrid[0:400, 0:400]
    for x, y, radius in dots:
        picture[np.hypot(columns - x, rows - y) <= radius] = color
    return picture


@pytest.fixture
def one_face(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(red_pupils, "find_faces", lambda _: [FACE])


@pytest.mark.usefixtures("one_face")
@pytest.mark.parametrize("pupil", [PUPIL, (190, 30, 40), (235, 70, 60), (140, 25, 30)])
@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_red_pupils_in_a_face_become_neutral(pupil: Color, depth: type) -> None:
    picture: Picture = face(pupil=pupil).astype(depth) * (257 if depth is np.uint16 else 1)

    result = red_eye(picture.copy(), value=True)

    for x, y in EYES:
        inside = result[y - 4 : y + 5, x - 4 : x + 5].astype(int) // (np.iinfo(depth).max // 255)
        chroma = inside.max(axis=-1) - inside.min(axis=-1)
        assert chroma.max() <= 5, "the noise in the glint"
        assert np.median(inside) <= min(pupil[1:]) + 6
    rows, columns = np.nonzero((result != picture).any(axis=-1))
    away = np.min([np.hypot(columns - x, rows - y) for x, y in EYES], axis=0)
    assert away.max() <= 11, "no spot outside of the pupils"


HARMLESS = {
    "blue eyes": face(),
    "brown eyes": face(BROWN),
    "warm brown eyes": face(WARM_BROWN, pupil=(60, 30, 20)),
    "dark skin": face(BROWN, skin=(120, 78, 56)),
    "skin in the light of a lamp": face(BROWN, skin=(230, 150, 90)),
    "spots of acne": dotted(
        face(), (200, 140, 4), (110, 176, 5), (300, 130, 4), color=(200, 85, 80)
    ),
    "glitter on the lids": dotted(face(), (170, 134, 4), (232, 136, 4)),
    "red hair": dotted(face(), (100, 100, 8), (320, 118, 9), color=(180, 60, 30)),
    "a red bead on the nose": dotted(face(), (200, 150, 6)),
    "amber eyes": face((190, 110, 40)),
}


@pytest.mark.usefixtures("one_face")
@pytest.mark.parametrize("name", HARMLESS)
def test_nothing_else_in_a_face_is_touched(name: str) -> None:
    picture = HARMLESS[name]

    assert np.array_equal(red_eye(picture.copy(), value=True), picture)


def codes(picture: Picture, value: bool | Eyes) -> list[str]:
    return [notice.code for notice in remarks(find(picture, value))]


@pytest.mark.usefixtures("one_face")
def test_it_is_told_when_nothing_was_found_and_what_points_do() -> None:
    picture = face(pupil=PUPIL)

    assert codes(picture, True) == []
    assert codes(face(), True) == ["no_red_eye"]
    assert codes(picture, at(picture, EYES[0])) == ["only_points"]
    assert codes(picture, at(picture, EYES[0], (20, 380))) == ["only_points", "no_pupil_at"]


def test_a_photo_in_which_nothing_is_found_tells_it() -> None:
    told = edit(saved(face()), {"red_eye": True}).notices

    assert [notice.code for notice in told] == ["no_red_eye"]


def test_the_eyes_of_a_portrait(photos: Path) -> None:
    """Its reference is the same photo with the pupils made dark by hand."""
    picture, by_hand = (
        np.array(Image.open(photos / name).convert("RGB"))
        for name in ("redeye.png", "redeye-reference.png")
    )

    result = red_eye(picture.copy(), value=True)

    changed = (result != picture).any(axis=-1)
    meant = (np.abs(picture.astype(int) - by_hand).sum(axis=-1) > 20).astype(np.uint8)
    assert red(picture) > 1000
    assert red(result) < 20
    assert not (changed & ~cv2.dilate(meant, np.ones((9, 9), np.uint8)).astype(bool)).any()
    assert np.ptp(result[meant > 0].astype(int), axis=-1).mean() < 6
    assert np.array_equal(red_eye(by_hand.copy(), value=True), by_hand)
