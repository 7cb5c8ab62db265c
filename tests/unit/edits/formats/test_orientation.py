"""Which side of a photo is up is read once, for its size in the web as for its pixels."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from tests.support.engine_calls import edit, first, saved

from abzug.edits.formats.sniff import sniff

BYTE, SHORT, LONG = 1, 3, 4
PICTURE = np.arange(30 * 40 * 3, dtype=np.uint8).reshape(30, 40, 3)
UPRIGHT = np.rot90(PICTURE, -1)
"""As orientation 6 asks for (EXIF 2.32, 4.6.4 A)."""


def exif(kind: int, orientation: int = 6, order: str = ">") -> bytes:
    value = struct.pack(order + {BYTE: "B", SHORT: "H", LONG: "I"}[kind], orientation)
    head = struct.pack(order + "2sHIH", b"MM" if order == ">" else b"II", 42, 8, 1)
    return head + struct.pack(order + "HHI", 274, kind, 1) + value.ljust(4, b"\0") + b"\0" * 4


def with_segments(jpeg: bytes, *blocks: bytes) -> bytes:
    rows = [b"\xff\xe1" + struct.pack(">H", 8 + len(one)) + b"Exif\0\0" + one for one in blocks]
    return jpeg[:2] + b"".join(rows) + jpeg[2:]


def sizes(data: bytes) -> tuple[tuple[int | None, int | None], tuple[int, int]]:
    """As the web tells it, and of the result."""
    told, made = sniff(data), first(edit(data))
    return (told.width, told.height), (made.shape[1], made.shape[0])


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("kind", [BYTE, SHORT, LONG])
@pytest.mark.parametrize("form", ["png", "webp", "jpeg", "tiff"])
def test_a_number_of_any_type_turns_the_photo(form: str, kind: int, order: str) -> None:
    plain = saved(PICTURE, form)
    block = exif(kind, order=order)
    match form:
        case "jpeg":
            data = with_segments(plain, block)
        case "tiff":
            data = _tiff(kind, order)
        case _:
            data = saved(PICTURE, form, exif=b"Exif\0\0" + block)

    assert sizes(data) == ((30, 40), (30, 40))
    if form in {"png", "tiff"}:
        assert np.array_equal(first(edit(data)), UPRIGHT)


def test_of_two_exif_segments_the_first_one_counts() -> None:
    plain = saved(PICTURE, "jpeg")

    turned = with_segments(plain, exif(SHORT, 6), exif(SHORT, 1))
    not_turned = with_segments(plain, exif(SHORT, 1), exif(SHORT, 6))
    assert sizes(turned) == ((30, 40), (30, 40))
    assert sizes(not_turned) == ((40, 30), (40, 30))


@pytest.mark.parametrize("orientation", [0, 9, 255])
def test_a_number_that_there_is_not_turns_nothing(orientation: int) -> None:
    data = with_segments(saved(PICTURE, "jpeg"), exif(SHORT, orientation))

    assert sizes(data) == ((40, 30), (40, 30))


def _tiff(kind: int, order: str) -> bytes:
    """PICTURE, unpacked, in one strip."""
    rows: dict[int, tuple[int, int]] = {256: (LONG, 40), 257: (LONG, 30), 258: (SHORT, 8)}
    rows |= {259: (SHORT, 1), 262: (SHORT, 2), 273: (LONG, 8), 274: (kind, 6), 277: (SHORT, 3)}
    rows |= {278: (LONG, 30), 279: (LONG, PICTURE.size)}
    at = 8 + PICTURE.size
    file = struct.pack(order + "2sHI", b"MM" if order == ">" else b"II", 42, at)
    file += PICTURE.tobytes() + struct.pack(order + "H", len(rows))
    for tag, (form, number) in rows.items():
        value = struct.pack(order + {BYTE: "B", SHORT: "H", LONG: "I"}[form], number)
        file += struct.pack(order + "HHI", tag, form, 1) + value.ljust(4, b"\0")
    return file + b"\0" * 4
