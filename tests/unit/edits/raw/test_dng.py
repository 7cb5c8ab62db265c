"""The many forms of a DNG: patterns, black levels, packings; the same picture comes out of all."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.support.engine_calls import edit, first, saved
from tests.support.pictures import pixels
from tests.support.raws import XYZ_TO_SRGB, dng, lossless, unpacked

from abzug.edits.color.colorspace import from_linear, to_linear
from abzug.errors import TruncatedPhoto, UnreadablePhoto, UnsupportedPhoto

COLORS = [(0.18, 0.18, 0.18), (0.4, 0.1, 0.05), (0.05, 0.3, 0.1), (0.02, 0.05, 0.35)]
LIGHT = np.broadcast_to(np.repeat(np.array(COLORS), 64, axis=0), (64, 256, 3))
WANTED = 255 * from_linear(np.array(COLORS))
XTRANS = ["110112", "112110", "201021", "112110", "110112", "021201"]


def off(data: bytes) -> float:
    """By how many levels of 255 the middle of a field is off at most."""
    picture = first(edit(data))
    fields = [picture[16:48, x + 16 : x + 48].mean((0, 1)) for x in range(0, 256, 64)]
    return float(np.abs(fields - WANTED).max())


def packed(bits: int) -> Any:
    """Counts one after another, without gaps, the highest bit first; rows begin with a byte."""

    def pack(counts: np.ndarray) -> bytes:
        each = counts.astype(int)[..., None] >> np.arange(bits - 1, -1, -1) & 1
        return np.packbits(each.astype(np.uint8).reshape(len(counts), -1), axis=1).tobytes()

    return pack


def lossy(counts: np.ndarray) -> bytes:
    """As an ordinary JPEG, whose curve a table of the DNG undoes."""
    file = io.BytesIO()
    picture = np.rint(255 * from_linear(counts / 65535)).astype(np.uint8)
    Image.fromarray(picture).save(file, "jpeg", quality=98, subsampling=0)
    return file.getvalue()


CURVE = [int(value) for value in np.rint(65535 * to_linear(np.arange(256) / 255))]
FORMS: dict[str, tuple[dict[int, Any], dict[str, Any]]] = {
    "bggr": ({}, {"pattern": [[2, 1], [1, 0]]}),
    "grbg": ({}, {"pattern": [[1, 0], [2, 1]]}),
    "gbrg": ({}, {"pattern": [[1, 2], [0, 1]]}),
    "10 bits": ({258: (3, [10])}, {"white": 1000, "pack": packed(10)}),
    "12 bits": ({258: (3, [12])}, {"white": 4000, "pack": packed(12)}),
    "14 bits, black": (
        {258: (3, [14]), 50714: (3, [512])},
        {"black": 512, "white": 15_000, "pack": packed(14)},
    ),
    "a black for each cell": (
        {50713: (3, [2, 2]), 50714: (4, [500, 540, 560, 600])},
        {"black": [[500, 540], [560, 600]]},
    ),
    "black as a fraction": ({50714: (5, [1024.0])}, {"black": 1024}),
    "linear": ({}, {"pattern": None}),
    "linear, black": (
        {50714: (3, [1000] * 3), 50717: (3, [16_000] * 3)},
        {"pattern": None, "black": 1000},
    ),
    "linear, one black": ({50714: (3, [1000])}, {"pattern": None, "black": 1000}),
    "floats": (
        {258: (3, [32]), 339: (3, [3]), 50717: (4, [1])},
        {"pack": lambda counts: (counts / 16_000).astype("<f4").tobytes()},
    ),
    "lossless JPEG": ({259: (3, [7])}, {"pack": lossless(1)}),
    "lossless JPEG, two": ({259: (3, [7]), 258: (3, [14])}, {"pack": lossless(2, 14)}),
    "lossless JPEG, linear": ({259: (3, [7])}, {"pattern": None, "pack": lossless(3)}),
    "lossy JPEG": (
        {259: (3, [34892]), 258: (3, [8] * 3), 50712: (3, CURVE)},
        {"pattern": None, "white": 65_535, "pack": lossy},
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_picture_comes_out(form: str) -> None:
    tags, how = FORMS[form]

    assert off(dng(LIGHT, tags, **how)) < 1.5


def test_the_pattern_of_fujifilm_is_known() -> None:
    """At the size of LibRaw's tiles and above."""
    light = np.broadcast_to((0.3, 0.1, 0.05), (520, 520, 3))
    pattern = [[int(cell) for cell in row] for row in XTRANS]

    for output in ({"format": "png"}, {"format": "png", "max_side": 200}):
        result = first(edit(dng(light, pattern=pattern), {}, output))
        middle = result[len(result) // 4 : -len(result) // 4].mean((0, 1))
        assert np.abs(middle - 255 * from_linear(light[0, 0])).max() < 1.5


def test_a_pattern_that_libraw_would_misread_gives_no_wrong_colors() -> None:
    quad = [[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 2, 2], [1, 1, 2, 2]]

    with pytest.raises(UnsupportedPhoto, match="cannot be developed here"):
        edit(dng(LIGHT, pattern=quad))


def test_colors_are_the_same_whether_the_light_or_the_neutral_is_told() -> None:
    neutral = np.array([0.9, 1.0, 0.4])
    x, y, z = np.linalg.inv(XYZ_TO_SRGB) @ neutral
    light = to_linear(pixels(2, 64, 48) / 255) * 0.5
    by_neutral = {50728: (5, neutral)}
    by_light = {50728: (5, []), 50729: (5, [x / (x + y + z), y / (x + y + z)])}

    one, other = (
        first(edit(dng(light, tags, sees=(0.9, 1.0, 0.4)))) for tags in (by_neutral, by_light)
    )

    assert np.abs(one.astype(int) - other).mean() < 0.1


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_linear_one_is_turned_and_cut_as_well(orientation: int) -> None:
    light = to_linear(pixels(2, 128, 96) / 255) * 0.5
    crop = {50719: (5, [20.0, 8.0]), 50720: (5, [90.0, 60.0]), 274: (3, [orientation])}

    result = first(edit(dng(light, crop, pattern=None)))

    cut = Image.fromarray(np.rint(255 * from_linear(light[8:68, 20:110])).astype(np.uint8))
    cut.getexif()[274] = orientation
    expected = first(edit(saved(cut, "png", exif=cut.getexif())))
    assert result.shape == expected.shape
    assert np.abs(result.astype(int) - expected).max() <= 2


def tiled(pieces: list[bytes], main: dict[int, Any], side: int = 64) -> bytes:
    """LIGHT's size in square tiles."""
    data = b"".join(pieces)
    starts = [8 + sum(map(len, pieces[:at])) for at in range(len(pieces))]
    tags = {**main, 322: (4, [side]), 323: (4, [side])}
    tags |= {324: (4, starts), 325: (4, [len(one) for one in pieces])}
    return dng(LIGHT, tags, pattern=None, white=65_535, pack=lambda _: data)


LOSSY = FORMS["lossy JPEG"][0]
PLAIN: dict[int, Any] = {258: (3, [16] * 3)}


def lossy_tiles() -> list[bytes]:
    counts = LIGHT * (0.5, 1.0, 0.625) * 65_535
    return [lossy(counts[:, left : left + 64]) for left in range(0, 256, 64)]


def plain_tiles() -> list[bytes]:
    counts = np.rint(LIGHT * (0.5, 1.0, 0.625) * 65_535).astype("<u2")
    return [counts[:, left : left + 64].tobytes() for left in range(0, 256, 64)]


def test_tiles_are_read_as_they_should() -> None:
    assert off(tiled(lossy_tiles(), LOSSY)) < 3
    assert off(tiled(plain_tiles(), PLAIN)) < 3


def _ended(tile: bytes) -> bytes:
    """With the marker of its end in its middle, and as long as before."""
    scan = tile.index(b"\xff\xda") + 14
    at = scan + (len(tile) - scan) // 2
    return tile[:at] + b"\xff\xd9" + tile[at + 2 :]


def _gray(tile: bytes) -> bytes:
    """Without any of its pixels."""
    return tile[: tile.index(b"\xff\xda") + 14] + b"\xff\xd9"


@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize(
    "damage",
    [
        _ended,
        _gray,
        lambda tile: tile[: len(tile) // 2],
        lambda _: saved(pixels(1, 40, 64), "jpeg"),
        lambda _: saved(pixels(1, 64, 40), "jpeg"),
        lambda _: b"",
    ],
    ids=["ends in its middle", "gray", "cut off", "narrow", "short", "empty"],
)
def test_a_lossy_tile_is_held_to_what_a_jpeg_is_held_to(
    at: int, damage: Callable[[bytes], bytes]
) -> None:
    tiles = lossy_tiles()
    tiles[at] = damage(tiles[at])

    with pytest.raises((TruncatedPhoto, UnreadablePhoto)):
        edit(tiled(tiles, LOSSY))


@pytest.mark.parametrize("at", range(4))
def test_a_plain_tile_that_is_too_short_is_missed(at: int) -> None:
    tiles = plain_tiles()
    tiles[at] = tiles[at][:-2]

    with pytest.raises(TruncatedPhoto):
        edit(tiled(tiles, PLAIN))


def test_a_tile_too_few_is_missed() -> None:
    for tiles, main in ((lossy_tiles(), LOSSY), (plain_tiles(), PLAIN)):
        with pytest.raises((TruncatedPhoto, UnreadablePhoto)):
            edit(tiled(tiles[:3], main))


@pytest.mark.parametrize("form", ["bggr", "12 bits", "linear", "lossless JPEG", "lossy JPEG"])
@pytest.mark.parametrize("share", [0.2, 0.7, 0.98])
def test_a_strip_that_is_too_short_is_missed(form: str, share: float) -> None:
    main, options = FORMS[form]
    pack = options.get("pack", unpacked)

    def shortened(counts: np.ndarray) -> bytes:
        whole: bytes = pack(counts)
        end = b"\xff\xd9" if "JPEG" in form else b""
        return whole[: int(len(whole) * share)] + end

    assert edit(dng(LIGHT, main, **options)).results
    with pytest.raises((TruncatedPhoto, UnreadablePhoto)):
        edit(dng(LIGHT, main, **{**options, "pack": shortened}))
