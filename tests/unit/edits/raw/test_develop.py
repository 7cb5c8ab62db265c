"""RAW: developed as it was exposed, upright, in its colors; or its preview; or refused."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from tests.support.colors import delta_e
from tests.support.engine_calls import decoded, edit, first, saved
from tests.support.pictures import pixels
from tests.support.raws import NEUTRAL, dng, undevelopable

from abzug.edits.color.colorspace import from_linear, to_linear
from abzug.edits.formats.sniff import HEAD, Sniffed, sniff
from abzug.edits.metadata.exif_block import exif_block
from abzug.edits.metadata.raw_exif import raw_exif
from abzug.edits.notices import Told
from abzug.edits.raw import develop as developing
from abzug.errors import PhotoError, PhotoTooLarge, TruncatedPhoto, UnsupportedPhoto


def flat(*colors: tuple[float, float, float]) -> np.ndarray:
    """Linear light: fields of these colors side by side, 64 pixels each."""
    row = np.repeat(np.array(colors, float), 64, axis=0)
    return np.broadcast_to(row, (64, *row.shape)).copy()


def centers(picture: np.ndarray) -> np.ndarray:
    """The mean color of the middle of each field, 0..255."""
    fields = picture.shape[1] // 64
    return np.array([picture[16:48, 64 * n + 16 : 64 * n + 48].mean((0, 1)) for n in range(fields)])


def fine(file: bytes | memoryview) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture[..., ::-1]


def test_colors_come_out_as_they_were_lit() -> None:
    light = flat((0.18, 0.18, 0.18), (0.4, 0.1, 0.05), (0.05, 0.3, 0.1), (0.02, 0.05, 0.35))

    result = first(edit(dng(light)))

    assert result.shape == light.shape
    assert np.abs(centers(result) - 255 * centers(from_linear(light))).max() < 2


def test_colors_beyond_srgb_live_on_in_p3() -> None:
    green = flat((0.0, 0.4, 0.0), (0.18, 0.18, 0.18))

    p3, srgb = edit(
        dng(green), {}, {"format": "png", "icc": "p3"}, {"name": "s", "format": "png"}
    ).results

    assert Image.open(io.BytesIO(p3.data)).info["icc_profile"]
    assert centers(decoded(p3.data))[0][0] > 60, "sRGB's green is no pure green in P3"
    assert centers(decoded(srgb.data))[0][0] < 16


def test_it_has_16_bits_in_a_png_and_is_edited_in_them_for_a_jpeg() -> None:
    ramp = np.linspace(0.001, 0.02, 512)[None, :, None] * np.ones((64, 1, 3))
    png, jpeg = edit(
        dng(ramp),
        {"exposure": 4},
        {"format": "png"},
        {"name": "j", "format": "jpeg", "quality": 100},
    ).results

    deep = fine(png.data)
    assert deep.dtype == np.uint16
    assert len(np.unique(deep[32, :, 1])) > 300
    row = decoded(jpeg.data)[32, :, 1].astype(int)
    assert np.abs(np.diff(row[8:-8])).max() <= 2, "it bands"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_upright_once(orientation: int) -> None:
    light = to_linear(pixels(2, 128, 96) / 255.0) * 0.5
    plain = first(edit(dng(light)))

    edited = edit(dng(light, {274: (3, [orientation])}), {}, {"format": "png", "metadata": "keep"})

    result = first(edited)
    by_exif = Image.fromarray(plain)
    by_exif.getexif()[274] = orientation
    file = saved(by_exif, "png", exif=by_exif.getexif())
    expected = first(edit(file))
    assert result.shape == expected.shape
    assert np.abs(result.astype(int) - expected).mean() < 2.5
    assert Image.open(io.BytesIO(edited.results[0].data)).getexif().get(274, 1) == 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_dng_is_cut_to_the_crop_that_it_tells_of_and_its_header_says_that_size(
    orientation: int,
) -> None:
    light = to_linear(pixels(2, 128, 96) / 255.0) * 0.5
    plain = first(edit(dng(light)))
    crop = {50719: (4, [20, 8]), 50720: (4, [90, 60]), 274: (3, [orientation])}

    file = dng(light, crop)
    result = first(edit(file))

    cut = Image.fromarray(plain[8:68, 20:110])
    cut.getexif()[274] = orientation
    expected = first(edit(saved(cut, "png", exif=cut.getexif())))
    assert result.shape == expected.shape
    assert np.abs(result.astype(int) - expected).mean() < 2.5
    assert (sniff(file).width, sniff(file).height) == result.shape[1::-1]
    half = first(edit(file, {}, {"max_side": 45, "format": "png"}))
    assert half.shape[:2] == tuple(side // 2 for side in result.shape[:2])
    small = np.asarray(Image.fromarray(result).resize(half.shape[1::-1], Image.Resampling.BOX))
    assert np.abs(half.astype(int) - small).mean() < 6


def test_pixels_that_are_not_square_leave_the_size_to_libraw() -> None:
    crop = {50719: (4, [0, 0]), 50720: (4, [60, 60])}

    square, other = (
        dng(flat((0.2,) * 3), {**crop, 50718: (5, scale)}) for scale in ([1.0, 1.0], [1.0, 2.0])
    )

    assert sniff(square).width == first(edit(square)).shape[1] == 60
    assert sniff(other).width is None
    assert first(edit(other)).size


@pytest.mark.parametrize("size", [[90, 600], [0, 60], [90]])
def test_a_crop_that_leads_beyond_the_sensor_is_no_crop(size: list[int]) -> None:
    file = dng(flat((0.2,) * 3, (0.3,) * 3), {50719: (4, [20, 8]), 50720: (4, size)})

    assert first(edit(file)).shape == (64, 128, 3)
    assert sniff(file).width is None


def test_nothing_is_brightened_by_itself() -> None:
    """LibRaw by default stretches a dark picture, and one of which little comes near to white."""
    dark, bright = flat((0.02,) * 3), flat((0.02,) * 3, (0.8,) * 3)

    alone, beside = (centers(first(edit(dng(light))))[0] for light in (dark, bright))

    assert np.abs(alone - 255 * from_linear(np.array(0.02))).max() < 1
    assert np.abs(alone - beside).max() < 1


def test_a_dng_says_how_bright_it_is_meant() -> None:
    light = flat((0.1,) * 3)

    result = centers(first(edit(dng(light, {50730: (10, [1.0])}))))[0]

    assert np.abs(result - 255 * from_linear(np.array(0.2))).max() < 2


@pytest.mark.parametrize("broken", [b"", b"\1\0\0\0\0\0\0\0", b"\1\0\0\0"])
def test_a_brightness_that_is_no_number_is_none(broken: bytes) -> None:
    light = flat((0.1,) * 3)

    result = centers(first(edit(dng(light, {50730: (1, broken)}))))[0]

    assert np.abs(result - 255 * from_linear(np.array(0.1))).max() < 2


def test_what_is_full_in_all_channels_is_white_and_not_magenta() -> None:
    result = centers(first(edit(dng(flat((5.0,) * 3)))))[0]

    assert result.min() > 253


def test_highlights_full_in_one_channel_keep_their_drawing_and_near_their_hue() -> None:
    """Green is full at 1, red and blue hold 2 and 1.6 of it: a skin that is half too bright."""
    full = 1 / np.array(NEUTRAL)
    assert full[1] < full[2] < full[0]
    skin = np.array([1.0, 0.72, 0.55])
    steps = [tuple(skin * much) for much in (0.9, 1.2, 1.5)]

    result = centers(first(edit(dng(flat(*steps)))))

    assert (np.diff(result.mean(1)) > 2).all(), "it has no drawing left"
    assert (result[:, 0] > result[:, 1]).all()
    assert (result[:, 1] > result[:, 2]).all()


def test_highlights_can_be_brought_back() -> None:
    light = flat((0.7,) * 3, (1.5,) * 3)

    plain = centers(first(edit(dng(light))))
    tamed = centers(first(edit(dng(light), {"highlights": -100})))

    assert (tamed < plain - 5).all()


def test_a_small_output_is_developed_at_half_size_and_looks_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    halves = []
    develop = developing.develop

    def noted(raw: developing.Raw, *, half: bool) -> Any:
        halves.append(half)
        return develop(raw, half=half)

    monkeypatch.setattr("abzug.edits.decoding.decode.develop", noted)
    data = dng(to_linear(pixels(2, 320, 240) / 255.0) * 0.5)

    small = first(edit(data, {}, {"format": "png", "max_side": 160}))
    large = first(edit(data, {}, {"format": "png", "max_side": 161}))

    assert halves == [True, False]
    assert small.shape == (120, 160, 3)
    same = cv2.resize(large, (160, 120), interpolation=cv2.INTER_AREA)
    assert delta_e(small, same).mean() < 3


def test_date_and_camera_travel_and_the_place_does_not() -> None:
    photo = {36867: (2, b"2026:11:24 12:00:00\0"), 34855: (3, [200])}
    place = {1: (2, b"N\0"), 2: (5, [47.0, 30.0, 0.0])}
    data = dng(flat((0.2,) * 3), {315: (2, b"Erika\0")}, photo, place)
    default = {"name": "d", "format": "jpeg"}
    keep = {"name": "k", "format": "jpeg", "metadata": "keep"}

    results = edit(data, {}, default, keep).results

    plain, kept = (Image.open(io.BytesIO(result.data)).getexif() for result in results)
    for exif in (plain, kept):
        assert exif[271] == "Abzug"
        assert exif[315] == "Erika"
        assert exif.get_ifd(34665)[36867] == "2026:11:24 12:00:00"
        assert 50706 not in exif, "what describes the DNG is not true of the JPEG"
        assert 33422 not in exif
    assert not plain.get_ifd(34853)
    assert kept.get_ifd(34853)[1] == "N"


def test_exif_is_found_where_makers_put_it() -> None:
    data = dng(flat((0.2,) * 3), photo={36867: (2, b"2026:11:24 12:00:00\0")})
    exif = raw_exif(data)
    block = exif_block(exif)

    def boxed(kind: bytes, tags: Any) -> bytes:
        body = exif_block(type(exif)(exif.order, tags))
        return (8 + len(body)).to_bytes(4) + kind + body

    olympus = b"IIRO" + block[4:]
    panasonic = b"IIU\0" + block[4:]
    fuji = b"FUJIFILMCCD-RAW 0201".ljust(148) + b"\xff\xd8\xff\xe1\0\0Exif\0\0" + block
    canon = (
        b"\0\0\0\x18ftypcrx " + b"\0" * 12 + boxed(b"CMT1", exif.main) + boxed(b"CMT2", exif.photo)
    )
    for file in (olympus, panasonic, fuji, canon):
        found = raw_exif(file)
        assert found.main[271].raw == b"Abzug\0"
        assert found.photo[36867].raw == b"2026:11:24 12:00:00\0"
    assert not raw_exif(b"FOVb nothing here")
    assert not raw_exif(canon[:40])


def test_the_pixel_limit_is_held_before_anything_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import rawpy

    def never(_: Any) -> None:
        raise AssertionError("unpacked")

    class Watched(rawpy.RawPy):
        unpack = never

    monkeypatch.setattr(rawpy, "RawPy", Watched)
    data = dng(flat((0.2,) * 3))

    with pytest.raises(PhotoTooLarge):
        edit(data, max_pixels=64 * 64 - 1)
    with pytest.raises(AssertionError, match="unpacked"):
        edit(data, max_pixels=64 * 64)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_raw_that_is_cut_off_is_never_a_grey_success(photos: Path, share: float) -> None:
    data = (photos / "raw-colorchart.dng").read_bytes()

    with pytest.raises(TruncatedPhoto):
        edit(data[: int(len(data) * share)])


def test_damaged_raws_raise_nothing_but_photo_errors() -> None:
    whole = dng(flat((0.2,) * 3), photo={36867: (2, b"2026:11:24 12:00:00\0")})
    tags_at = len(whole) - 600
    rng = np.random.default_rng(1)
    failed = 0
    for _ in range(40):
        data = bytearray(whole)
        for at in rng.integers(tags_at, len(whole), 3):
            data[at] = rng.integers(0, 256)
        try:
            edit(bytes(data), {}, {"max_side": 16}, max_pixels=1_000_000)
        except PhotoError:
            failed += 1
    assert failed


def test_an_upload_is_called_what_it_is_and_has_no_size_yet() -> None:
    assert sniff(dng(flat((0.2,) * 3))) == Sniffed("image/x-adobe-dng", None, None)


def test_the_color_chart_of_the_folder_is_developed(photos: Path) -> None:
    result = first(edit((photos / "raw-colorchart.dng").read_bytes(), {}, {"format": "jpeg"}))

    assert result.shape == (1156, 1734, 3)
    chart = {"red": (460, 816), "green": (406, 816), "blue": (355, 816), "yellow": (515, 816)}
    colors = {
        name: result[y - 8 : y + 8, x - 8 : x + 8].mean((0, 1))
        for name, (x, y) in {n: (int(x * 2), y) for n, (x, y) in chart.items()}.items()
    }
    assert colors["red"].argmax() == 0
    assert colors["green"].argmax() == 1
    assert colors["blue"].argmax() == 2
    assert colors["yellow"].argmin() == 2


def test_the_head_of_a_raw_whose_tags_come_first_tells_its_size(real_photos: Path) -> None:
    told = sniff((real_photos / "raw-colorchart.dng").read_bytes()[:HEAD])

    assert (told.width, told.height) == (1734, 1156)


def preview(width: int, height: int) -> bytes:
    return saved(pixels(4, width, height), "jpeg", quality=90)


def test_a_raw_that_cannot_be_developed_gives_its_preview_and_says_so() -> None:
    jpeg = preview(400, 300)

    edited = edit(undevelopable(jpeg, (1600, 1200)), {}, {"format": "png", "metadata": "keep"})

    assert np.array_equal(first(edited), first(edit(jpeg)))
    assert edited.notices == [Told.raw_preview.notice(width=400, height=300)]
    exif = Image.open(io.BytesIO(edited.results[0].data)).getexif()
    assert exif[306] == "2026:11:24 12:00:00"


def test_a_preview_is_turned_as_the_raw_says() -> None:
    jpeg = preview(400, 300)

    turned = first(edit(undevelopable(jpeg, (1600, 1200), orientation=6)))

    assert np.array_equal(turned, np.rot90(first(edit(jpeg)), -1))


def test_a_preview_that_says_itself_how_it_is_turned_is_believed() -> None:
    exif = Image.Exif()
    exif[274] = 6
    jpeg = saved(pixels(4, 400, 300), "jpeg", quality=90, exif=exif)

    turned = first(edit(undevelopable(jpeg, (1600, 1200), orientation=6)))

    assert np.array_equal(turned, first(edit(jpeg)))


def test_a_thumbnail_is_never_taken_for_the_photo(photos: Path) -> None:
    thumbnail = undevelopable(preview(399, 300), (1600, 1200))

    for data in (thumbnail, (photos / "raw-undevelopable-z9.dng").read_bytes()):
        with pytest.raises(UnsupportedPhoto, match="This RAW cannot be developed here") as failed:
            edit(data)
        assert "DNG" in failed.value.advice


def test_a_preview_is_not_taken_where_it_is_not_wanted() -> None:
    with pytest.raises(UnsupportedPhoto):
        edit(undevelopable(preview(400, 300), (1600, 1200)), raw_previews=False)


def test_a_damaged_preview_is_no_photo_either() -> None:
    jpeg = preview(400, 300)

    with pytest.raises(PhotoError):
        edit(undevelopable(jpeg[: len(jpeg) // 2], (1600, 1200)))
