"""Highlights and shadows: by the surroundings of a pixel, without halos, at any size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.support.pictures import pixels

from abzug.edits.color.color_pass import color_pass
from abzug.edits.color.local_light import Carried, LocalLight, enlarged


def edited(picture: np.ndarray, **edits: float) -> np.ndarray:
    return color_pass(picture.copy(), {name: float(value) for name, value in edits.items()})


def halves(dark: int = 38, bright: int = 217, height: int = 300, width: int = 600) -> np.ndarray:
    picture = np.full((height, width, 3), dark, np.uint8)
    picture[:, width // 2 :] = bright
    return picture


def flat(level: int, height: int = 40, width: int = 60) -> np.ndarray:
    return np.full((height, width, 3), level, np.uint8)


def shrunk(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    import cv2

    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize(
    ("edits", "dark", "bright"),
    [
        ({"highlights": -100}, 0, -1),
        ({"highlights": 100}, 0, 1),
        ({"shadows": -100}, -1, 0),
        ({"shadows": 100}, 1, 0),
    ],
)
def test_each_slider_moves_its_own_region(edits: dict[str, Any], dark: int, bright: int) -> None:
    moved = edited(halves(), **edits).astype(int) - halves()
    left, right = moved[150, 20, 0], moved[150, -20, 0]
    assert np.sign([left if abs(left) > 1 else 0, right if abs(right) > 1 else 0]).tolist() == [
        dark,
        bright,
    ]


@pytest.mark.parametrize("share", [0.5, 1])
def test_a_step_edge_gets_no_halo(share: float) -> None:
    edge = edited(halves(), highlights=-100 * share, shadows=100 * share).astype(int)[150, :, 0]
    dark, bright = edge[:300], edge[300:]
    assert np.abs(dark - dark[0]).max() <= 12 * share
    assert np.abs(bright - bright[-1]).max() <= 12 * share
    assert dark.max() < bright.min()


def test_the_gain_is_that_of_the_definition_on_flat_regions() -> None:
    def gain(level: float, ev: float) -> float:
        plain = 2 ** (ev / 2.2)
        return plain / (1 + (plain - 1) * level / 255) if plain > 1 else plain

    def step(low: float, high: float, x: float) -> float:
        t = np.clip((x - low) / (high - low), 0, 1)
        return 3 * t**2 - 2 * t**3

    for level in (0, 30, 90, 128, 200, 235, 255):
        b = level / 255
        down = -1.05 * step(0.40, 0.92, b) * (1 - 0.45 * step(0.84, 1, b))
        for edits, ev in (
            ({"highlights": -100}, down),
            ({"highlights": 50}, 0.5 * step(0.36, 1, b)),
            ({"shadows": 100}, 3.2 * (1 - step(0, 0.6, b))),
            ({"shadows": -50}, -0.9 * (1 - step(0, 0.6, b))),
            ({"shadows": -100}, -1.8 * (1 - step(0, 0.6, b))),
        ):
            result = edited(flat(level), **edits)
            assert result.min() == result.max()
            assert result[0, 0, 0] == pytest.approx(level * gain(level, ev), abs=0.51)


def test_highlights_see_what_exposure_has_pushed_up() -> None:
    lifted = edited(flat(120), exposure=1)
    tamed = edited(flat(120), exposure=1, highlights=-100)
    untouched = edited(flat(80), highlights=-100)
    assert tamed.mean() < lifted.mean() - 10
    assert untouched.mean() == pytest.approx(80, abs=1)


def test_nothing_clips_and_the_hue_stays() -> None:
    orange = np.full((40, 40, 3), (250, 160, 60), np.uint8)
    result = edited(orange, shadows=100, highlights=100)[0, 0].astype(float)
    assert result.max() < 255
    np.testing.assert_allclose(result / result.max(), np.array([250, 160, 60]) / 250, atol=0.01)


@pytest.mark.parametrize("edits", [{"highlights": -100, "shadows": 100}, {"highlights": -40}])
def test_a_preview_and_the_full_size_agree(photos: Path, edits: dict[str, Any]) -> None:
    import cv2

    photo = cv2.imread(str(photos / "camera-canon-a720.jpg"))
    assert photo is not None
    picture = np.ascontiguousarray(photo[..., ::-1].repeat(2, 0).repeat(2, 1))
    assert max(picture.shape) == 4096
    size = (picture.shape[1] // 2, picture.shape[0] // 2)
    full, preview = shrunk(edited(picture, **edits), size), edited(shrunk(picture, size), **edits)
    off = np.abs(full.astype(int) - preview)
    assert off.mean() <= 0.5
    assert np.percentile(off, 99) <= 2


@pytest.mark.parametrize("edits", [{"highlights": -100}, {"shadows": 100}, {"clarity": 100}])
def test_a_small_output_is_the_large_one_made_small(photos: Path, edits: dict[str, Any]) -> None:
    import cv2

    photo = cv2.imread(str(photos / "orient-landscape-1.jpg"))
    assert photo is not None
    picture = np.ascontiguousarray(photo[..., ::-1])
    size = (450, 300)

    small, large = edited(shrunk(picture, size), **edits), shrunk(edited(picture, **edits), size)

    off = np.abs(small.astype(int) - large)
    assert off.mean() <= 1.2
    assert np.percentile(off, 99) <= 8


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 50), (400, 7), (33, 1025)])
def test_any_shape_passes(shape: tuple[int, int]) -> None:
    picture = pixels(4, width=shape[1], height=shape[0])
    result = edited(picture, highlights=-100, shadows=100, exposure=0.5)
    assert result.shape == picture.shape
    assert result.dtype == np.uint8


@pytest.mark.parametrize(
    ("small", "large"), [((7, 5), (100, 64)), ((1, 1), (40, 3)), ((9, 9),) * 2]
)
def test_rowsenlarged_strip_by_strip_are_those_of_the_whole_map(
    small: tuple[int, int], large: tuple[int, int]
) -> None:
    import cv2

    smooth = np.random.default_rng(0).random(small, np.float32)
    whole = cv2.resize(smooth, large[::-1], interpolation=cv2.INTER_LINEAR)
    strips = [enlarged(smooth, range(top, top + 1), large) for top in range(large[0])]
    np.testing.assert_allclose(np.concatenate(strips), whole, atol=1e-5)


def test_a_pixel_unlike_its_neighbors_keeps_to_the_gains_that_were_found() -> None:
    """On the line of its surroundings the white dot would have a gain of −3, and be black."""
    dot = flat(20)
    dot[20, 30] = 255
    line = np.full(dot.shape[:2], -5, np.float32), np.full(dot.shape[:2], 2, np.float32)
    _, lit = zip(*LocalLight(Carried(*line, low=0.8, high=1.9)).strips(dot), strict=True)
    assert np.concatenate(lit)[20, 30] == pytest.approx(0.8)


def test_the_pass_works_in_place_and_neutral_edits_touch_nothing() -> None:
    picture = pixels(6)
    before = picture.copy()
    neutral = {"exposure": 0.0, "highlights": 0.0, "black_and_white": False}
    assert color_pass(picture, neutral) is picture
    np.testing.assert_array_equal(picture, before)
    assert color_pass(picture, {"shadows": 30.0}) is picture
    assert not np.array_equal(picture, before)


def test_a_view_with_gaps_is_refused_before_anything_is_written() -> None:
    whole = pixels(8)
    before = whole.copy()
    with pytest.raises(ValueError, match="C-contiguous"):
        color_pass(whole[:, 5:-5], {"shadows": 50.0, "contrast": 20.0})
    np.testing.assert_array_equal(whole, before)


def test_equal_requests_give_equal_bytes() -> None:
    edits = {"highlights": -60, "shadows": 50, "exposure": 0.5, "vibrance": 20}
    assert edited(pixels(7), **edits).tobytes() == edited(pixels(7), **edits).tobytes()


def test_the_operations_load_without_the_libraries_that_decode_photos() -> None:
    """The web process knows all sliders and must not carry OpenCV for it."""
    heavy = "{'cv2', 'PyOpenColorIO', 'pyvips', 'PIL'}"
    script = (
        "import sys; from abzug.edits.color.color_pass import bake; bake({});"
        f"print({heavy} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr
