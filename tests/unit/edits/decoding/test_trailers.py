"""Bytes behind a picture are no part of it; a cut within it is found wherever it is."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from tests.support.heif_files import with_items_first
from tests.support.jxl_files import container, jxl
from tests.support.pictures import jpeg, pixels
from tests.support.raw_containers import cr3
from tests.support.trailers import TRAILERS

from abzug.edits import engine
from abzug.edits.formats.containers.cr3 import declared_end
from abzug.edits.outputs import canonical_outputs
from abzug.errors import PhotoError, TruncatedPhoto

CUTS = 200


def _saved(form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    pillow_heif.register_heif_opener()
    Image.fromarray(pixels(7, 160, 120)).save(file, form, **options)
    return file.getvalue()


def _halves(data: bytes) -> tuple[bytes, bytes]:
    return data[: len(data) // 2], data[len(data) // 2 :]


MADE: dict[str, Callable[[], bytes]] = {
    "heic": lambda: _saved("HEIF", quality=70),
    "avif": lambda: _saved("AVIF", quality=70, speed=10),
    "avif that moves": lambda: _saved(
        "AVIF", speed=10, save_all=True, append_images=[Image.fromarray(pixels(8, 160, 120))]
    ),
    "jxl": lambda: jxl(pixels(7, 160, 120)),
    "jxl in boxes": lambda: container(*_halves(jxl(pixels(7, 160, 120)))),
    "a heic whose pictures come first": lambda: with_items_first(_saved("HEIF", quality=70)),
    "jpeg": lambda: jpeg(7, 160, 120),
}


@functools.cache
def _file(name: str) -> bytes:
    return MADE[name]()


def _pixels(data: bytes) -> np.ndarray:
    outputs = canonical_outputs([{"format": "png", "metadata": "strip"}], max_outputs=1)
    [result] = engine.edit(data, {}, outputs).results
    return np.asarray(Image.open(io.BytesIO(bytes(result.data))))


@pytest.mark.parametrize("trailer", TRAILERS)
@pytest.mark.parametrize("name", MADE)
def test_bytes_behind_the_picture_change_nothing(name: str, trailer: str) -> None:
    whole = _file(name)
    assert np.array_equal(_pixels(whole + TRAILERS[trailer]), _pixels(whole))


@pytest.mark.parametrize("trailer", TRAILERS)
def test_what_a_cr3_is_held_to_are_its_tracks(trailer: str) -> None:
    whole = cr3(jpeg(7, 400, 300))
    assert declared_end(whole) == declared_end(whole + TRAILERS[trailer]) == len(whole)


@pytest.mark.parametrize("name", MADE)
def test_a_cut_within_the_picture_is_found_wherever_it_is(name: str) -> None:
    whole = _file(name)
    end = len(whole.removesuffix(b"\xff\xd9"))
    places = np.linspace(20, end - 1, CUTS).astype(int)
    read = []
    for place in places:
        try:
            _pixels(whole[:place])
        except PhotoError:
            continue
        read.append(int(place))
    assert read == [], f"of {len(whole)} bytes"


WITHOUT_END: dict[str, dict[str, Any]] = {
    "sequential": {},
    "progressive": {"progressive": True},
    "with restarts": {"restart_marker_rows": 1},
    "of finest quality": {"quality": 100, "subsampling": 0},
}
"""Ways in which a JPEG is written, which the panoramas of some phones end without the marker."""


@pytest.mark.parametrize("how", WITHOUT_END)
def test_a_jpeg_without_the_marker_of_its_end_is_whole_if_its_pixels_are(how: str) -> None:
    whole = _saved("JPEG", **WITHOUT_END[how])
    assert whole[-2:] == b"\xff\xd9"
    assert np.array_equal(_pixels(whole[:-2]), _pixels(whole))


@pytest.mark.parametrize("how", WITHOUT_END)
def test_one_that_lacks_pixels_too_is_cut_off(how: str) -> None:
    whole = _saved("JPEG", **WITHOUT_END[how])[:-2]
    for lacking in range(1, 201):
        with pytest.raises(TruncatedPhoto):
            _pixels(whole[:-lacking])


@pytest.mark.parametrize("trailer", ["zeros to a sector", "text", "Samsung's SEF", "a JPEG"])
def test_a_jpeg_may_have_bytes_behind_it_in_place_of_its_end(trailer: str) -> None:
    whole = _saved("JPEG")
    assert np.array_equal(_pixels(whole[:-2] + TRAILERS[trailer]), _pixels(whole))


def test_a_progressive_jpeg_that_lacks_whole_scans_is_cut_off() -> None:
    whole = _saved("JPEG", progressive=True)
    scans = [at for at in range(len(whole)) if whole[at : at + 2] == b"\xff\xda"]
    assert len(scans) > 5
    for at in scans[1:]:
        with pytest.raises(TruncatedPhoto):
            _pixels(whole[:at])
