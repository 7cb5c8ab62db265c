"""What a photo takes of memory is foretold: what does not fit is edited in 8 bits, which the result
tells, or refused before it is decoded."""

from pathlib import Path
from typing import Any, Never

import numpy as np
import pytest
from benchmarks import memory as bench
from tests.support.engine_calls import decoded, edit, saved

from abzug.edits import engine
from abzug.edits.decoding.open import open_photo
from abzug.edits.memory import ADDRESSES, PROCESS, resident
from abzug.edits.notices import Told
from abzug.edits.outputs import canonical_outputs, typed_outputs
from abzug.edits.recipe import canonical_edits, typed_edits
from abzug.errors import EditOutOfMemory

MIB = 2**20
SIDE = 2000
"""12 MB in 8 bits, and twice that in 16."""
SLOPE = np.linspace(20_000, 30_000, SIDE).astype(np.uint16)
DEEP = saved(np.ascontiguousarray(np.broadcast_to(SLOPE, (SIDE, SIDE))))
FLAT = saved(np.full((SIDE, SIDE, 3), 120, np.uint8))
RAW = bench.dng(SIDE, SIDE)
ENOUGH_FOR_8 = PROCESS + 20 * MIB
TIFF, JPEG, COARSE = {"format": "tiff"}, {"format": "jpeg"}, {"format": "png", "bit_depth": "8"}


@pytest.fixture
def undecoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever decodes raises."""

    def decode(*_: object) -> Never:
        raise AssertionError("it was decoded")

    monkeypatch.setattr(engine, "decode", decode)


@pytest.mark.usefixtures("undecoded")
@pytest.mark.parametrize("outputs", [[TIFF], [JPEG | {"name": "small"}, TIFF]])
def test_a_result_of_16_bits_that_do_not_fit_is_refused_with_the_reason(
    outputs: list[dict[str, Any]],
) -> None:
    with pytest.raises(EditOutOfMemory, match=r"4 megapixels in 16 bits.* 0\.1 GiB") as refusal:
        edit(DEEP, {"exposure": 1}, *outputs, photo_memory=ENOUGH_FOR_8)

    assert "bit_depth 8" in refusal.value.advice
    assert refusal.value.permanent


@pytest.mark.usefixtures("undecoded")
def test_what_is_held_in_full_for_its_geometry_counts_in_full() -> None:
    with pytest.raises(EditOutOfMemory):
        edit(DEEP, {"straighten": 3}, TIFF | {"max_side": 500}, photo_memory=ENOUGH_FOR_8)


def test_for_a_result_of_8_bits_it_is_edited_in_8_and_says_so() -> None:
    coarse = saved(decoded(edit(DEEP, {}, COARSE).results[0].data))

    edited = edit(DEEP, {"exposure": 1}, COARSE, photo_memory=ENOUGH_FOR_8)

    assert edited.notices == [Told.in_8_bits.notice(megapixels=4)]
    assert edited.results[0].data == edit(coarse, {"exposure": 1}, COARSE).results[0].data


def test_what_only_moves_pixels_needs_no_more_than_8_bits() -> None:
    with_room, without = (
        edit(DEEP, {"flip": "both"}, COARSE, photo_memory=bytes_) for bytes_ in (0, ENOUGH_FOR_8)
    )

    assert with_room == without
    assert not without.notices


@pytest.mark.parametrize(
    ("output", "photo_memory"),
    [(TIFF | {"max_side": 500}, ENOUGH_FOR_8), (TIFF, 900 * MIB), (TIFF, 0)],
)
def test_what_fits_keeps_its_16_bits(output: dict[str, Any], photo_memory: int) -> None:
    edited = edit(DEEP, {"exposure": 0.5}, output, photo_memory=photo_memory)

    assert not edited.notices
    assert len(np.unique(decoded_deep(edited.results[0].data))) > 300


def decoded_deep(file: bytes | memoryview) -> np.ndarray:
    import cv2

    picture = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture


def test_a_photo_of_8_bits_is_never_refused_for_the_sake_of_16() -> None:
    assert edit(FLAT, {"blur": 50}, photo_memory=1).notices == []


def test_a_raw_is_developed_at_half_its_size_where_there_is_no_room_for_all_of_it() -> None:
    budget = PROCESS

    with pytest.raises(EditOutOfMemory, match="developed in full") as refusal:
        edit(RAW, {}, JPEG, photo_memory=budget // 2)

    assert "max_side to 1,000" in refusal.value.advice
    [result] = edit(RAW, {}, JPEG | {"max_side": 1000}, photo_memory=budget).results
    assert result.width == 1000


@pytest.mark.usefixtures("undecoded")
def test_what_does_not_fit_into_the_address_space_is_refused_in_any_depth() -> None:
    with pytest.raises(EditOutOfMemory, match=r"4 megapixels of 8 bits .* 0\.8 GiB"):
        edit(FLAT, {"straighten": 3}, memory=ADDRESSES + 20 * MIB)


@pytest.mark.parametrize(
    ("output", "memory"), [({"max_side": 500}, ADDRESSES + 20 * MIB), ({}, 4096 * MIB), ({}, 0)]
)
def test_what_may_fit_is_edited(output: dict[str, Any], memory: int) -> None:
    [result] = edit(FLAT, {}, output, memory=memory).results

    assert result.width == output.get("max_side", SIDE)


def foretold(edits: dict[str, Any], *outputs: dict[str, Any], data: bytes = DEEP) -> float:
    wanted = canonical_outputs(
        [{"name": f"o{n}", **output} for n, output in enumerate(outputs)], max_outputs=9
    )
    typed = typed_edits(canonical_edits(edits)), typed_outputs(wanted)
    return resident(open_photo(data, max_pixels=10**9), *typed, 16) / MIB


FRAME = SIDE * SIDE * 6 / MIB


def test_smaller_outputs_cost_a_copy_only_where_the_larger_ones_have_last_steps() -> None:
    small, large = {"max_side": 200}, dict[str, Any]()
    alone, sharp = foretold({}, large), foretold({"sharpening": {"amount": 50}}, large)

    assert foretold({}, large, small) == pytest.approx(alone + FRAME / 100, abs=0.1)
    assert foretold({"sharpening": {"amount": 50}}, large, small) == pytest.approx(
        sharp + FRAME, abs=0.1
    )


def test_a_border_costs_its_own_size() -> None:
    assert foretold({"border": {"width": 50}}, {}) > foretold({}, {}) + 2.9 * FRAME


@pytest.fixture(scope="module")
def sixteen_megapixels(tmp_path_factory: pytest.TempPathFactory, photos: Path) -> Path:
    return bench.save("rgb16", 16, tmp_path_factory.mktemp("memory"))


@pytest.mark.parametrize(
    "edits",
    [{"exposure": 1}, {"straighten": 3, "exposure": 1}, {"color_noise_reduction": 50}],
    ids=["pointwise", "copied", "denoised"],
)
def test_the_forecast_is_what_a_process_takes(
    edits: dict[str, Any], sixteen_megapixels: Path
) -> None:
    """Up to a fifth, for what the allocator keeps and what libraries load is not the engine's."""
    told = bench.run(sixteen_megapixels, edits)

    assert (told["said"], told["bits"]) == ("edited", 16)
    assert told["foretold"] == pytest.approx(told["mib"], rel=0.2)
