"""Damaged and odd files: nothing but a photo error, and no damage seen where there is none."""

from __future__ import annotations

import contextlib
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageCms
from tests.engine_calls import edit, first, saved
from tests.pictures import pixels

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

    with pytest.raises(UnsupportedPhoto, match="RAW"):
        edit(head + struct.pack("<H", len(tags)) + rows + b"\0" * 4)


def test_extra_bytes_that_cameras_write_are_no_damage() -> None:
    """libjpeg complains of them as it does of real damage."""
    data = saved(pixels(1, 200, 140), "jpeg")
    end = data[:-2] + b"\x12\x34\x56\xff\xd9"

    assert np.array_equal(first(edit(end)), first(edit(data)))


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
