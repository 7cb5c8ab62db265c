"""Where operations say that they bring the parts of a picture, and where those are then."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from abzug.edits.homography import Placement, cut
from abzug.edits.operation import ReshapingOperation
from abzug.edits.recipe import canonical_edits, operations, typed_edits

SIZE = (320, 200)
MARKS = [(0.45, 0.5), (0.55, 0.44), (0.5, 0.6)]

CASES = [
    ("rotate", 90),
    ("rotate", 180),
    ("rotate", 270),
    ("flip", "horizontal"),
    ("flip", "vertical"),
    ("flip", "both"),
    ("straighten", 7.5),
    ("straighten", -30),
    ("perspective", {"corners": [[0.1, 0], [0.9, 0.1], [1, 1], [0, 0.9]]}),
    ("crop", {"x": 0.25, "y": 0.3, "width": 0.5, "height": 0.5}),
    ("crop", {"aspect": "1:1", "gravity": "right"}),
    ("resize", {"width": 80, "height": 80, "fit": "cover"}),
    ("resize", {"width": 300, "height": 300, "fit": "contain"}),
    ("resize", {"width": 100, "height": 150, "fit": "fill"}),
    ("resize", {"width": 101, "fit": "inside"}),
    ("padding", {"top": 10, "left": 25}),
    ("padding", {"aspect": "1:1"}),
    ("border", {"width": 13}),
]


def ready(name: str, raw: Any) -> tuple[ReshapingOperation, Any]:
    operation = operations()[name]
    assert isinstance(operation, ReshapingOperation)
    return operation, typed_edits(canonical_edits({name: raw}))[name]


def middle(picture: np.ndarray) -> tuple[float, float]:
    """Of what is green in it, in fractions."""
    weight = picture[..., 1].astype(float) - picture[..., 0]
    weight[weight < 40] = 0
    rows, columns = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]] + 0.5
    x, y = (float((one * weight).sum() / weight.sum()) for one in (columns, rows))
    return x / picture.shape[1], y / picture.shape[0]


@pytest.mark.parametrize(("name", "raw"), CASES)
@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_where_the_matrix_says(name: str, raw: Any, mark: tuple[float, float]) -> None:
    operation, value = ready(name, raw)
    picture = np.full((SIZE[1], SIZE[0], 3), 128, np.uint8)
    rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]] + 0.5
    here = np.hypot(columns - mark[0] * SIZE[0], rows - mark[1] * SIZE[1]) < 7
    picture[here] = (40, 240, 40)
    where = middle(picture)

    assert operation.moves
    placement = Placement(operation.moves(SIZE, value), 1, SIZE, (1, 1))
    after = operation.run(picture, value)

    place = placement.point(*where)
    assert place is not None
    pixel = max(1 / side for side in after.shape[:2])
    assert middle(after) == pytest.approx(place, abs=0.6 * pixel)


def test_every_operation_that_may_change_the_size_says_where_things_go() -> None:
    reshaping = [one for one in operations().values() if isinstance(one, ReshapingOperation)]

    silent = {one.name for one in reshaping if one.moves is None}

    assert silent == {"watermark", "round_corners"}, "these lie on the picture where it is"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientations_bring_corners_where_exif_says(orientation: int) -> None:
    """EXIF 2.32, 4.6.4: where the 0th row and the 0th column of the stored picture are seen."""
    row, column = {
        1: ("top", "left"),
        2: ("top", "right"),
        3: ("bottom", "right"),
        4: ("bottom", "left"),
        5: ("left", "top"),
        6: ("right", "top"),
        7: ("right", "bottom"),
        8: ("left", "bottom"),
    }[orientation]
    placement = Placement(np.eye(3), orientation, (4, 3), (4, 3))

    def sides(x: float, y: float) -> set[str]:
        place = placement.point(x, y)
        assert place is not None
        left, top = place
        found = {"left": left, "right": 1 - left, "top": top, "bottom": 1 - top}
        return {name for name, away in found.items() if away < 0.01}

    assert sides(0.5, 0) == {row}
    assert sides(0, 0.5) == {column}


def test_a_rectangle_is_cut_at_the_edge_and_gone_when_its_middle_is() -> None:
    right_half = Placement(cut((100, 50), (50, 0, 50, 50)), 1, (100, 50), (50, 50))

    assert right_half.rectangle((0.7, 0.2, 0.8, 0.3)) == pytest.approx((0.4, 0.2, 0.6, 0.3))
    assert right_half.rectangle((0.45, 0.2, 0.65, 0.3)) == pytest.approx((0, 0.2, 0.3, 0.3))
    assert right_half.rectangle((0.3, 0.2, 0.65, 0.3)) is None
