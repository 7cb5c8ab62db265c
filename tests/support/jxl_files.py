"""JPEG XL files for tests: those that pillow-jxl-plugin writes, and their headers rewritten bit by
bit (ISO/IEC 18181-1, annex D) for what it cannot write."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pillow_jxl  # noqa: F401  teaches Pillow to write the format
from PIL import Image

P3, SRGB = 11, 1
_HEADER_BYTES = 2 + 5
"""Of a lossless RGB codestream with two sides below 513: 39 bits."""


def jxl(picture: np.ndarray | Image.Image, **options: Any) -> bytes:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    file = io.BytesIO()
    image.save(file, "JXL", num_threads=0, **options)
    return file.getvalue()


def jxl_with_header(
    picture: np.ndarray,
    *,
    orientation: int = 1,
    primaries: int = SRGB,
    is_animated: bool = False,
) -> bytes:
    """A lossless file, bare, of RGB pixels whose sides are odd and below 512."""
    height, width = picture.shape[:2]
    bits = [*_size(width, height)]
    bits += [(0, 1), (1, 1), (orientation - 1, 3)]  # not all default; extra fields
    bits += [(0, 1), (0, 1), (int(is_animated), 1)]  # no other size, no preview
    if is_animated:
        bits += [(0, 2), (0, 2), (0, 2), (0, 1)]  # 100 ticks a second, for ever
    bits += [(0, 3), (1, 1), (0, 2), (0, 1)]  # 8 bits; no extra channel; not XYB
    bits += [(0, 1), (0, 1), (0, 2), (1, 2)]  # a color encoding, not an ICC profile: RGB, D65
    bits += [*_enum(primaries), (0, 1), *_enum(13), *_enum(1)]  # curve of sRGB; relative
    bits += [(1, 1), (0, 2), (1, 1)]  # no tone mapping, no extensions, default transform
    return b"\xff\x0a" + packed(bits) + jxl(picture, lossless=True)[_HEADER_BYTES:]


def packed(bits: list[tuple[int, int]]) -> bytes:
    """Values, each in so many bits, from the lowest bit upwards."""
    total = at = 0
    for value, count in bits:
        total |= value << at
        at += count
    return total.to_bytes((at + 7) // 8, "little")


def container(*parts: bytes) -> bytes:
    """Parts of a codestream in boxes."""
    boxes = [(b"JXL ", b"\r\n\x87\n"), (b"ftyp", b"jxl \0\0\0\0jxl ")]
    boxes += [(b"jxlp", struct.pack(">I", at) + part) for at, part in enumerate(parts)]
    return b"".join(struct.pack(">I4s", 8 + len(body), kind) + body for kind, body in boxes)


def _size(width: int, height: int) -> list[tuple[int, int]]:
    return [(0, 1), (0, 2), (height - 1, 9), (0, 3), (0, 2), (width - 1, 9)]


def _enum(value: int) -> list[tuple[int, int]]:
    return [(value, 2)] if value < 2 else [(2, 2), (value - 2, 4)]
