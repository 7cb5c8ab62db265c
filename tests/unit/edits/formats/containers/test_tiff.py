"""TIFF in: what is in its pixels is told by its tags, and followed or refused."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from tests.support.engine_calls import edit, first
from tests.support.pictures import pixels

from abzug.errors import UnsupportedPhoto

COLORS = pixels(1, 61, 40)
ALPHA = np.full((40, 61), 130, np.uint8)
WHOLE, SIGNED, FLOATING = 1, 2, 3


def tiff(samples: np.ndarray[Any, Any], form: int = WHOLE, **tags: Any) -> bytes:
    """A TIFF of one strip; RGB, unless the tags say otherwise."""
    samples = np.atleast_3d(samples)
    height, width, count = samples.shape
    values: dict[int, tuple[int, ...]] = {
        256: (width,),
        257: (height,),
        258: (samples.dtype.itemsize * 8,) * count,
        259: (tags.get("compression", 1),),
        262: (tags.get("photometric", 2),),
        273: (8,),
        277: (count,),
        278: (height,),
        279: (samples.nbytes,),
        339: (form,) * count,
    }
    if extra := tags.get("extra"):
        values[338] = extra
    body = np.ascontiguousarray(samples).tobytes()
    start = 8 + len(body)
    far = start + 2 + 12 * len(values) + 4
    rows = behind = b""
    for tag, numbers in sorted(values.items()):
        raw = struct.pack(f"<{len(numbers)}{'I' if tag in {273, 279} else 'H'}", *numbers)
        place = raw.ljust(4, b"\0") if len(raw) <= 4 else struct.pack("<I", far + len(behind))
        behind += raw if len(raw) > 4 else b""
        rows += struct.pack("<HHI", tag, 4 if tag in {273, 279} else 3, len(numbers)) + place
    return (
        struct.pack("<2sHI", b"II", 42, start)
        + body
        + struct.pack("<H", len(values))
        + rows
        + (bytes(4) + behind)
    )


@pytest.mark.parametrize(
    "file",
    [
        tiff(COLORS.astype(np.int16), SIGNED),
        tiff(COLORS.astype(np.int8), SIGNED),
        tiff(COLORS.astype(np.uint32) << 24),
        tiff(COLORS.astype(np.float64), FLOATING),
        tiff(COLORS, photometric=6),
        tiff(COLORS, photometric=8),
    ],
    ids=["16 signed", "8 signed", "32 whole", "64 floating", "YCbCr", "Lab"],
)
def test_numbers_that_would_be_taken_for_others_are_refused(file: bytes) -> None:
    with pytest.raises(UnsupportedPhoto, match=r"TIFF .* is not supported") as told:
        edit(file)
    assert told.value.advice.startswith("Save it as RGB")


@pytest.mark.parametrize("compression", [34712, 50000])
def test_a_compression_that_is_not_known_is_not_called_damage(compression: int) -> None:
    with pytest.raises(UnsupportedPhoto, match="packed"):
        edit(tiff(COLORS, compression=compression))


@pytest.mark.parametrize("extra", [(0,), (0, 0)])
def test_a_saved_selection_is_no_transparency(extra: tuple[int, ...]) -> None:
    file = tiff(np.dstack([COLORS, *[ALPHA] * len(extra)]), extra=extra)

    assert np.array_equal(first(edit(file)), COLORS)


def test_opacity_is_found_among_extra_channels() -> None:
    file = tiff(np.dstack([COLORS, ALPHA, ALPHA // 2]), extra=(2, 0))
    behind = tiff(np.dstack([COLORS, ALPHA // 2, ALPHA]), extra=(0, 2))

    assert np.array_equal(first(edit(file)), np.dstack([COLORS, ALPHA]))
    assert np.array_equal(first(edit(behind)), np.dstack([COLORS, ALPHA]))


def linear(levels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    value = levels / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize(("channels", "photometric"), [(3, 2), (1, 1)])
def test_floating_point_numbers_are_linear_light(channels: int, photometric: int) -> None:
    light = linear(COLORS[..., :channels]).astype(np.float32)

    result = first(edit(tiff(light, FLOATING, photometric=photometric)))

    wanted = np.broadcast_to(COLORS[..., :channels], (40, 61, 3))
    assert np.abs(result.astype(int) - wanted).max() <= 1


def test_what_is_brighter_than_white_is_white() -> None:
    light = np.full((40, 61, 3), 7.5, np.float32)

    assert first(edit(tiff(light, FLOATING))).min() == 255
