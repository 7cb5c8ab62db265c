"""The computed photos, which stand in for the real ones."""

from __future__ import annotations

from pathlib import Path

from tests.support.computed_photos import computed_photos, write


def test_they_are_the_same_in_every_run(tmp_path: Path) -> None:
    write(tmp_path / "again")

    made, again = (
        {path.name: path.read_bytes() for path in folder.iterdir()}
        for folder in (computed_photos(), tmp_path / "again")
    )
    assert made == again


def test_there_is_one_for_each_real_photo(real_photos: Path) -> None:
    assert {path.name for path in computed_photos().iterdir()} == {
        path.name for path in real_photos.iterdir()
    }
