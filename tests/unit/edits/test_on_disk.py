"""Large files lie on disk, and pixels that are used up give their memory back."""

import errno
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from tests.support.engine_calls import edit
from tests.support.pictures import pixels
from tests.unit.edits.test_bit_depth import fine_file, fine_pixels

from abzug.edits import on_disk
from abzug.edits.encoding import encode
from abzug.edits.operation import ReshapingOperation
from abzug.edits.pixels import buffer
from abzug.edits.pixels.arrays import turn, turned_buffer
from abzug.edits.pixels.buffer import copied, use_up
from abzug.edits.pixels.strips import half, luma, strips
from abzug.edits.recipe import operations_of, typed_edits


@pytest.fixture
def all_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_disk, "LARGE", 1)
    monkeypatch.setattr(encode, "LARGE", 1)


def test_a_small_file_stays_in_memory() -> None:
    assert on_disk.on_disk(b"photo") == b"photo"
    assert not on_disk.is_mapped(on_disk.on_disk(b"photo"))


@pytest.mark.usefixtures("all_on_disk")
def test_a_large_one_is_the_same_after_it_was_let_go_of() -> None:
    data = on_disk.on_disk(b"photo" * 100_000)

    on_disk.let_go(data)

    assert on_disk.is_mapped(data)
    assert data == b"photo" * 100_000


@pytest.mark.parametrize("form", ["png", "tiff"])
def test_a_result_on_disk_has_the_bytes_of_one_in_memory(
    form: str, photos: Path, request: pytest.FixtureRequest
) -> None:
    data = (photos / "gps-sunrise.jpg").read_bytes()
    output = {"format": form, "metadata": "keep", "max_side": 300}
    in_memory = edit(data, {}, output).results[0].data

    request.getfixturevalue("all_on_disk")
    result = edit(on_disk.on_disk(data), {}, output).results[0].data

    assert isinstance(in_memory, bytes)
    assert on_disk.is_mapped(result)
    assert bytes(result) == in_memory


@pytest.mark.usefixtures("all_on_disk")
def test_a_disk_without_room_is_no_fault_of_the_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("r+b", buffering=0) as full:
        monkeypatch.setattr(encode, "temporary", lambda: full)

        with pytest.raises(OSError, match="no room") as error:
            edit(fine_file(fine_pixels()), {}, {"format": "png"})

    assert error.value.errno == errno.ENOSPC


@pytest.fixture(autouse=True)
def frames_of_4_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffer, "_LARGE", 4 * 2**20)


def large(channels: int = 3) -> np.ndarray:
    """More than is kept in ordinary memory; a width at which rows and pages do not agree."""
    rng = np.random.default_rng(1)
    return copied(rng.integers(1, 256, (1203, 1501, channels), np.uint8))


def test_rows_that_are_used_up_are_gone_and_the_others_are_not() -> None:
    picture = large()
    was = picture.copy()

    use_up(picture[100:300])

    assert not picture[102:298].any()
    assert np.array_equal(picture[:100], was[:100])
    assert np.array_equal(picture[300:], was[300:])


def test_ordinary_memory_is_left_alone() -> None:
    picture = np.array(large())

    use_up(picture)

    assert picture.any()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_frame_is_turned_while_it_is_used_up(orientation: int) -> None:
    picture = large(4)
    expected = turn(picture.copy(), orientation)

    assert np.array_equal(turned_buffer(picture, orientation), expected)


@pytest.mark.parametrize("channels", [3, 4])
def test_a_large_picture_gets_its_border_as_a_small_one_does(channels: int) -> None:
    picture = large(channels)
    inner = picture.copy()
    operation, value = (
        operations_of(ReshapingOperation)["border"],
        typed_edits({"border": {"width": 7}})["border"],
    )

    framed = operation.run(picture, value)

    edge = round(1203 * 0.07)
    assert np.array_equal(framed[edge:-edge, edge:-edge], inner)
    framed[edge:-edge, edge:-edge] = 255
    assert framed.min() == 255


@pytest.mark.parametrize(
    "value", [{"x": 0.01, "width": 0.9}, {"x": 0.5, "y": 0.5, "width": 0.1, "height": 0.2}]
)
def test_a_cut_that_is_moved_together_is_the_same(value: dict[str, Any]) -> None:
    picture = large()
    was = picture.copy()
    operation, typed = (
        operations_of(ReshapingOperation)["crop"],
        typed_edits({"crop": value})["crop"],
    )

    cut = operation.run(picture, typed)

    left, top = round(1501 * value["x"]), round(1203 * value.get("y", 0))
    assert cut.flags.c_contiguous
    assert np.array_equal(cut, was[top : top + len(cut), left : left + cut.shape[1]])


def test_strips_see_the_picture_as_it_was() -> None:
    picture = pixels(2, 40, 300)
    whole = luma(picture)
    seen_at = []

    for rows, seen, inner in strips(picture, halo=5):
        first = rows.start - inner.start
        assert np.array_equal(seen, whole[first : first + len(seen)])
        assert first == max(0, rows.start - 5)
        assert first + len(seen) == min(300, rows.stop + 5)
        picture[rows] = 0
        seen_at.append(rows.start)

    assert seen_at == [0, 128, 256]


@pytest.mark.parametrize("size", [(60, 400), (61, 401)])
def test_half_is_the_mean_of_two_by_two(size: tuple[int, int]) -> None:
    picture = pixels(2, *size)

    found = half(picture)

    even = cv2.copyMakeBorder(
        luma(picture), 0, size[1] % 2, 0, size[0] % 2, cv2.BORDER_REPLICATE
    ).astype(float)
    means = even.reshape(even.shape[0] // 2, 2, even.shape[1] // 2, 2).mean((1, 3))
    assert found.shape == means.shape
    assert np.abs(found - means).max() <= 0.5
