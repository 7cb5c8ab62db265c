"""BMP in: every kind that programs write, whole or not at all."""

from __future__ import annotations

import contextlib
import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.support.engine_calls import edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.color.profiles import profile_of
from abzug.edits.formats.sniff import Sniffed, sniff
from abzug.errors import (
    PhotoError,
    PhotoTooLarge,
    TruncatedPhoto,
    UnreadablePhoto,
    UnsupportedPhoto,
)

PHOTO = Image.fromarray(pixels(1, 61, 40))


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1"])
def test_every_depth_comes_out_as_it_looks(mode: str) -> None:
    image = PHOTO.convert(mode)

    result = first(edit(saved(image, "bmp")))

    assert np.array_equal(result, np.asarray(image.convert("RGB")))


def with_alpha() -> tuple[bytes, np.ndarray]:
    """A BMP of version 4, whose masks tell of alpha; and its pixels."""
    rgba = np.dstack([np.asarray(PHOTO), np.full((40, 61), 77, np.uint8)])
    masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    fields = struct.pack("<IiiHHIIiiII", 108, 61, -40, 1, 32, 3, 0, 2835, 2835, 0, 0)
    header = fields + masks + b"BGRs" + b"\0" * 48
    body = rgba[..., [2, 1, 0, 3]].tobytes()
    return b"BM" + struct.pack("<IHHI", 122 + len(body), 0, 0, 122) + header + body, rgba


def test_alpha_is_kept_and_a_negative_height_begins_at_the_top() -> None:
    file, rgba = with_alpha()

    assert sniff(file) == Sniffed("image/bmp", 61, 40, 1)
    assert np.array_equal(first(edit(file)), rgba)


def test_a_resolution_beyond_all_measure_does_no_harm(capfd: pytest.CaptureFixture[str]) -> None:
    file = bytearray(saved(PHOTO, "bmp"))
    file[38:46] = b"\xff" * 8

    assert np.array_equal(first(edit(bytes(file))), np.asarray(PHOTO))
    assert not capfd.readouterr().err, "libvips was told of it"


def test_the_size_is_told_from_the_header_of_os2_too() -> None:
    head = b"BM" + bytes(12) + struct.pack("<IHHHH", 12, 300, 200, 1, 24)

    assert sniff(head) == Sniffed("image/bmp", 300, 200, 1)
    assert sniff(saved(PHOTO, "bmp")[:64]) == Sniffed("image/bmp", 61, 40, 1)


def test_a_text_that_begins_like_one_is_a_text() -> None:
    with pytest.raises(UnsupportedPhoto, match="this is a text"):
        sniff(b"BMW builds cars, and motorcycles too.")


def test_its_resolution_is_kept() -> None:
    [result] = edit(saved(PHOTO, "bmp", dpi=(300, 300)), {}, {"format": "jpeg"}).results

    assert Image.open(io.BytesIO(result.data)).info["dpi"] == pytest.approx((300, 300), abs=0.01)


def test_too_many_pixels_are_refused_from_the_header() -> None:
    file = bytearray(saved(PHOTO, "bmp"))
    file[18:26] = struct.pack("<ii", 100_000, 100_000)

    with pytest.raises(PhotoTooLarge):
        edit(bytes(file))


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.99, 1])
@pytest.mark.parametrize("mode", ["RGB", "P"])
def test_a_file_that_ends_too_early_is_never_a_success(mode: str, share: float) -> None:
    whole = saved(PHOTO.convert(mode), "bmp")

    with pytest.raises(PhotoError) as failed:
        edit(whole[: int(len(whole) * share) - 4])

    assert share < 0.5 or isinstance(failed.value, TruncatedPhoto)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["RGB", "P", "alpha"]), st.integers(2, 130), st.binary(min_size=1, max_size=8)
)
def test_damaged_files_raise_nothing_but_photo_errors(mode: str, at: int, noise: bytes) -> None:
    whole = with_alpha()[0] if mode == "alpha" else saved(PHOTO.convert(mode), "bmp")

    with contextlib.suppress(PhotoError):
        done = edit(whole[:at] + noise + whole[at + len(noise) :], max_pixels=1_000_000)
        assert done.results[0].data


def masked(bits: int, masks: tuple[int, ...], numbers: np.ndarray, header: int = 56) -> bytes:
    """A BMP of the given numbers, one a pixel, from the top down."""
    height, width = numbers.shape
    lines = np.ascontiguousarray(numbers, f"<u{bits // 8}").view(np.uint8).reshape(height, -1)
    body = np.pad(lines, ((0, 0), (0, -lines.shape[1] % 4))).tobytes()
    fields = struct.pack("<IiiHHIIiiII", header, width, -height, 1, bits, 3, 0, 2835, 2835, 0, 0)
    spread = struct.pack("<4I", *masks, *[0] * (4 - len(masks))).ljust(header - 40, b"\0")
    start = 14 + header
    return b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + fields + spread + body


@pytest.mark.parametrize(
    ("bits", "masks"),
    [
        (16, (0xF00, 0xF0, 0xF, 0xF000)),
        (16, (0x7C00, 0x3E0, 0x1F, 0x8000)),
        (32, (0xFF, 0xFF00, 0xFF0000)),
        (32, (0xFF000000, 0xFF0000, 0xFF00)),
    ],
)
def test_masks_may_share_out_the_bits_in_any_way(bits: int, masks: tuple[int, ...]) -> None:
    levels = np.dstack([np.asarray(PHOTO), np.asarray(PHOTO)[..., 0]])[..., : len(masks)]
    numbers, seen = np.zeros(levels.shape[:2], np.uint32), np.empty_like(levels)
    for channel, mask in enumerate(masks):
        low = mask & -mask
        top = mask // low
        part = np.rint(levels[..., channel] / 255 * top).astype(np.uint32)
        numbers |= part * np.uint32(low)
        seen[..., channel] = np.rint(part * 255 / top)

    assert np.array_equal(first(edit(masked(bits, masks, numbers))), seen)


def test_more_than_8_bits_a_channel_are_16() -> None:
    masks = 0x3FF << 20, 0x3FF << 10, 0x3FF
    numbers = np.arange(1024, dtype=np.uint32).reshape(32, 32)

    result = first(edit(masked(32, masks, numbers), {}, {"format": "png"}))

    assert result[31, 31, 2] == 255
    [file] = edit(masked(32, masks, numbers), {}, {"format": "tiff"}).results
    assert b"\x10\0\x10\0\x10\0" in file.data, "16 bits a channel"


@pytest.mark.parametrize(
    ("bits", "mask"), [(32, 0), (32, 0x5), (32, 0xFFFFFFFF), (16, 0xFF0000), (16, 0x80000000)]
)
def test_masks_that_make_no_channel_are_refused(bits: int, mask: int) -> None:
    with pytest.raises(UnsupportedPhoto, match="not supported"):
        edit(masked(bits, (mask, 0xFF00, 0xFF), np.zeros((4, 4))))


def test_masked_pixels_that_are_cut_off_are_refused() -> None:
    file = masked(32, (0xFF, 0xFF00, 0xFF0000), np.zeros((40, 40)))

    with pytest.raises(TruncatedPhoto):
        edit(file[:-1])


def test_a_jpeg_inside_is_not_called_damaged() -> None:
    file = bytearray(saved(PHOTO, "bmp"))
    file[30:34] = struct.pack("<I", 4)

    with pytest.raises(UnsupportedPhoto, match="not supported"):
        edit(bytes(file))


def test_the_profile_of_version_5_is_followed() -> None:
    p3 = profile_of("p3")
    body = np.ascontiguousarray(np.asarray(PHOTO)[..., ::-1])
    lines = np.pad(body.reshape(40, -1), ((0, 0), (0, -61 * 3 % 4))).tobytes()
    fields = struct.pack("<IiiHHIIiiII", 124, 61, -40, 1, 24, 0, len(lines), 2835, 2835, 0, 0)
    tail = struct.pack("<IIII", 4, 124 + len(lines), len(p3), 0)
    header = fields + bytes(16) + b"DEBM" + bytes(48) + tail
    file = b"BM" + struct.pack("<IHHI", 138 + len(lines) + len(p3), 0, 0, 138) + header + lines + p3

    [result] = edit(file, {}, {"format": "png", "icc": "keep"}).results
    assert Image.open(io.BytesIO(result.data)).info["icc_profile"] == p3
    assert not np.array_equal(first(edit(file)), np.asarray(PHOTO))


def of_colors(
    body: bytes, size: tuple[int, int], bits: int = 8, how: int = 0, colors: int = 4
) -> bytes:
    """A BMP of that many colors, all different and none of them gray."""
    table = b"".join(bytes([10 * at, 200, 30, 0]) for at in range(colors))
    start = 54 + len(table)
    head = struct.pack("<IiiHHIIiiII", 40, *size, 1, bits, how, len(body), 0, 0, colors, 0)
    return b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + head + table + body


RUNS = b"\4\1\0\0\4\2\0\0\4\3\0\1"
"""Three lines of four."""


def test_runs_of_pixels_come_out_as_they_should() -> None:
    for data in (
        of_colors(RUNS, (4, 3), how=1),
        of_colors(b"\4\x11\0\0\4\x22\0\0\4\x33\0\1", (4, 3), 4, 2),
    ):
        assert first(edit(data))[:, 0, 2].tolist() == [30, 20, 10]


@pytest.mark.parametrize(
    "runs",
    [
        b"\4\1\0\0\4\2\0\1",
        b"\4\1\0\0\4\2\0\0\2\3\0\1",
        b"\4\1\0\0\4\2",
        b"\4\1\0\0\3\2\0\0\4\3\0\1",
        b"\4\1\0\0\5\2\0\0\4\3\0\1",
        b"\4\1\0\0\4\4\0\0\4\3\0\1",
        b"\4\1\0\4\1\2\7\0\0\0\4\3\0\1",
    ],
    ids=["a line less", "a line cut", "no end", "short", "long", "no such color", "nor such"],
)
def test_runs_that_end_too_early_or_lead_astray_are_damage(runs: bytes) -> None:
    with pytest.raises((TruncatedPhoto, UnreadablePhoto)):
        edit(of_colors(runs, (4, 3), how=1))


def test_what_runs_move_over_is_no_damage() -> None:
    assert first(edit(of_colors(b"\4\1\0\0\1\2\0\2\2\0\1\2\0\0\4\3\0\1", (4, 3), how=1))).shape


@pytest.mark.parametrize("bits", [1, 4, 8])
def test_a_color_that_is_not_in_the_table_is_damage(bits: int) -> None:
    colors = min(3, 1 << bits) - (bits == 1)
    right = of_colors(bytes(4 * 2), (3, 2), bits, colors=colors)
    beyond = right[:-8] + bytes([0xFF >> (8 - bits) << (8 - bits)]) + right[-7:]

    assert edit(right).results
    with pytest.raises(UnreadablePhoto):
        edit(beyond)


def test_what_is_behind_the_last_pixel_of_a_line_is_no_color() -> None:
    assert edit(of_colors(b"\0\x0f\xff\xff" * 2, (3, 2), 4, colors=3)).results
