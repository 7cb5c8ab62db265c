"""BMP pixels whose bits are shared out by masks: Pillow knows a few of the ways only."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from abzug.edits.formats.damage import cut_off
from abzug.errors import UnsupportedPhoto

if TYPE_CHECKING:
    from abzug.edits.pixels.arrays import Pixels

_BY_MASKS, _BY_MASKS_WITH_ALPHA = 3, 6
_WITH_ALPHA = 56
"""Bytes of the shortest header that has a mask for alpha."""
_MASKS_AT = 54
_WIDEST = 16
"""Bits of a channel."""
_ROWS = 64


@dataclass(frozen=True, slots=True)
class Layout:
    """masks: of red, green, blue, and of alpha if there is one. A negative height: the first line
    is the uppermost."""

    width: int
    height: int
    bits: int
    start: int
    masks: tuple[int, ...]


def layout(data: bytes | memoryview) -> Layout | None:
    """How the pixels lie; None of a BMP without masks, or whose header is not whole.

    Raises UnsupportedPhoto for masks that nobody would draw.
    """
    if len(data) < _MASKS_AT + 16 or data[14] < 40:
        return None
    (start,) = struct.unpack_from("<I", data, 10)
    header, width, height, _, bits, how = struct.unpack_from("<IiiHHI", data, 14)
    if how not in {_BY_MASKS, _BY_MASKS_WITH_ALPHA} or bits not in {16, 32}:
        return None
    if width < 1 or not height:
        return None
    *masks, alpha = struct.unpack_from("<4I", data, _MASKS_AT)
    if alpha and (header >= _WITH_ALPHA or how == _BY_MASKS_WITH_ALPHA):
        masks.append(alpha)
    if max(masks) >> bits or not all(map(_is_sound, masks)):
        raise UnsupportedPhoto("How the colors lie in this BMP is not supported.")
    return Layout(width, height, bits, start, tuple(masks))


def _is_sound(mask: int) -> bool:
    """One run of ones, not too long."""
    top = mask // (mask & -mask) if mask else 0
    return 0 < top < 1 << _WIDEST and not top & (top + 1)


def read(data: bytes | memoryview, found: Layout) -> Pixels:
    """The pixels, upright, of shape (height, width, 3 or 4); with 16 bits if a channel has more
    than 8. Raises TruncatedPhoto."""
    height, bytes_each = abs(found.height), found.bits // 8
    stride = (found.width * bytes_each + 3) // 4 * 4
    if found.start + stride * height > len(data):
        raise cut_off()
    lines = np.frombuffer(data, np.uint8, stride * height, found.start).reshape(height, stride)
    packed = lines[:, : found.width * bytes_each].view(f"<u{bytes_each}")
    if found.height > 0:
        packed = packed[::-1]
    is_deep = any(mask // (mask & -mask) > 255 for mask in found.masks)
    tables = [_levels(mask, np.uint16 if is_deep else np.uint8) for mask in found.masks]
    pixels = np.empty((height, found.width, len(tables)), tables[0].dtype)
    for top in range(0, height, _ROWS):
        rows = slice(top, top + _ROWS)
        for channel, (mask, table) in enumerate(zip(found.masks, tables, strict=True)):
            low = (mask & -mask).bit_length() - 1
            pixels[rows, :, channel] = table[(packed[rows] & mask) >> low]
    return pixels


def _levels(mask: int, dtype: Any) -> np.ndarray[Any, Any]:
    """What each number under a mask is, spread out to all the levels there are."""
    top = mask // (mask & -mask)
    return np.asarray(np.rint(np.linspace(0, np.iinfo(dtype).max, top + 1)), dtype)
