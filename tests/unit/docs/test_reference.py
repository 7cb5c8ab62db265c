"""The illustrated reference that `make docs` builds."""

import re
from pathlib import Path

import numpy as np
import pyvips
from tests.support import pictures
from tools import make_reference, showcase

from abzug.edits.recipe import canonical_edits, operations


def test_what_is_shown_of_an_operation_changes_a_photo() -> None:
    """Else a picture in the docs would be the one before."""
    for op in operations().values():
        assert all(canonical_edits({op.name: value}) for value in showcase.shown_values(op)), (
            op.name
        )


def test_a_slider_is_shown_at_its_ends_and_half_way() -> None:
    known = operations()

    assert list(showcase.shown_values(known["exposure"])) == [-5, -2.5, 2.5, 5]
    assert list(showcase.shown_values(known["noise_reduction"])) == [50, 100]


def test_the_reference_has_a_section_with_pictures_for_each_operation(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(pictures.jpeg(1, 96, 64))

    make_reference.build(tmp_path / "docs", photo)

    page = (tmp_path / "docs" / "index.html").read_text(encoding="utf-8")
    assert set(re.findall(r'<section id="(\w+)"', page)) == set(operations())
    shown = re.findall(r'<img src="([^"]+)"', page)
    assert len(shown) == sum(1 + len(showcase.shown_values(op)) for op in operations().values())
    before, after = (
        pyvips.Image.new_from_file(str(tmp_path / "docs" / name)).numpy()
        for name in ("exposure-0.webp", "exposure-4.webp")
    )
    assert after.mean() > before.mean() + 50
    assert np.ptp(before) > 50
