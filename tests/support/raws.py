"""RAW files for tests, made from a picture that is known: the smallest DNG that LibRaw develops."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

NEUTRAL = (0.5, 1.0, 0.625)
"""What the sensor sees of a grey: the camera's white balance."""
XYZ_TO_SRGB = (
    (3.2404542, -1.5371385, -0.4985314),
    (-0.9692660, 1.8760108, 0.0415560),
    (0.0556434, -0.2040259, 1.0572252),
)
_WHITE = 16_000
_FORMS = {1: "B", 2: "B", 3: "H", 4: "I", 5: "II", 10: "ii"}
Tags = Mapping[int, tuple[int, Any]]
"""tag → (type, values): as in TIFF 6.0; text is bytes, a fraction a float."""


def unpacked(counts: np.ndarray) -> bytes:
    return counts.astype("<u2").tobytes()


def lossless(components: int, bits: int = 16) -> Any:
    """As lossless JPEG (ITU-T T.81, annex H): each count as its difference to the one before."""

    def segment(marker: int, body: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body

    def pack(counts: np.ndarray) -> bytes:
        rows = counts.astype(int).reshape(len(counts), -1, components)
        before = np.empty_like(rows)
        before[:, 1:], before[1:, 0], before[0, 0] = rows[:, :-1], rows[:-1, 0], 1 << bits - 1
        text = ""
        for step in ((rows - before + 32768) % 65536 - 32768).ravel().tolist():
            size = abs(step).bit_length()
            text += f"{size:05b}" + (
                f"{step if step > 0 else step + (1 << size) - 1:0{size}b}" if size else ""
            )
        text += "1" * (-len(text) % 8)
        scan = int(text, 2).to_bytes(len(text) // 8).replace(b"\xff", b"\xff\0")
        parts = [bytes([part + 1]) for part in range(components)]
        frame = struct.pack(">BHHB", bits, *rows.shape[:2], components)
        frame += b"".join(part + b"\x11\0" for part in parts)
        codes = b"\0" + bytes([0, 0, 0, 0, 17, *[0] * 11]) + bytes(range(17))
        start = bytes([components]) + b"".join(part + b"\0" for part in parts) + b"\1\0\0"
        tables = segment(0xC3, frame) + segment(0xC4, codes) + segment(0xDA, start)
        return b"\xff\xd8" + tables + scan + b"\xff\xd9"

    return pack


def dng(
    light: np.ndarray,
    main: Tags | None = None,
    photo: Tags | None = None,
    gps: Tags | None = None,
    *,
    white: int = _WHITE,
    black: Any = 0,
    sees: tuple[float, float, float] = NEUTRAL,
    pattern: Sequence[Sequence[int]] | None = ((0, 1), (1, 2)),
    pack: Callable[[np.ndarray], bytes] = unpacked,
) -> bytes:
    """A DNG of a camera whose primaries are those of sRGB.

    light: (height, width, 3), linear; what the sensor cannot hold (1 after it saw so much of it) is
    cut off. pattern: the channel of each cell, repeated; None: each has all three. black: what it
    counts without light, of the shape of a pattern or a pixel; the tags have to tell it. pack:
    makes the strip of the counts.
    """
    height, width, channels = light.shape
    counts = np.clip(light * sees, 0, 1)
    if pattern is not None:
        cells = _tiled(np.array(pattern), height, width)
        counts = np.take_along_axis(counts, cells[..., None], 2)[..., 0]
    if np.ndim(black) == 2:
        black = _tiled(np.array(black), height, width)
    counts = np.rint(counts * (white - np.array(black)) + black)
    layout: dict[int, tuple[int, Any]] = {
        258: (3, [16] * channels),
        262: (3, [34892]),
        277: (3, [channels]),
    }
    if pattern is not None:
        layout = {
            258: (3, [16]),
            262: (3, [32803]),
            277: (3, [1]),
            33421: (3, [len(pattern), len(pattern[0])]),
            33422: (1, [cell for row in pattern for cell in row]),
        }
    matrix = [part for row in XYZ_TO_SRGB for part in row]
    tags: dict[int, tuple[int, Any]] = {
        254: (4, [0]),
        256: (4, [width]),
        257: (4, [height]),
        259: (3, [1]),
        271: (2, b"Abzug\0"),
        272: (2, b"Test camera\0"),
        274: (3, [1]),
        278: (4, [height]),
        50706: (1, [1, 4, 0, 0]),
        50708: (2, b"Abzug Test camera\0"),
        50714: (4, [0]),
        50717: (4, [white]),
        50721: (10, matrix),
        50728: (5, NEUTRAL),
        50778: (3, [21]),
        **layout,
        **(main or {}),
    }
    return tiff_file(tags, pack(counts), photo or {}, gps or {})


def _tiled(pattern: np.ndarray, height: int, width: int) -> np.ndarray:
    down, across = pattern.shape
    return np.tile(pattern, (height // down + 1, width // across + 1))[:height, :width]


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
