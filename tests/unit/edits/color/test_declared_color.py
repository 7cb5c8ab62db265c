"""Photos that tell their colors without a profile, held against the definitions."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.support.engine_calls import decoded, edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.color.cicp import ADOBE_RGB, Code, made_profile
from abzug.edits.color.profiles import is_space, profile_of, valid_or_none, working_space
from abzug.edits.notices import Told
from abzug.edits.outputs import canonical_outputs, typed_outputs

PHOTO = pixels(1, 60, 40)
P3_TO_SRGB = np.array([[1.2249, -0.2247, 0], [-0.0420, 1.0419, 0], [-0.0197, -0.0786, 1.0979]])
ADOBE_TO_SRGB = np.array([[1.3984, -0.3984, 0], [0, 1, 0], [0, -0.0429, 1.0429]])
Array = np.ndarray[Any, Any]


def linear(levels: Array) -> Array:
    value = levels / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def levels(light: Array) -> Array:
    light = np.clip(light, 0, 1)
    return 255 * np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def with_chunks(png: bytes, **bodies: bytes) -> bytes:
    chunks = b""
    for name, body in bodies.items():
        kind = name.encode()
        chunks += struct.pack(">I", len(body)) + kind + body
        chunks += struct.pack(">I", zlib.crc32(kind + body))
    return png[:33] + chunks + png[33:]


def far(result: Array, wanted: Array) -> float:
    return float(np.abs(result.astype(float) - wanted).max())


P3_CHRM = struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
SRGB_CHRM = struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)


@pytest.mark.parametrize(
    "chunks", [{"cICP": bytes([12, 13, 0, 1])}, {"gAMA": struct.pack(">I", 45455), "cHRM": P3_CHRM}]
)
def test_a_png_of_display_p3_by_numbers_is_converted(chunks: dict[str, bytes]) -> None:
    result = first(edit(with_chunks(saved(PHOTO), **chunks)))

    assert far(result, levels(linear(PHOTO) @ P3_TO_SRGB.T)) < 2


@pytest.mark.parametrize(
    "chunks",
    [
        {"gAMA": struct.pack(">I", 45455), "cHRM": SRGB_CHRM},
        {"gAMA": struct.pack(">I", 45455)},
        {"sRGB": b"\0", "gAMA": struct.pack(">I", 45455), "cHRM": P3_CHRM},
        {"cICP": bytes([1, 13, 0, 1])},
        {"cICP": bytes([2, 2, 0, 1])},
        {"gAMA": bytes(4), "cHRM": bytes(32)},
        {"cHRM": b"\xff" * 32},
        {"cHRM": struct.pack(">8I", *[31270, 32900] * 4)},
    ],
)
def test_what_is_srgb_or_nonsense_stays_as_it_is(chunks: dict[str, bytes]) -> None:
    assert np.array_equal(first(edit(with_chunks(saved(PHOTO), **chunks))), PHOTO)


def test_numbers_of_h273_come_before_a_profile_in_a_png() -> None:
    file = with_chunks(saved(PHOTO, icc_profile=profile_of("p3")), cICP=bytes([1, 13, 0, 1]))

    assert np.array_equal(first(edit(file)), PHOTO)


def test_a_gamma_of_its_own_is_followed() -> None:
    file = with_chunks(saved(PHOTO), gAMA=struct.pack(">I", 55556))

    assert far(first(edit(file)), levels((PHOTO / 255) ** 1.8)) < 2


@pytest.mark.parametrize("transfer", ["pq", "hlg"])
def test_hdr_has_paper_for_white_and_a_notice(transfer: str) -> None:
    white = 203 / 10_000
    light = linear(PHOTO)
    if transfer == "pq":
        power = (light * white) ** 0.1593017578125
        signal = ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
    else:
        scene = light * 0.26496256
        high = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
        signal = np.where(scene <= 1 / 12, np.sqrt(3 * scene), high)
    deep = np.rint(signal * 65535).astype(np.uint16)
    code = bytes([1, 16 if transfer == "pq" else 18, 0, 1])

    edited = edit(with_chunks(deep_png(deep), cICP=code), {}, {"format": "png", "bit_depth": "8"})

    assert far(first(edited), PHOTO) <= 2
    assert edited.notices == [Told.hdr.notice()]


def deep_png(samples: Array) -> bytes:
    """16 bits a channel, which Pillow does not write."""
    height, width, _ = samples.shape
    rows = b"".join(b"\0" + row.tobytes() for row in samples.astype(">u2"))
    empty = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR"
    head = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    file = empty + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return with_chunks(file, IDAT=zlib.compress(rows), IEND=b"")


def camera_jpeg(color_space: int, index: bytes) -> bytes:
    """With the EXIF of a camera: IFD0 → Exif → interoperability."""

    def directory(*rows: tuple[int, int, int, bytes]) -> bytes:
        packed = b"".join(struct.pack("<HHI", *row[:3]) + row[3].ljust(4, b"\0") for row in rows)
        return struct.pack("<H", len(rows)) + packed + bytes(4)

    def pointer(tag: int, at: int) -> tuple[int, int, int, bytes]:
        return tag, 4, 1, struct.pack("<I", at)

    space = (40961, 3, 1, struct.pack("<H", color_space))
    first_one = directory(pointer(34665, 26))
    block = first_one + directory(space, pointer(40965, 56)) + directory((1, 2, 4, index))
    exif = b"Exif\0\0" + struct.pack("<2sHI", b"II", 42, 8) + block
    return saved(PHOTO, "jpeg", quality=100, subsampling=0, exif=exif)


@pytest.mark.parametrize(("space", "index"), [(0xFFFF, b"R03"), (2, b"R98")])
def test_adobe_rgb_of_a_camera_is_converted(space: int, index: bytes) -> None:
    file = camera_jpeg(space, index)
    seen = decoded(file)

    wanted = levels((seen / 255) ** (563 / 256) @ ADOBE_TO_SRGB.T)

    # at the dark end a power is steeper than what eight bits can follow
    assert np.abs(first(edit(file)) - wanted)[seen.min(2) > 20].max() < 2


@pytest.mark.parametrize(("space", "index"), [(1, b"R98"), (0xFFFF, b"R98"), (1, b"R03")])
def test_other_cameras_jpegs_are_srgb(space: int, index: bytes) -> None:
    file = camera_jpeg(space, index)

    assert np.array_equal(first(edit(file)), decoded(file))


def test_keep_gives_the_result_the_profile_that_the_numbers_stand_for() -> None:
    file = with_chunks(saved(PHOTO), cICP=bytes([12, 13, 0, 1]))

    [result] = edit(file, {}, {"format": "png", "icc": "keep"}).results

    assert np.array_equal(decoded(result.data), PHOTO)
    assert is_space(Image.open(io.BytesIO(result.data)).info["icc_profile"], "p3")


@pytest.mark.parametrize(("primaries", "is_p3"), [(12, True), (1, False)])
def test_an_avif_without_a_profile_tells_by_numbers(primaries: int, is_p3: bool) -> None:
    image = Image.fromarray(PHOTO)
    file = bytearray(saved(image, "avif", quality=100, subsampling="4:4:4"))
    at = file.index(b"nclx") + 4
    file[at : at + 4] = struct.pack(">HH", primaries, 13)
    seen = decoded(bytes(file)).astype(float)

    wanted = levels(linear(seen) @ P3_TO_SRGB.T) if is_p3 else seen
    assert np.abs(first(edit(bytes(file))) - wanted).mean() < 1


def test_profiles_are_made_of_numbers() -> None:
    p3 = Code(12, 13).profile()
    adobe = made_profile(ADOBE_RGB, 563 / 256)

    assert p3
    assert is_space(p3, "p3")
    assert adobe
    assert valid_or_none(adobe) == adobe
    assert Code(1, 13).profile() is None
    assert Code(77, 13).profile() is None


def by_power(picture: Array, gamma: float) -> Array:
    """What levels stand for by gAMA (PNG, third edition, 11.3.2.2), as sRGB has it."""
    return levels((picture / 255) ** (1 / gamma))


@pytest.mark.parametrize("gamma", [0.05, 0.09, 0.25, 0.6, 1.0, 1.8, 2.5, 5.0, 10.0])
@pytest.mark.parametrize("gray", [True, False])
def test_a_gamma_is_followed_in_gray_as_in_color(gamma: float, gray: bool) -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    picture = ramp if gray else np.repeat(ramp[..., None], 3, axis=2)
    data = with_chunks(saved(picture), gAMA=struct.pack(">I", round(gamma * 100_000)))

    found = first(edit(data)).reshape(256, -1)[:, 0]
    assert far(found, by_power(ramp.ravel(), gamma)) <= 1


def test_gray_with_opacity_and_gray_of_16_bits_obey_their_gamma_too() -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    with_alpha = Image.merge("LA", [Image.fromarray(ramp), Image.new("L", (16, 16), 255)])
    deep = Image.fromarray(ramp.astype(np.uint16) * 257)
    for picture in (with_alpha, deep):
        data = with_chunks(saved(picture), gAMA=struct.pack(">I", 100_000))
        found = first(edit(data)).astype(float).reshape(256, -1)[:, 0]
        found /= 257 if found.max() > 255 else 1
        assert far(found, by_power(ramp.ravel(), 1)) <= 1


@pytest.mark.parametrize("gamma", [0.04, 11.0])
def test_a_gamma_that_would_leave_but_black_and_white_is_none(gamma: float) -> None:
    data = with_chunks(saved(PHOTO), gAMA=struct.pack(">I", round(gamma * 100_000)))

    assert np.array_equal(first(edit(data)), PHOTO)


@pytest.mark.parametrize("order", [(1, 0, 2), (2, 1, 0), (1, 2, 0)])
def test_primaries_in_another_order_are_followed(order: tuple[int, ...]) -> None:
    pairs = [(64000, 33000), (30000, 60000), (15000, 6000)]
    numbers = [number for at in order for number in pairs[at]]
    data = with_chunks(saved(PHOTO), cHRM=struct.pack(">8I", 31270, 32900, *numbers))

    wanted = np.empty_like(PHOTO)
    wanted[..., list(order)] = PHOTO
    assert far(first(edit(data)), wanted) <= 1


def test_sliders_do_not_work_in_a_space_whose_red_is_green() -> None:
    usual = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.3290)
    swapped = (*usual[2:4], *usual[:2], *usual[4:])
    [keep] = typed_outputs(canonical_outputs([{"icc": "keep"}], max_outputs=1))

    assert working_space(made_profile(usual, 2.2), [keep]) == "own"
    assert working_space(made_profile(swapped, 2.2), [keep]) == "p3"


def space_of(profile: bytes, space: bytes, kind: bytes = b"mntr") -> bytes:
    return profile[:12] + kind + space + profile[20:]


@pytest.mark.parametrize("form", ["jpeg", "png", "tiff", "webp"])
@pytest.mark.parametrize(
    ("space", "kind"),
    [
        (b"XYZ ", b"mntr"),
        (b"Lab ", b"mntr"),
        (b"HSV ", b"mntr"),
        (b"YCbr", b"mntr"),
        (b"GRAY", b"mntr"),
        (b"CMYK", b"prtr"),
        (b"RGB ", b"link"),
        (b"RGB ", b"abst"),
        (b"RGB ", b"nmcl"),
    ],
)
def test_a_profile_of_another_kind_of_picture_is_left_out_of_account(
    form: str, space: bytes, kind: bytes
) -> None:
    adobe = made_profile(ADOBE_RGB, 563 / 256)
    assert adobe
    plain = saved(PHOTO, form, quality=90)
    tagged = saved(PHOTO, form, quality=90, icc_profile=space_of(adobe, space, kind))

    assert np.array_equal(first(edit(tagged)), first(edit(plain)))
