"""What does not fit into the memory is refused before it is decoded."""

import numpy as np
import pytest
from tests.engine_calls import edit, saved

from abzug.edits import engine
from abzug.edits.memory import PROCESS
from abzug.errors import EditOutOfMemory

MIB = 2**20
SIDE = 2000
"""12 MB in 8 bits, and twice that in 16."""
DEEP = saved(np.full((SIDE, SIDE), 30_000, np.uint16))
FLAT = saved(np.full((SIDE, SIDE, 3), 120, np.uint8))
BETWEEN = PROCESS + 35 * MIB


@pytest.fixture
def undecoded(monkeypatch):
    """Whoever decodes raises."""

    def decode(*_):
        raise AssertionError("it was decoded")

    monkeypatch.setattr(engine, "decode", decode)


@pytest.mark.usefixtures("undecoded")
def test_sixteen_bits_that_cannot_fit_are_refused_with_the_reason_before_they_are_decoded():
    with pytest.raises(EditOutOfMemory, match=r"4 megapixels of 16 bits .* 0\.8 GiB"):
        edit(DEEP, {}, {"format": "tiff"}, memory=BETWEEN)


@pytest.mark.usefixtures("undecoded")
def test_what_is_held_in_full_for_its_geometry_counts_in_full():
    with pytest.raises(EditOutOfMemory):
        edit(DEEP, {"straighten": 3}, {"max_side": 1500, "format": "png"}, memory=BETWEEN)


@pytest.mark.parametrize(
    ("data", "output", "memory"),
    [
        (DEEP, {"max_side": 500}, BETWEEN),
        (FLAT, {}, BETWEEN),
        (DEEP, {}, 4096 * MIB),
        (DEEP, {}, 0),
    ],
)
def test_what_may_fit_is_edited(data, output, memory):
    [result] = edit(data, {}, {"format": "png", **output}, memory=memory).results

    assert result.width == output.get("max_side", SIDE)
