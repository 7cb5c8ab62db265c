from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.pictures import pixels

from abzug.edits.operation import PixelOperation
from abzug.edits.pixels.arrays import read, scale, size_of, to_image, turn
from abzug.edits.pixels.deadline import Deadline
from abzug.edits.recipe import operations_of, typed_edits
from abzug.errors import EditImpossible


def apply(picture: np.ndarray, name: str, value: Any) -> np.ndarray:
    operation, typed = prepared(name, value)
    return operation.run(picture.copy(), typed)


def foretold(size: tuple[int, int], name: str, value: Any) -> tuple[int, int]:
    operation, typed = prepared(name, value)
    return operation.size_after(size, typed)


def prepared(name: str, value: Any) -> tuple[PixelOperation, Any]:
    return operations_of(PixelOperation)[name], typed_edits({name: value})[name]


def marked() -> np.ndarray:
    """3 wide, 2 high: the numbers 0 … 5 in reading order."""
    return np.repeat(np.arange(6, dtype=np.uint8).reshape(2, 3, 1), 3, axis=2)


def first_channel(picture: np.ndarray) -> list[list[int]]:
    return picture[..., 0].tolist()


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [
        (90, [[3, 0], [4, 1], [5, 2]]),
        (180, [[5, 4, 3], [2, 1, 0]]),
        (270, [[2, 5], [1, 4], [0, 3]]),
    ],
)
def test_rotate_turns_clockwise(degrees: int, expected: list[list[int]]) -> None:
    assert first_channel(apply(marked(), "rotate", degrees)) == expected


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ("horizontal", [[2, 1, 0], [5, 4, 3]]),
        ("vertical", [[3, 4, 5], [0, 1, 2]]),
        ("both", [[5, 4, 3], [2, 1, 0]]),
    ],
)
def test_flip_mirrors(direction: str, expected: list[list[int]]) -> None:
    assert first_channel(apply(marked(), "flip", direction)) == expected


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("channels", [3, 4])
def test_reading_in_strips_turns_as_the_whole_would(orientation: int, channels: int) -> None:
    picture = np.dstack([pixels(1, 150, 201), pixels(2, 150, 201)])[..., :channels]

    strips = read(to_image(picture), Deadline(60), orientation)

    assert np.array_equal(strips, turn(np.ascontiguousarray(picture), orientation))


def test_crop_takes_fractions_of_the_photo() -> None:
    picture = pixels(1, 400, 300)

    cropped = apply(picture, "crop", {"x": 0.25, "y": 0.1, "width": 0.5, "height": 0.8})

    assert np.array_equal(cropped, picture[30:270, 100:300])


@pytest.mark.parametrize(
    ("gravity", "left", "top"), [("center", 80, 0), ("left", 0, 0), ("bottom-right", 160, 0)]
)
def test_crop_cuts_the_largest_rectangle_of_an_aspect(gravity: str, left: int, top: int) -> None:
    picture = pixels(1, 400, 300)

    cropped = apply(picture, "crop", {"aspect": "4:5", "gravity": gravity})

    assert size_of(cropped) == (240, 300)
    assert np.array_equal(cropped, picture[top : top + 300, left : left + 240])


@given(
    st.tuples(st.integers(1, 5000), st.integers(1, 5000)),
    st.floats(0, 0.999),
    st.floats(0, 0.999),
    st.floats(0.0001, 1),
    st.floats(0.0001, 1),
    st.sampled_from([None, "1:1", "4:5", "99999:1", "1:99999"]),
)
def test_a_crop_is_never_empty_and_never_beyond_the_photo(
    size: tuple[int, int], x: float, y: float, width: float, height: float, aspect: str | None
) -> None:
    from abzug.edits.operations.crop import Crop, box

    value = Crop(x=x, y=y, width=min(width, 1 - x), height=min(height, 1 - y), aspect=aspect)

    left, top, across, down = box(size, value)

    assert across >= 1
    assert down >= 1
    assert 0 <= left <= size[0] - across
    assert 0 <= top <= size[1] - down


@pytest.mark.parametrize("degrees", [-45, -12.5, -0.1, 0.1, 3, 30, 45])
@pytest.mark.parametrize("size", [(300, 200), (200, 300), (250, 250), (400, 7)])
def test_straighten_leaves_no_empty_corner(degrees: float, size: tuple[int, int]) -> None:
    """Black where the photo does not reach would show; a border in the photo itself is cut off."""
    white = np.full((size[1], size[0], 3), 255, np.uint8)

    straight = apply(white, "straighten", degrees)

    assert straight.min() == 255
    assert size_of(straight) == foretold(size, "straighten", degrees)


@pytest.mark.parametrize("degrees", [-20, 5, 33])
def test_straighten_keeps_the_proportions_and_all_it_can(degrees: float) -> None:
    width, height = foretold((3000, 2000), "straighten", degrees)

    assert width / height == pytest.approx(1.5, rel=1e-3)
    sine, cosine = abs(math.sin(math.radians(degrees))), math.cos(math.radians(degrees))
    reach = (width * cosine + height * sine) / 3000, (width * sine + height * cosine) / 2000
    assert max(reach) == pytest.approx(1, abs=2e-3)


def test_straighten_turns_clockwise() -> None:
    """A line that rises to the right by 5 degrees lies level after 5 degrees."""
    y, x = np.mgrid[0:300, 0:400]
    above = y - 150 + np.tan(np.radians(5)) * (x - 200) < 0
    tilted = np.where(above[..., None], 255, 0).astype(np.uint8).repeat(3, axis=2)

    straight = apply(tilted, "straighten", 5)

    edges = (straight[..., 0] < 128).argmax(axis=0)
    assert edges.max() - edges.min() <= 1


def test_a_photo_too_long_to_be_straightened_fails_with_a_reason() -> None:
    with pytest.raises(EditImpossible, match="32,766"):
        apply(np.zeros((4, 32_767, 3), np.uint8), "straighten", 5)


def test_straighten_by_nothing_is_the_photo() -> None:
    picture = pixels(1, 301, 200)

    assert np.array_equal(operations_of(PixelOperation)["straighten"].run(picture, 0.0), picture)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"width": 200}, (200, 150)),
        ({"height": 100}, (133, 100)),
        ({"width": 200, "height": 200}, (200, 150)),
        ({"width": 200, "height": 200, "fit": "outside"}, (267, 200)),
        ({"width": 200, "height": 200, "fit": "cover"}, (200, 200)),
        ({"width": 200, "height": 200, "fit": "contain"}, (200, 200)),
        ({"width": 200, "height": 50, "fit": "fill"}, (200, 50)),
        ({"width": 800}, (400, 300)),
        ({"width": 800, "enlarge": True}, (800, 600)),
        ({"width": 800, "height": 200, "fit": "cover"}, (400, 200)),
        ({"width": 800, "height": 200, "fit": "fill"}, (400, 200)),
        ({"width": 800, "height": 800, "fit": "contain"}, (800, 800)),
        ({"width": 1}, (1, 1)),
    ],
)
def test_resize_fits_as_asked(value: dict[str, Any], expected: tuple[int, int]) -> None:
    resized = apply(pixels(1, 400, 300), "resize", value)

    assert size_of(resized) == expected == foretold((400, 300), "resize", value)


def test_cover_cuts_what_hangs_over_evenly() -> None:
    picture = np.zeros((100, 300, 3), np.uint8)
    picture[:, 100:200] = 255

    covered = apply(picture, "resize", {"width": 100, "height": 100, "fit": "cover"})

    assert covered.min() == 255


def test_contain_puts_even_margins_of_the_color_asked_for() -> None:
    value = {"width": 100, "height": 100, "fit": "contain", "background": "#102030"}

    contained = apply(np.full((100, 200, 3), 255, np.uint8), "resize", value)

    assert (contained[:25] == (0x10, 0x20, 0x30)).all()
    assert (contained[75:] == (0x10, 0x20, 0x30)).all()
    assert (contained[25:75] == 255).all()


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("straighten", 10),
        ("perspective", {"corners": [[0.05, 0], [0.95, 0.05], [1, 1], [0, 0.95]]}),
        ("blur", 30),
    ],
)
def test_transparent_colors_leave_no_seam(
    name: str, value: Any, depth: type[np.uint8 | np.uint16]
) -> None:
    """A white disk; what is around it is black, which nobody can see."""
    y, x = np.mgrid[0:120, 0:120]
    disk = np.hypot(y - 60, x - 60) < 40
    picture = np.zeros((120, 120, 4), depth)
    picture[disk] = np.iinfo(depth).max

    result = apply(picture, name, value)

    seen = result[..., 3] > 0
    assert 0.2 < seen.mean() < 0.5
    assert result[seen].min(axis=0)[:3] == pytest.approx(np.iinfo(depth).max, rel=0.01)


def test_transparent_colors_do_not_bleed_when_scaled() -> None:
    picture = np.zeros((64, 64, 4), np.uint8)
    picture[:, :32] = (200, 100, 50, 255)
    picture[:, 32:] = (0, 255, 0, 0)

    small = scale(to_image(picture), (16, 16)).numpy()

    seen = small[small[..., 3] > 0]
    assert np.abs(seen[:, :3].astype(int) - (200, 100, 50)).max() <= 1


@pytest.mark.parametrize("fit", ["inside", "outside", "cover"])
def test_a_sliver_is_not_enlarged_beyond_all_measure(fit: str) -> None:
    width = None if fit == "inside" else 9
    value = {"height": 8000, "width": width, "fit": fit, "enlarge": True}

    with pytest.raises(EditImpossible, match="too narrow"):
        apply(np.zeros((1, 16_000, 3), np.uint8), "resize", value)
