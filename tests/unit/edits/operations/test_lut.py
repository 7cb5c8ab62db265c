"""The edit `lut`: a stored `.cube` file as a part of the one color pass."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.support.cubes import IDENTITY, INVERSION, cube_file, sha256
from tests.support.engine_calls import edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.color.cube import read_cube
from abzug.edits.operation import Asset
from abzug.edits.recipe import assets_of, canonical_edits
from abzug.errors import InvalidRequest


def looked(picture: np.ndarray, file: bytes, *, strength: float = 100, **more: Any) -> np.ndarray:
    edits = {"lut": {"id": sha256(file), "strength": strength}, **more}
    return first(edit(saved(picture), edits, assets={Asset("lut", sha256(file)): file}))


def off(result: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(result.astype(float) - expected).max())


def test_an_identity_changes_nothing() -> None:
    picture = pixels(1)

    assert np.array_equal(looked(picture, IDENTITY), picture)


def test_strength_goes_part_of_the_way() -> None:
    picture = pixels(1)

    assert off(looked(picture, INVERSION), 255.0 - picture) <= 0.51
    assert off(looked(picture, INVERSION, strength=25), picture * 0.5 + 255 * 0.25) <= 0.51


def test_it_is_what_the_file_says() -> None:
    picture = pixels(2)
    file = cube_file(lambda rgb: np.clip(rgb**0.8 * [1.1, 1, 0.8] + [0, 0, 0.1], 0, 1), 33)

    error = np.abs(looked(picture, file) - read_cube(file)(picture / 255) * 255)
    assert error.mean() < 0.3
    assert np.percentile(error, 99) < 1


def test_it_comes_after_the_other_colors() -> None:
    picture = pixels(1)
    grey_first = looked(picture, cube_file(lambda rgb: rgb * [1, 0.5, 0], 2), saturation=-100)

    assert off(grey_first[..., 1] * 2.0, grey_first[..., 0]) <= 2
    assert not grey_first[..., 2].any()


def test_what_reaches_beyond_black_and_white_is_held_there() -> None:
    picture = pixels(1)

    assert (looked(picture, cube_file(lambda rgb: rgb * 0 + 3, 2)) == 255).all()
    assert (looked(picture, cube_file(lambda rgb: rgb * 0 - 3, 2)) == 0).all()


def test_an_edit_says_what_it_needs() -> None:
    id_ = "0f" * 32

    assert assets_of(canonical_edits({"exposure": 1, "lut": {"id": id_}})) == {
        "/lut/id": Asset("lut", id_)
    }
    assert assets_of({"exposure": 1}) == {}


def test_without_strength_there_is_no_look() -> None:
    assert canonical_edits({"lut": {"id": "0f" * 32, "strength": 0}}) == {}
    assert canonical_edits({"lut": None}) == {}


@pytest.mark.parametrize("id_", ["", "../../etc", "0F" * 32, "0f" * 31, "0f" * 32 + "\n"])
def test_only_a_digest_names_a_look(id_: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        canonical_edits({"lut": {"id": id_}})

    assert refused.value.errors[0].pointer == "/edits/lut/id"


def by_opencolorio(picture: np.ndarray, file: bytes, folder: Path) -> np.ndarray:
    """The file as OpenColorIO applies it by itself, in floats."""
    path = folder / "look.cube"
    path.write_bytes(file)
    ocio: Any = importlib.import_module("PyOpenColorIO")
    transform = ocio.FileTransform(str(path), interpolation=ocio.INTERP_TETRAHEDRAL)
    processor = ocio.Config.CreateRaw().getProcessor(transform).getDefaultCPUProcessor()
    light = np.ascontiguousarray(picture / np.float32(255), np.float32)
    processor.applyRGB(light)
    return np.clip(light, 0, 1) * 255


def steep(rgb: np.ndarray) -> np.ndarray:
    """With bends that other nodes would round off, and numbers beyond black and white."""
    made: np.ndarray = np.abs(np.sin(rgb[..., ::-1] * 9)) * 1.4 - 0.2
    return made


def curve_file(rows: int) -> bytes:
    x = np.linspace(0, 1, rows)
    lines = [
        f"{r:.7f} {g:.7f} {b:.7f}"
        for r, g, b in zip(x**0.3, abs(np.sin(9 * x)), 1 - x, strict=True)
    ]
    return "\n".join([f"LUT_1D_SIZE {rows}", *lines, ""]).encode()


FILES = {
    "33": cube_file(steep, 33),
    "17": cube_file(steep, 17),
    "25": cube_file(steep, 25),
    "65": cube_file(steep, 65),
    "of another domain": cube_file(steep, 33, "DOMAIN_MIN 0.1 0 0", "DOMAIN_MAX 0.9 2 1"),
    "a curve": curve_file(1024),
    "a short curve": curve_file(5),
}


@pytest.mark.parametrize("name", FILES)
def test_alone_it_is_within_a_level_of_what_opencolorio_makes_of_it(
    name: str, tmp_path: Path
) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (200, 300, 3), np.uint8)

    wanted = by_opencolorio(picture, FILES[name], tmp_path)
    assert off(looked(picture, FILES[name]), wanted) <= 1


@pytest.mark.parametrize("strength", [1, 40, 99])
def test_part_of_the_way_it_keeps_its_nodes_too(strength: float, tmp_path: Path) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (100, 150, 3), np.uint8)
    file = cube_file(lambda rgb: np.abs(np.sin(rgb * 9)), 33)

    full = by_opencolorio(picture, file, tmp_path)
    wanted = picture + (full - picture) * strength / 100
    assert off(looked(picture, file, strength=strength), wanted) <= 1
