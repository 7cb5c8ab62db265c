"""Color profiles for tests, of primaries and a curve (ICC.1:2022): the same bytes in every run."""

from __future__ import annotations

import struct
from collections.abc import Sequence

Primaries = Sequence[tuple[float, float, float]]
"""XYZ of red, green and blue under D50, as profiles hold them."""
SRGB = (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7139)
P3 = (0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841)
REC2020 = (0.6735, 0.2790, -0.0019), (0.1657, 0.6754, 0.0300), (0.1251, 0.0456, 0.7972)
PROPHOTO = (0.7977, 0.2880, 0.0), (0.1352, 0.7119, 0.0), (0.0313, 0.0001, 0.8249)
SRGB_CURVE = 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045
"""Exponent and four more parts, of the fourth kind of 10.18."""
_WHITE = 0.9642, 1.0, 0.8249


def profile(name: str, primaries: Primaries, *curve: float) -> bytes:
    """curve: an exponent, or the parts of SRGB_CURVE."""
    text = struct.pack(">HH2sII", 1, 0, b"en", 2 * len(name), 28)[2:]
    text = b"mluc" + struct.pack(">III", 0, 1, 12) + b"enUS" + text[4:] + name.encode("utf-16-be")
    tone = b"para" + struct.pack(">IHH", 0, 3 if len(curve) > 1 else 0, 0) + _fixed(*curve)
    tags = {b"desc": text, b"cprt": text, b"wtpt": _xyz(_WHITE)}
    tags |= dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(_xyz, primaries), strict=True))
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), tone)
    rows, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for tag, data in tags.items():
        rows += struct.pack(">4sII", tag, start + len(body), len(data))
        body += data.ljust(-(-len(data) // 4) * 4, b"\0")
    head = (
        struct.pack(">II", start + len(body), 0) + b"\x04\0\0\0mntrRGB XYZ " + bytes(12) + b"acsp"
    )
    head += bytes(28) + _fixed(*_WHITE)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + rows + body


def _xyz(color: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(*color)


def _fixed(*numbers: float) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))
