"""GIF files that programs of the world write, shown as browsers show them."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from tests.support.animations import taken_apart
from tests.support.engine_calls import edit, first

from abzug.edits.formats.sniff import sniff

RED, GREEN, BLUE, WHITE = range(4)
COLORS = bytes([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255])
CLEAR, END = 4, 5


def codes(colors: np.ndarray) -> bytes:
    """Each color behind a code that clears, so that all codes have 3 bits (GIF89a, appendix F)."""
    bits = "".join(f"{code:03b}"[::-1] for at in colors.ravel() for code in (CLEAR, int(at)))
    bits += f"{END:03b}"[::-1]
    packed = bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8))
    rows = [packed[at : at + 255] for at in range(0, len(packed), 255)]
    return b"\2" + b"".join(bytes([len(row)]) + row for row in rows) + b"\0"


def frame(
    color: int, box: tuple[int, int, int, int], delay: int | None = None, dispose: int = 0
) -> bytes:
    """One of one color. box: left, top, width, height. delay: in hundredths; None: not told."""
    left, top, width, height = box
    control = struct.pack("<3sBHBB", b"\x21\xf9\x04", dispose << 2, delay or 0, 0, 0)
    head = b"\x2c" + struct.pack("<4HB", left, top, width, height, 0)
    return (control if delay is not None else b"") + head + codes(np.full((height, width), color))


def gif(*frames: bytes, size: tuple[int, int] = (12, 8), version: bytes = b"GIF89a") -> bytes:
    return version + struct.pack("<HHBBB", *size, 0x91, 0, 0) + COLORS + b"".join(frames) + b";"


WHOLE = (0, 0, 12, 8)


@pytest.mark.parametrize(
    "box", [(6, 4, 12, 8), (6, 0, 60, 8), (0, 4, 12, 80), (12, 8, 5, 5), (100, 100, 3, 3)]
)
def test_what_of_a_later_frame_lies_beyond_the_canvas_is_cut_off(
    box: tuple[int, int, int, int],
) -> None:
    data = gif(frame(RED, WHOLE), frame(BLUE, box))

    [moving] = edit(data, {}, {"format": "webp", "lossless": True}).results
    frames, _, _ = taken_apart(bytes(moving.data))
    left, top, width, height = box
    wanted = np.full((8, 12, 3), (255, 0, 0), np.uint8)
    wanted[top : top + height, left : left + width] = 0, 0, 255
    if not np.array_equal(frames[0][..., :3], wanted):
        assert np.array_equal(frames[1][..., :3], wanted)


def test_a_still_has_the_size_of_the_canvas() -> None:
    data = gif(frame(RED, WHOLE), frame(BLUE, (6, 4, 60, 80)))

    assert first(edit(data)).shape[:2] == (8, 12)
    assert (sniff(data).width, sniff(data).height) == (12, 8)


def test_a_frame_beyond_the_canvas_that_lacks_pixels_is_still_found_out() -> None:
    whole = frame(BLUE, (6, 4, 12, 8))
    data = gif(frame(RED, WHOLE), whole[:-12] + b"\0")

    assert edit(gif(frame(RED, WHOLE), whole), {}, {"format": "gif"}).results
    with pytest.raises(Exception, match="too early"):
        edit(data, {}, {"format": "gif"})


@pytest.mark.parametrize("version", [b"GIF87a", b"GIF89a"])
@pytest.mark.parametrize("delay", [None, 0])
def test_what_a_first_frame_leaves_free_is_transparent(version: bytes, delay: int | None) -> None:
    data = gif(frame(RED, (3, 2, 4, 3), delay), version=version)

    found = first(edit(data))
    wanted = np.zeros((8, 12), np.uint8)
    wanted[2:5, 3:7] = 255
    assert np.array_equal(found[..., 3], wanted)
    assert (found[2:5, 3:7, :3] == (255, 0, 0)).all()


def test_what_all_frames_leave_free_stays_transparent_when_it_moves() -> None:
    data = gif(frame(RED, (3, 2, 4, 3), 20), frame(BLUE, (0, 0, 2, 2), 30))

    [moving] = edit(data, {}, {"format": "webp", "lossless": True}).results
    frames, delays, _ = taken_apart(bytes(moving.data))
    assert delays == [200, 300]
    assert [int((one[..., 3] == 255).sum()) for one in frames] == [12, 16]


def test_a_canvas_that_is_filled_is_opaque() -> None:
    assert first(edit(gif(frame(RED, WHOLE)))).shape == (8, 12, 3)


@pytest.mark.parametrize(("told", "shown"), [(None, 100), (0, 100), (1, 100), (2, 20), (50, 500)])
def test_delays_too_short_to_be_meant_are_those_of_browsers(told: int | None, shown: int) -> None:
    """Up to 10 ms, 100 are taken (Chromium's and Firefox's sources say so)."""
    data = gif(frame(RED, WHOLE, told), frame(BLUE, WHOLE, told))

    [moving] = edit(data, {}, {"format": "webp", "lossless": True}).results
    assert taken_apart(bytes(moving.data))[1] == [shown, shown]
