"""Of a TIFF whose first page is a reduced copy the page of full size is the photo (TIFF 6.0,
NewSubfileType)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from tests.support.engine_calls import edit, first
from tests.support.raw_containers import At, tiff_like

from abzug.edits.decoding.open import open_photo
from abzug.edits.formats.sniff import sniff

FULL = np.arange(30 * 40 * 3, dtype=np.uint8).reshape(30, 40, 3)
SMALL = FULL[::3, ::4].copy()


def page(picture: np.ndarray, **more: tuple[int, object]) -> dict[int, tuple[int, object]]:
    height, width = picture.shape[:2]
    tags: dict[int, tuple[int, object]] = {256: (4, [width]), 257: (4, [height])}
    tags |= {258: (3, [8, 8, 8]), 259: (3, [1]), 262: (3, [2]), 277: (3, [3]), 278: (4, [height])}
    tags |= {273: (4, At(picture.tobytes())), 279: (4, [picture.size])}
    return tags | {int(name[1:]): value for name, value in more.items()}


def file(*pages: Mapping[int, tuple[int, object]], order: bytes = b"II*\0") -> bytes:
    return tiff_like(order, *pages)


REDUCED = {"t254": (4, [1])}
OLD_REDUCED = {"t255": (3, [2])}


@pytest.mark.parametrize("word", [REDUCED, OLD_REDUCED])
@pytest.mark.parametrize("order", [b"II*\0", b"MM\0*"])
def test_the_page_of_full_size_is_the_photo(
    word: dict[str, tuple[int, object]], order: bytes
) -> None:
    data = file(page(SMALL, **word), page(FULL, t274=(3, [6])), order=order)

    edited = edit(data)
    assert sniff(data).media_type == "image/tiff"
    assert (sniff(data).width, sniff(data).height) == (30, 40)
    assert np.array_equal(first(edited), np.rot90(FULL, -1))
    assert not edited.notices


def test_it_may_lie_below_the_first_page() -> None:
    """As TIFF/EP has it (ISO 12234-2)."""
    data = file(page(SMALL, **REDUCED, t330=(4, page(FULL))))

    assert np.array_equal(first(edit(data)), FULL)


def test_a_reduced_copy_behind_the_photo_is_no_page() -> None:
    edited = edit(file(page(FULL), page(SMALL, **REDUCED)))

    assert np.array_equal(first(edited), FULL)
    assert not edited.notices


def test_pages_that_are_left_out_are_told_without_reduced_copies() -> None:
    edited = edit(file(page(SMALL, **REDUCED), page(FULL), page(SMALL), page(SMALL, **REDUCED)))

    assert [one.text for one in edited.notices] == ["Only the first of 2 pages was used."]


def test_what_is_told_of_the_photo_is_its_own_pages_and_else_the_firsts() -> None:
    small = page(SMALL, **REDUCED, t271=(2, b"\0"), t315=(2, b"Ann\0"), t305=(2, b"Old\0"))
    photo = open_photo(file(small, page(FULL, t305=(2, b"New\0"))), max_pixels=10**6)

    told = {tag: value.raw for tag, value in photo.metadata.exif.main.items()}
    assert (told[315], told[305]) == (b"Ann\0", b"New\0")


def test_of_reduced_copies_alone_the_first_is_the_photo() -> None:
    assert np.array_equal(first(edit(file(page(SMALL, **REDUCED)))), SMALL)
