"""RAW files for tests, made from a picture that is known: the smallest DNG that LibRaw develops."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

NEUTRAL = (0.5, 1.0, 0.625)
"""What the sensor sees of a grey: the camera's white balance."""
_XYZ_TO_SRGB = (
    (3.2404542, -1.5371385, -0.4985314),
    (-0.9692660, 1.8760108, 0.0415560),
    (0.0556434, -0.2040259, 1.0572252),
)
_WHITE = 16_000
_FORMS = {1: "B", 2: "B", 3: "H", 4: "I", 5: "II", 10: "ii"}
Tags = Mapping[int, tuple[int, Any]]
"""tag → (type, values): as in TIFF 6.0; text is bytes, a fraction a float."""


def dng(
    light: np.ndarray,
    main: Tags | None = None,
    photo: Tags | None = None,
    gps: Tags | None = None,
    *,
    white: int = _WHITE,
    sees: tuple[float, float, float] = NEUTRAL,
) -> bytes:
    """A DNG of a camera whose primaries are those of sRGB.

    light: (height, width, 3), linear; what the sensor cannot hold (1 after it saw so much of it) is
    cut off.
    """
    height, width, _ = light.shape
    seen = np.clip(light * sees, 0, 1) * white
    mosaic = np.empty((height, width), np.uint16)
    for row, column, channel in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)):
        mosaic[row::2, column::2] = np.rint(seen[row::2, column::2, channel])
    matrix = [part for row in _XYZ_TO_SRGB for part in row]
    tags: dict[int, tuple[int, Any]] = {
        254: (4, [0]),
        256: (4, [width]),
        257: (4, [height]),
        258: (3, [16]),
        259: (3, [1]),
        262: (3, [32803]),
        271: (2, b"Abzug\0"),
        272: (2, b"Test camera\0"),
        274: (3, [1]),
        277: (3, [1]),
        278: (4, [height]),
        33421: (3, [2, 2]),
        33422: (1, [0, 1, 1, 2]),
        50706: (1, [1, 4, 0, 0]),
        50708: (2, b"Abzug Test camera\0"),
        50714: (4, [0]),
        50717: (4, [white]),
        50721: (10, matrix),
        50728: (5, NEUTRAL),
        50778: (3, [21]),
        **(main or {}),
    }
    return tiff_file(tags, mosaic.tobytes(), photo or {}, gps or {})


def tiff_file(main: Tags, data: bytes, photo: Tags | None = None, gps: Tags | None = None) -> bytes:
    """One picture in one strip, with EXIF and GPS directories."""
    start = 8 + len(data) + len(data) % 2
    parts = {34665: photo or {}, 34853: gps or {}}
    pointers = {tag: (4, [0]) for tag, tags in parts.items() if tags}
    size = len(_directory({**main, **pointers, 273: (4, [8]), 279: (4, [len(data)])}, start))
    at, blocks = start + size, b""
    for tag in pointers:
        pointers[tag] = (4, [at + len(blocks)])
        blocks += _directory(parts[tag], at + len(blocks))
    first = _directory({**main, **pointers, 273: (4, [8]), 279: (4, [len(data)])}, start)
    return struct.pack("<2sHI", b"II", 42, start) + data.ljust(start - 8, b"\0") + first + blocks


def _directory(tags: Tags, at: int) -> bytes:
    values_at, rows, values = at + 2 + 12 * len(tags) + 4, b"", b""
    for tag, (kind, numbers) in sorted(tags.items()):
        raw = _packed(kind, numbers)
        count = len(raw) // struct.calcsize(f"<{_FORMS[kind]}")
        place = raw.ljust(4, b"\0")
        if len(raw) > 4:
            place = struct.pack("<I", values_at + len(values))
            values += raw + b"\0" * (len(raw) % 2)
        rows += struct.pack("<HHI", tag, kind, count) + place
    return struct.pack("<H", len(tags)) + rows + b"\0" * 4 + values


def _packed(kind: int, numbers: Any) -> bytes:
    if isinstance(numbers, bytes):
        return numbers
    if kind in {5, 10}:
        numbers = [part for number in numbers for part in (round(number * 10_000), 10_000)]
    return struct.pack(f"<{len(numbers)}{_FORMS[kind][0]}", *numbers)


def undevelopable(preview: bytes, sensor: tuple[int, int], orientation: int = 1) -> bytes:
    """A DNG packed in a way that LibRaw does not know, with a JPEG in its first directory."""
    width, height = sensor
    after = {
        254: (4, [0]),
        256: (4, [width]),
        257: (4, [height]),
        258: (3, [16]),
        259: (3, [52546]),
    }
    after |= {262: (3, [34892]), 277: (3, [3])}
    first = {
        254: (4, [1]),
        256: (4, [160]),
        257: (4, [120]),
        259: (3, [7]),
        262: (3, [6]),
        274: (3, [orientation]),
        306: (2, b"2026:11:24 12:00:00\0"),
        330: (4, [0]),
        50706: (1, [1, 7, 0, 0]),
    }
    whole = tiff_file(first, preview)
    first[330] = (4, [len(whole)])
    return tiff_file(first, preview) + _directory(after, len(whole))
