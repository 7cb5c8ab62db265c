"""The baked table stands for the operations it was baked from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.recipes import EVERYTHING, STRONG, TYPICAL
from tests.support.pictures import pixels

from abzug.edits.color import lut, lut_nodes
from abzug.edits.color.hues import HUES
from abzug.edits.color.lut import Lut, bake, color_settings, exact
from abzug.edits.recipe import canonical_edits, typed_edits

STEEP = {"exposure": 3}


def typed(edits: dict[str, Any]) -> dict[str, Any]:
    return typed_edits(canonical_edits(edits))


def baked(edits: dict[str, Any], grids: Sequence[int] = lut.GRIDS) -> Lut:
    table = bake(typed(edits), grids)
    assert table
    return table


def differences(
    picture: np.ndarray, edits: dict[str, Any], grids: Sequence[int] = lut.GRIDS
) -> np.ndarray:
    """Levels of 255 between the table's pixels and those of the exact functions, both rounded."""
    target = np.rint(exact(picture / 255, color_settings(typed(edits))) * 255)
    result = picture.copy()
    baked(edits, grids).apply(result)
    return np.abs(result - target)


@pytest.fixture(scope="module")
def some_colors(photos: Path) -> np.ndarray:
    """150,000 pixels of photos, (300, 500, 3)."""
    import cv2

    names = ["camera-canon-a720.jpg", "orient-landscape-1.jpg", "prophoto.jpg", "redeye.png"]
    read = [cv2.imread(str(photos / name)) for name in names]
    found = [photo[..., ::-1].reshape(-1, 3) for photo in read if photo is not None]
    assert len(found) == 4
    rng = np.random.default_rng(3)
    picked = [colors[rng.integers(0, len(colors), 37_500)] for colors in found]
    return np.concatenate(picked).reshape(300, 500, 3)


@pytest.mark.parametrize(
    "edits",
    [
        TYPICAL,
        {"exposure": -1, "contrast": -40, "saturation": 30},
        {"temperature": 60, "tint": -20},
        {"contrast": 100, "whites": 100, "blacks": -100},
        {"black_and_white": {"red": 40, "blue": -60}},
        STEEP,
        {"sepia": 80, "gamma": 2},
        {"duotone": {}},
    ],
    ids="-".join,
)
def test_photos_come_out_as_from_the_exact_functions(
    some_colors: np.ndarray, edits: dict[str, Any]
) -> None:
    off = differences(some_colors, edits)
    assert off.mean() <= 0.2
    assert np.percentile(off, 99) <= 1.7


def test_even_everything_at_once_is_near(some_colors: np.ndarray) -> None:
    off = differences(some_colors, EVERYTHING)
    assert off.mean() <= 0.26
    assert np.percentile(off, 99) <= 2  # 1.5 before both are rounded


HARD: dict[str, dict[str, Any]] = {
    "strong": STRONG,
    "hues against their neighbors": {
        "hsl": {
            name: {"hue": end, "saturation": -end, "luminance": end}
            for name, end in zip(HUES, (100, -100) * 4, strict=True)
        }
    },
    "black and white": {
        "black_and_white": dict(zip(HUES, (100, -100) * 4, strict=True)),
        "contrast": 100,
    },
    "grading": {
        "color_grading": {
            "shadows": {"hue": 210, "saturation": 60}, "highlights": {"hue": 40, "saturation": 50}
        }
    },
    "narrow levels": {"levels": {"black": 120, "white": 136}},
}  # fmt: skip


@pytest.mark.parametrize("edits", HARD.values(), ids=HARD)
def test_strong_edits_are_near_on_each_photo(
    some_colors: np.ndarray, edits: dict[str, Any]
) -> None:
    for off in np.split(differences(some_colors, edits), 4):
        assert off.mean() <= 0.4
        assert np.percentile(off, 99) <= 4


def test_only_strong_edits_take_more_nodes_than_49() -> None:
    gentle: list[dict[str, Any]] = [
        TYPICAL,
        {"contrast": 100},
        {"exposure": 3},
        {"saturation": 100},
        {"gamma": 2},
    ]
    assert {len(baked(edits).nodes) for edits in gentle} == {49}
    assert len(baked(HARD["hues against their neighbors"]).nodes) == 129


@pytest.mark.parametrize(
    "edits", [STEEP, {"exposure": 3, "temperature": 100}, {"duotone": {}}], ids=str
)
def test_black_white_and_pure_colors_are_exact_after_a_shaper_too(edits: dict[str, Any]) -> None:
    corners = np.stack(np.meshgrid([0, 255], [0, 255], [0, 255]), -1).astype(np.uint8)
    assert baked(edits).shaper is not None
    assert differences(corners.reshape(2, 4, 3), edits).max() == 0


def test_grey_that_stays_one_tone_has_no_shaper() -> None:
    flat = {"levels": {"out_black": 90, "out_white": 90}}
    picture = pixels(4)
    baked(flat).apply(picture)
    assert (picture == 90).all()


def test_a_coarse_table_is_near_too(some_colors: np.ndarray) -> None:
    off = differences(some_colors, TYPICAL, grids=(33,))
    assert off.mean() <= 0.2
    assert np.percentile(off, 99) <= 1.7


def test_steep_edits_get_a_shaper_and_gentle_ones_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert baked(TYPICAL).shaper is None
    assert baked(STEEP).shaper is not None
    dark = np.arange(0, 60, dtype=np.uint8)[None, :, None].repeat(3, 2)
    shaped = differences(dark, STEEP, grids=(49,)).max()
    monkeypatch.setattr(lut_nodes, "STEEPEST", np.inf)
    monkeypatch.setattr(lut_nodes, "_curve", lambda steps: None)
    lut._bake.cache_clear()
    plain = differences(dark, STEEP, grids=(49,)).max()
    lut._bake.cache_clear()
    assert shaped < 0.5 < plain


def test_edits_without_color_need_no_table() -> None:
    assert bake({}) is None
    assert bake({"highlights": -40.0, "exposure": 0.0, "black_and_white": False}) is None


def test_equal_edits_are_baked_once_and_the_table_is_of_16_bits() -> None:
    one, other = bake({"contrast": 20.0, "exposure": 1.0}), bake({"exposure": 1, "contrast": 20})
    assert one
    assert one is other
    assert one.nodes.dtype == np.uint16


def test_equal_requests_give_equal_bytes() -> None:
    first, second = pixels(1), pixels(1)
    baked(TYPICAL).apply(first)
    lut._bake.cache_clear()
    baked(TYPICAL).apply(second)
    assert first.tobytes() == second.tobytes()


def test_bytes_and_floats_give_the_same_picture() -> None:
    picture = pixels(2)
    table = baked(TYPICAL)
    floats = (picture / np.float32(255)).astype(np.float32)
    from_floats = np.empty_like(picture)
    table.apply_to(floats, from_floats)
    table.apply(picture)
    assert np.abs(from_floats.astype(int) - picture).max() <= 1


@pytest.mark.parametrize(
    "view",
    [
        lambda picture: picture[:, ::-1],
        lambda picture: picture[:, 5:-5],
        np.asfortranarray,
        lambda picture: picture[..., 0],
        lambda picture: picture.astype(np.int16),
        lambda picture: np.frombuffer(picture.tobytes(), np.uint8).reshape(picture.shape),
    ],
    ids=["mirrored", "cropped", "columns", "grey", "signed", "read-only"],
)
def test_pixels_in_any_other_form_are_refused_and_not_written_to(
    view: Callable[[np.ndarray], np.ndarray],
) -> None:
    given = view(pixels(3, 60, 40))
    before = given.copy()
    with pytest.raises(ValueError, match=r"C-contiguous|uint8"):
        baked({"contrast": 50.0}).apply(given)
    np.testing.assert_array_equal(given, before)


def test_a_grey_ramp_stays_a_ramp() -> None:
    ramp = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, 2)
    for edits in (TYPICAL | {"temperature": 0, "vibrance": 0}, STEEP, {"contrast": -100}):
        result = ramp.copy()
        baked(edits).apply(result)
        assert np.diff(result[0].astype(int), axis=0).min() >= 0


def test_one_table_serves_many_threads() -> None:
    table = baked(TYPICAL)
    expected = pixels(5)
    results = [expected.copy() for _ in range(6)]
    table.apply(expected)
    threads = [threading.Thread(target=table.apply, args=(result,)) for result in results]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {result.tobytes() for result in results} == {expected.tobytes()}
