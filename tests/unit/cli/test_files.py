"""Files among the edits of a command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.cubes import SWAP

from abzug.cli.files import stand_in, with_files
from abzug.errors import InvalidRequest

ID = "0f" * 32
PHOTO = f"ph_{'0' * 26}"


def named(edit: str, file: Path) -> str:
    return f"{edit}:{file.name}"


def test_a_path_becomes_the_id_of_the_stored_file(tmp_path: Path) -> None:
    for name in ("warm.cube", "logo.png"):
        (tmp_path / name).write_bytes(b"")
    lut, logo = str(tmp_path / "warm.cube"), str(tmp_path / "logo.png")
    edits = {
        "exposure": 1,
        "lut": {"id": lut, "strength": 50},
        "watermark": [logo, {"image": logo, "tile": True}, {"text": "me"}],
    }

    assert with_files(edits, named) == {
        "exposure": 1,
        "lut": {"id": "lut:warm.cube", "strength": 50},
        "watermark": [
            {"image": "watermark:logo.png"},
            {"image": "watermark:logo.png", "tile": True},
            {"text": "me"},
        ],
    }
    assert with_files({"lut": lut}, named) == {"lut": {"id": "lut:warm.cube"}}


def test_ids_and_what_is_no_path_are_left_alone() -> None:
    edits = {"lut": {"id": ID}, "watermark": [{"image": PHOTO}, {"text": "me"}, 7]}

    assert with_files(edits, named) == edits


def test_a_file_that_is_not_there_is_told_by_its_name() -> None:
    with pytest.raises(InvalidRequest) as refused:
        with_files({"lut": "warm.cube"}, named)

    assert refused.value.errors[0].detail == "warm.cube is no file"


def test_a_lut_is_read_before_any_work(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.cube", tmp_path / "bad.cube"
    good.write_bytes(SWAP)
    bad.write_bytes(b"LUT_3D_SIZE 2\n1 2")

    assert with_files({"lut": str(good)}, stand_in) == {"lut": {"id": "0" * 64}}
    with pytest.raises(InvalidRequest, match="Line 2"):
        with_files({"lut": str(bad)}, stand_in)
