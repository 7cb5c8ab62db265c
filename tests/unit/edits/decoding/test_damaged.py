"""Damaged and odd files: nothing but a photo error, and no damage seen where there is none."""

from __future__ import annotations

import contextlib
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from tests.support.engine_calls import edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.color.profiles import profile_of
from abzug.edits.formats.containers.jpeg import check_markers
from abzug.edits.formats.sniff import sniff
from abzug.edits.notices import Told
from abzug.edits.pixels.arrays import to_image
from abzug.errors import (
    PhotoError,
    TruncatedPhoto,
    UnreadablePhoto,
    UnsupportedPhoto,
)


def test_a_raw_is_found_out_though_its_tags_lie_beyond_the_head() -> None:
    """Sniffing sees the first 256 KiB; decoding looks at all of it."""
    tags = [(254, 4, 1), (256, 4, 8), (257, 4, 8), (50706, 4, 1)]
    far = 300_000
    rows = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    head = struct.pack("<2sHI", b"II", 42, far).ljust(far, b"\0")

    with pytest.raises(UnsupportedPhoto, match="This RAW cannot be developed"):
        edit(head + struct.pack("<H", len(tags)) + rows + b"\0" * 4)


def test_extra_bytes_that_cameras_write_are_no_damage() -> None:
    """libjpeg complains of them as it does of real damage."""
    data = saved(pixels(1, 200, 140), "jpeg")
    end = data[:-2] + b"\x12\x34\x56\xff\xd9"

    assert np.array_equal(first(edit(end)), first(edit(data)))


def test_bytes_too_many_in_a_header_do_not_hide_that_the_picture_is_damaged() -> None:
    """libjpeg tells of the first thing only that it meets."""
    data = saved(pixels(1, 200, 140), "jpeg", restart_marker_rows=1)
    at = data.index(b"\xff\xdb")
    odd = data[:at] + b"\x12\x34\x56" + data[at:]
    scan = odd.index(b"\xff\xda") + 14
    third = odd.index(b"\xff\xd2", scan)

    assert np.array_equal(first(edit(odd)), first(edit(data)))
    with pytest.raises(UnreadablePhoto):
        edit(odd[: third - 200] + odd[third:])


@pytest.mark.parametrize(("segment", "at"), [(b"\xff\xe0", 9), (b"\xff\xee", 15)])
def test_versions_that_nobody_knows_are_no_damage(segment: bytes, at: int) -> None:
    data = bytearray(saved(pixels(1, 200, 140), "jpeg"))
    adobe = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x01"
    data[2:2] = adobe if segment == b"\xff\xee" else b""
    whole = first(edit(bytes(data)))
    data[data.index(segment) + at] = 9

    assert np.array_equal(first(edit(bytes(data))), whole)


def test_a_jpeg_of_several_scans_is_whole_or_refused() -> None:
    data = saved(pixels(1, 200, 140), "jpeg", progressive=True)
    last = data.rindex(b"\xff\xda")

    assert edit(data).results
    with pytest.raises(TruncatedPhoto):
        edit(data[:last])
    with pytest.raises(UnreadablePhoto):
        edit(data[: last + 40] + b"\xff\x3d" + data[last + 40 :])


def test_a_jpeg_that_repeats_its_only_scan_is_damaged() -> None:
    data = saved(pixels(1, 200, 140), "jpeg")
    scan = data[data.index(b"\xff\xda") : -2]

    with pytest.raises(UnreadablePhoto):
        edit(data[:-2] + scan + data[-2:])


def test_a_tiff_with_a_damaged_tile_is_refused() -> None:
    """Of tiles libvips makes black or noise then, and a success."""
    image = to_image(pixels(1, 90, 60))
    data = image.tiffsave_buffer(tile=True, tile_width=32, tile_height=32, compression="deflate")
    hole = data[:3000] + b"\xff" * 40 + data[3040:]

    assert edit(data).results
    with pytest.raises(UnreadablePhoto):
        edit(hole)


def test_a_tiff_that_libtiff_only_warns_of_is_no_damage() -> None:
    """Entries out of their order, as some scanners write them."""
    data = bytearray(saved(pixels(1, 90, 60), "tiff"))
    start = struct.unpack_from("<I", data, 4)[0] + 2
    data[start : start + 24] = data[start + 12 : start + 24] + data[start : start + 12]

    assert np.array_equal(first(edit(bytes(data))), pixels(1, 90, 60))


def test_a_gif_whose_pixels_end_too_early_is_refused() -> None:
    """It has its end mark, so nothing but its pixels can tell."""
    data = saved(Image.fromarray(pixels(1, 90, 60)).quantize(64), "gif")
    at = data.index(b"\x2c", 13 + 3 * 64) + 11  # the first sub-block of its pixels
    end = at + 1 + data[at]

    assert edit(data).results
    with pytest.raises(TruncatedPhoto):
        edit(data[:end] + b"\0;")


def test_a_gif_whose_codes_say_that_they_end_too_early_is_refused() -> None:
    """Pillow would take what follows for the missing pixels, and libnsgif leaves them black."""
    head = saved(Image.new("P", (90, 60)), "gif").partition(b"\x2c")[0]
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 90, 60, 0) + b"\x07"

    def blocks(count: int, end: bytes = b"") -> bytes:
        codes = (b"\x80" + b"\1" * 90) * (count // 90) + b"\x80" + b"\1" * (count % 90) + end
        return b"".join(
            bytes([len(codes[at : at + 255])]) + codes[at : at + 255]
            for at in range(0, len(codes), 255)
        )

    assert edit(head + frame + blocks(90 * 60, b"\x81") + b"\0;").results
    with pytest.raises(TruncatedPhoto):
        edit(head + frame + blocks(90 * 60 - 5, b"\x81") + blocks(90) + b"\0;" + bytes(70_000))


def test_of_several_chunks_of_a_kind_in_a_webp_the_first_one_counts() -> None:
    large, small = (saved(pixels(1, *size), "webp", lossless=True) for size in [(90, 60), (40, 30)])
    both = bytearray(large + small[12:])
    struct.pack_into("<I", both, 4, len(both) - 8)

    [result] = edit(bytes(both)).results
    told = sniff(bytes(both))
    assert (told.width, told.height) == (result.width, result.height) == (90, 60)


@pytest.mark.parametrize("size", [0, 9, 12])
def test_a_gif_in_codes_of_a_size_that_there_is_not_is_refused(size: int) -> None:
    data = bytearray(saved(Image.fromarray(pixels(1, 90, 60)).quantize(64), "gif"))
    data[data.index(b"\x2c", 13 + 3 * 64) + 10] = size

    with pytest.raises((TruncatedPhoto, UnreadablePhoto)):
        edit(bytes(data))


def test_exif_that_the_head_of_a_webp_does_not_know_of_turns_nothing() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = bytearray(saved(pixels(1, 90, 60), "webp", lossless=True, exif=exif))
    data[20] &= ~8

    [result] = edit(bytes(data)).results
    told = sniff(bytes(data))
    assert (told.width, told.height) == (result.width, result.height) == (90, 60)


def test_an_orientation_that_is_cut_off_in_its_middle_turns_nothing() -> None:
    data = saved(pixels(1, 90, 60), "webp", lossless=True, exif=b"MM\0*\0\0\0\x08\0\0\0\0\0\0")
    exif = b"MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6"  # two bytes more belong to it
    chunk = b"EXIF" + struct.pack("<I", len(exif)) + exif
    body = data[8 : data.index(b"EXIF")] + chunk
    cut = b"RIFF" + struct.pack("<I", len(body)) + body

    [result] = edit(cut).results
    told = sniff(cut)
    assert (told.width, told.height) == (result.width, result.height) == (90, 60)


def test_a_profile_whose_primaries_are_damaged_is_left_out_of_account() -> None:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for row in range(132, 132 + 12 * profile[131], 12):
        if profile[row : row + 4] == b"gXYZ":
            at = struct.unpack_from(">I", profile, row + 4)[0]
    profile[at + 16] ^= 0x80  # the sign of green's Z

    found = first(edit(saved(pixels(1, 90, 60), icc_profile=bytes(profile))))

    assert np.array_equal(found, pixels(1, 90, 60))


def test_a_profile_that_its_checksum_belies_is_left_out_of_account() -> None:
    """libpng heeds the checksums of all other chunks; the middle of a curve turned a photo pale."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    whole = saved(pixels(1, 90, 60), icc_profile=bytes(profile))
    for row in range(132, 132 + 12 * profile[131], 12):
        if profile[row : row + 4] == b"rTRC":
            profile[struct.unpack_from(">I", profile, row + 4)[0] + 13] ^= 0x20
    other = saved(pixels(1, 90, 60), icc_profile=bytes(profile))
    start, end = other.index(b"iCCP"), other.index(b"IDAT") - 8
    checksum = whole[whole.index(b"IDAT") - 8 : whole.index(b"IDAT") - 4]

    assert not np.array_equal(first(edit(other)), pixels(1, 90, 60))
    damaged = other[:end] + checksum + other[end + 4 :]
    assert damaged[start:end] == other[start:end]
    assert np.array_equal(first(edit(damaged)), pixels(1, 90, 60))


def test_damage_that_libvips_quotes_byte_by_byte_is_a_damage_like_any_other() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(pixels(1, 90, 60), "avif", exif=exif)

    assert b"irot" in data
    with pytest.raises(UnreadablePhoto):
        edit(data.replace(b"irot", b"iro\xf4"))
    with pytest.raises(TruncatedPhoto):
        edit(saved(pixels(1, 90, 60), "jpeg")[:-400])


def test_the_size_told_of_a_gif_is_that_of_its_frame_if_the_screen_is_smaller() -> None:
    data = bytearray(saved(Image.fromarray(pixels(1, 90, 60)).quantize(64), "gif"))
    struct.pack_into("<HH", data, 6, 40, 30)

    [result] = edit(bytes(data)).results
    assert (result.width, result.height) == (90, 60)
    told = sniff(bytes(data))
    assert (told.width, told.height) == (90, 60)


@pytest.mark.parametrize("data", [b"\xff\xd8\xff", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"II*\0"])
def test_a_bare_signature_is_no_photo(data: bytes) -> None:
    with pytest.raises((UnreadablePhoto, TruncatedPhoto)):
        edit(data)


_SEEDS = {
    form: saved(pixels(1, 48, 32), form) for form in ("jpeg", "png", "webp", "tiff", "gif", "avif")
}
_SEEDS["profile"] = saved(
    pixels(1, 48, 32),
    icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
)


# pyvips stumbles over its own log where a damaged tag is quoted that is not UTF-8.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(_SEEDS)),
    st.floats(0, 1),
    st.binary(min_size=1, max_size=12),
    st.sampled_from(["srgb", "keep"]),
)
def test_damaged_files_raise_nothing_but_photo_errors(
    form: str, where: float, noise: bytes, icc: str
) -> None:
    whole = _SEEDS[form]
    at = int(where * len(whole))
    damaged = whole[:at] + noise + whole[at + len(noise) :]

    with contextlib.suppress(PhotoError):
        edited = edit(damaged, {"crop": {"aspect": "1:1"}}, {"icc": icc}, max_pixels=1_000_000)
        assert edited.results[0].data


@pytest.mark.parametrize(("frame", "bits"), [(0xC3, 8), (0xF7, 8), (0xC0, 12), (0xC1, 12)])
def test_a_jpeg_of_a_kind_that_is_not_read_is_not_called_damaged(frame: int, bits: int) -> None:
    data = bytearray(saved(pixels(1, 40, 30), "jpeg"))
    at = data.index(b"\xff\xc0")
    data[at + 1], data[at + 4] = frame, bits

    with pytest.raises(UnsupportedPhoto, match=r"JPEG .*not supported"):
        edit(bytes(data))


def test_tables_of_arithmetic_coding_may_stand_between_scans() -> None:
    """A progressive JPEG of that coding has some there."""
    data = saved(pixels(1, 40, 30), "jpeg")
    dac = b"\xff\xcc\x00\x04\x00\x10"

    check_markers(data[:-2] + dac + data[-2:])


def test_of_a_png_that_moves_the_first_picture_is_used_and_a_notice_says_so() -> None:
    frames = [Image.fromarray(pixels(seed, 40, 30)) for seed in (1, 2)]
    moving = saved(frames[0], "png", save_all=True, append_images=frames[1:])

    edited = edit(moving)

    assert edited.notices == [Told.first_frame.notice()]
    assert np.array_equal(first(edited), np.asarray(frames[0]))
    assert not edit(saved(frames[0])).notices
    assert edit(saved(frames[0], "avif", save_all=True, append_images=frames[1:])).notices
    assert not edit(saved(frames[0], "avif")).notices


def test_of_a_profile_that_cannot_be_followed_it_is_said_that_it_is_the_profile() -> None:
    profile = bytearray(profile_of("p3"))
    profile[234] = 0  # within the table of tags, which points astray then

    with pytest.raises(UnreadablePhoto, match="profile"):
        edit(saved(pixels(1, 40, 30), icc_profile=bytes(profile)))
