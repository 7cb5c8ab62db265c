"""Watermarks that are pictures, and marks that are repeated all over the photo."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.support.engine_calls import decoded, edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.operation import Asset
from abzug.edits.operations.watermark import ImageMark, LoadedMark, Watermark, watermark
from abzug.edits.recipe import assets_of, canonical_edits
from abzug.errors import EditImpossible, InvalidRequest

ID = f"ph_{'0' * 26}"
GREY = np.full((200, 300, 3), 100, np.uint8)
RED = np.zeros((20, 40, 4), np.uint8)
RED[..., 0] = 255
RED[:, :20, 3] = 255
"""Opaque red on its left, nothing on its right."""


def marked(picture: np.ndarray, mark: np.ndarray = RED, **settings: Any) -> np.ndarray:
    loaded = LoadedMark(ImageMark(image=ID, **settings), mark)
    return watermark(picture.copy(), (loaded,))


def red(result: np.ndarray) -> np.ndarray:
    return (result[..., :3] == (result.max(), 0, 0)).all(axis=-1)


def test_a_picture_is_laid_on_with_its_own_transparency() -> None:
    result = marked(GREY, opacity=100, scale=20, position="top-left", margin=0)

    assert red(result)[2:18, 2:18].all()
    assert np.array_equal(result[:, 23:], GREY[:, 23:])
    assert np.array_equal(result[23:], GREY[23:])


def test_scale_follows_the_short_side_and_nothing_leaves_the_margin() -> None:
    def box(**settings: Any) -> tuple[int, int]:
        rows, columns = np.nonzero(red(marked(GREY, RED[:, :20], opacity=100, **settings)))
        return int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1

    assert box(scale=20.0) == (40, 40)
    assert box(scale=300.0, margin=5) == (180, 180)
    assert box(scale=300.0, margin=0) == (200, 200)


def test_opacity_weighs_the_transparency_of_the_picture() -> None:
    half = RED.copy()
    half[..., 3] //= 2

    result = marked(GREY, half, opacity=50, scale=50, position="top-left", margin=0)

    assert result[10, 10].tolist() == pytest.approx([100 + 155 / 4, 75, 75], abs=1.5)


@pytest.mark.parametrize("angle", [0.0, -30.0, 45.0])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_tiling_covers_the_whole_picture_evenly(angle: float, channels: int, dtype: Any) -> None:
    most = np.iinfo(dtype).max
    picture = np.full((400, 500, channels), most, dtype)
    picture[..., :3] = most // 3

    result = marked(picture, tile=True, angle=angle, scale=10, spacing=2.5, opacity=100)

    shares = [red(part).mean() for half in np.split(result, 2) for part in np.split(half, 2, 1)]
    assert min(shares) > 0.7 * max(shares) > 0.05
    assert (result[..., :3] == most // 3).all(axis=-1).mean() > 0.4, "nothing is left between"
    if channels == 4:
        assert (result[..., 3] == most).all()


def test_a_tiling_repeats_the_same_mark_in_rows_shifted_by_half() -> None:
    result = red(marked(GREY, RED[:, :20], tile=True, scale=10, spacing=5, opacity=100))

    step = 20 + 10
    assert np.array_equal(result[:, step:], result[:, :-step])
    assert np.array_equal(result[step:, step // 2 :], result[:-step, : -(step // 2)])
    assert result[90:110, 140:160].all(), "a mark is in the middle"


def test_a_tiling_blends_as_a_single_mark_does() -> None:
    picture = pixels(1, 300, 200)
    single = marked(picture, RED[:, :20], scale=10, opacity=37, position="center")

    tiled = marked(picture, RED[:, :20], scale=10, opacity=37, tile=True, spacing=5)

    here = np.s_[90:110, 140:160]
    assert np.abs(tiled[here].astype(int) - single[here]).max() <= 1


def test_a_text_can_be_repeated_too() -> None:
    mark = Watermark(text="© Ann", tile=True, angle=-30.0, size=8.0)

    changed = (watermark(GREY.copy(), (mark,)) != GREY).any(axis=-1)

    assert all(part.any() for half in np.split(changed, 2) for part in np.split(half, 3, 1))
    assert not changed.all()


def test_a_tiling_is_seen_where_the_picture_is_transparent() -> None:
    result = marked(np.zeros((200, 300, 4), np.uint8), tile=True, opacity=50, scale=30)

    shown = result[..., 3] > 0
    assert result[..., 3].max() == 128
    assert (result[shown][:, :3] == (255, 0, 0)).all()
    assert not shown.all()


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 3)])
@pytest.mark.parametrize("tile", [False, True])
def test_the_smallest_picture_can_be_marked(size: tuple[int, int], *, tile: bool) -> None:
    picture = pixels(1, *size)

    assert marked(picture, tile=tile, scale=300, spacing=25, angle=45).shape == picture.shape


# through the engine


def finished(logo: bytes, icc: str = "srgb", photo: bytes | None = None, **mark: Any) -> np.ndarray:
    edits = {"watermark": [{"image": ID, "opacity": 100, "margin": 0, **mark}]}
    output = {"format": "png", "icc": icc}
    data = saved(GREY) if photo is None else photo
    return first(edit(data, edits, output, assets={Asset("photo", ID): logo}))


def test_each_output_has_the_mark_in_its_own_size() -> None:
    edits = {"watermark": [{"image": ID, "opacity": 100, "margin": 0, "position": "top-left"}]}
    outputs = [{"name": str(side), "format": "png", "max_side": side} for side in (300, 150)]

    done = edit(saved(GREY), edits, *outputs, assets={Asset("photo", ID): saved(RED[:, :20])})

    sizes = [np.ptp(np.nonzero(red(decoded(one.data)))[0]) + 1 for one in done.results]
    assert sizes == [40, 20]


def test_the_picture_is_upright() -> None:
    tag = Image.Exif()
    tag[0x0112] = 6  # its top is at the right
    stored = np.full((40, 20, 3), (0, 0, 255), np.uint8)
    stored[:20] = (255, 0, 0)

    result = finished(saved(stored, exif=tag), scale=100, position="top-left")

    assert (result[50, 20] == (0, 0, 255)).all()
    assert (result[50, 180] == (255, 0, 0)).all()


def p3_profile() -> bytes:
    import pyvips

    return bytes(pyvips.Operation.call("profile_load", "p3"))


def test_colors_are_brought_into_those_of_the_photo() -> None:
    red_in_p3 = saved(np.full((20, 20, 3), (234, 51, 35), np.uint8), icc_profile=p3_profile())
    """Display P3 for the red of sRGB."""

    assert np.abs(finished(red_in_p3, position="center")[100, 150] - (255.0, 0, 0)).max() <= 3


def test_a_picture_without_a_profile_is_srgb_on_a_photo_of_a_wider_space() -> None:
    photo = saved(GREY, icc_profile=p3_profile())
    logo = saved(np.full((20, 20, 3), (255, 0, 0), np.uint8))

    for icc in ("p3", "keep"):
        result = finished(logo, icc, photo, position="center")
        assert np.abs(result[100, 150] - (234.0, 51, 35)).max() <= 3


@pytest.mark.parametrize(
    ("logo", "why"),
    [
        (b"no picture", "cannot be used"),
        (saved(RED)[:-40], "cannot be used. The file ends too early"),
        (saved(np.zeros((4001, 4000), np.uint8)), "cannot be used. 17 megapixels, at most 16."),
    ],
    ids=["junk", "torn", "large"],
)
def test_what_cannot_be_laid_on_is_told_of_the_watermark(logo: bytes, why: str) -> None:
    with pytest.raises(EditImpossible, match=why):
        finished(logo)


# as the API takes it


def test_an_edit_says_which_pictures_it_needs() -> None:
    edits = canonical_edits({"watermark": [{"text": "me"}, {"image": ID, "tile": True}]})

    assert assets_of(edits) == {"/watermark/1/image": Asset("photo", ID)}


@pytest.mark.parametrize(
    ("mark", "pointer"),
    [
        ({"image": "logo.png"}, "/image"),
        ({"image": ID, "text": "both"}, "/text"),
        ({"image": ID, "opacity": 101}, "/opacity"),
        ({"text": "me", "opacity": 101}, "/opacity"),
        ({"text": "me", "scale": 10}, "/scale"),
        ({"opacity": 50}, "/text"),
        ({"text": "me", "tile": True, "angle": 46}, "/angle"),
    ],
)
def test_a_wrong_mark_is_told_by_its_field(mark: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        canonical_edits({"watermark": [mark]})

    assert [error.pointer for error in refused.value.errors] == [f"/edits/watermark/0{pointer}"]
