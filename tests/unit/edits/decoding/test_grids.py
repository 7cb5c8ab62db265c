"""HEIC and AVIF pictures of tiles: whole, or not at all."""

from __future__ import annotations

import functools
import io

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from tests.support.engine_calls import edit, first
from tests.support.heif_files import grid
from tests.support.pictures import pixels

from abzug.edits.formats.containers.iso_boxes import boxes
from abzug.errors import TruncatedPhoto, UnreadablePhoto

FORMS = ["HEIF", "AVIF"]


@functools.cache
def tiles(form: str) -> list[bytes]:
    pillow_heif.register_heif_opener()
    files = []
    for seed in range(4):
        file = io.BytesIO()
        Image.fromarray(pixels(seed, 128, 128)).save(file, form, quality=90)
        files.append(file.getvalue())
    return files


@pytest.mark.parametrize("form", FORMS)
def test_a_grid_is_put_together(form: str) -> None:
    rows = [np.hstack([pixels(at, 128, 128) for at in pair]) for pair in ((0, 1), (2, 3))]

    found = first(edit(grid(tiles(form), 2)))
    assert np.abs(found - np.vstack(rows).astype(float)).mean() < 8


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("how", ["no item", "empty", "zeros", "cut off", "of another's end"])
def test_a_tile_that_is_not_there_or_in_pieces_is_missed(form: str, at: int, how: str) -> None:
    """libheif leaves its place green."""
    data: list[bytes | None] = [bytes(dict(boxes(tile))[b"mdat"]) for tile in tiles(form)]
    whole = data[at] or b""
    damaged = {"empty": b"", "zeros": bytes(len(whole)), "cut off": whole[: len(whole) // 2]}
    damaged["of another's end"] = whole[len(whole) // 2 :]
    data[at] = damaged.get(how)

    with pytest.raises((UnreadablePhoto, TruncatedPhoto)):
        edit(grid(tiles(form), 2, given=data))


@pytest.mark.parametrize("form", FORMS)
def test_zeros_within_the_picture_are_no_picture(form: str) -> None:
    data = tiles(form)[0]
    at = len(data) - 400
    with pytest.raises((UnreadablePhoto, TruncatedPhoto)):
        edit(data[:at] + bytes(300) + data[at + 300 :])
