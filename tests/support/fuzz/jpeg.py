"""Damage to JPEG: its segments, their lengths, the EXIF and the profile in them."""

from __future__ import annotations

import random
import struct

from tests.support.fuzz import tiff
from tests.support.fuzz.bytewise import flip_bits, number

_EXIF, _ICC = b"Exif\0\0", b"ICC_PROFILE\0"
_SIZES = {0xC0, 0xC1, 0xC2}
Segments = list[tuple[int, bytes]]


def damage(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    segments, scan = _split(data)
    if not segments:
        return "no segment to damage", data
    change = rng.choice(
        [_size, _size, _tables, _exif, _exif, _profile, _any, _move, _scan, _length]
    )
    what, segments, scan = change(rng, segments, scan)
    return f"JPEG {what}", _joined(segments, scan)


def _size(rng: random.Random, segments: Segments, scan: bytes) -> tuple[str, Segments, bytes]:
    """Precision, height, width, number of components, their sampling and tables."""
    at = next((n for n, (kind, _) in enumerate(segments) if kind in _SIZES), 0)
    kind, old = segments[at]
    body = bytearray(old.ljust(6, b"\0"))
    match rng.randrange(4):
        case 0:
            what, value = "height", number(rng, 2, int.from_bytes(body[1:3]))
            body[1:3] = value.to_bytes(2)
        case 1:
            what, value = "width", number(rng, 2, int.from_bytes(body[3:5]))
            body[3:5] = value.to_bytes(2)
        case 2:
            where, value = rng.choice([0, 5]), number(rng, 1, body[5])
            what = "precision" if where == 0 else "components"
            body[where] = value
        case _:
            where, value = rng.randrange(len(body)), number(rng, 1)
            what = f"frame byte {where}"
            body[where] = value
    if rng.random() < 0.1:
        kind = rng.choice([0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC9, 0xCA])
    segments[at] = kind, bytes(body)
    return f"{what} {value}", segments, scan


def _tables(rng: random.Random, segments: Segments, scan: bytes) -> tuple[str, Segments, bytes]:
    """Huffman and quantization tables, the restart interval."""
    kinds = {0xC4, 0xDB, 0xDD}
    tables = [n for n, (kind, body) in enumerate(segments) if kind in kinds and body]
    if not tables:
        return "without tables", [*segments[:1], (0xDD, b"\0\1"), *segments[1:]], scan
    at = rng.choice(tables)
    kind, body = segments[at]
    out = bytearray(body)
    where = rng.randrange(min(len(out), 18))
    out[where] = number(rng, 1, out[where])
    segments[at] = kind, bytes(out)[: rng.choice([len(out), len(out), rng.randrange(len(out))])]
    return f"table {kind:#x} byte {where}", segments, scan


def _exif(rng: random.Random, segments: Segments, scan: bytes) -> tuple[str, Segments, bytes]:
    for at, (kind, body) in enumerate(segments):
        if body.startswith(_EXIF):
            change = rng.choice([tiff.damage, tiff.damage, tiff.damage_values])
            what, block = change(rng, body[len(_EXIF) :])
            segments[at] = kind, _EXIF + block
            return f"EXIF: {what}", segments, scan
    return _any(rng, segments, scan)


def _profile(rng: random.Random, segments: Segments, scan: bytes) -> tuple[str, Segments, bytes]:
    """The number of the chunk, how many there are, or the profile's own head and tags."""
    for at, (kind, body) in enumerate(segments):
        if body.startswith(_ICC):
            out = bytearray(body)
            where = rng.choice([12, 13, rng.randrange(14, min(len(out), 300))])
            out[where] = number(rng, 1, out[where])
            segments[at] = kind, bytes(out)
            if rng.random() < 0.2:
                segments[at:at] = [segments[at]] * rng.randint(1, 40)
            return f"profile byte {where}", segments, scan
    new = (0xE2, _ICC + bytes([rng.randrange(4), rng.randrange(4)]) + rng.randbytes(200))
    return "a profile of noise", [new, *segments], scan


def _any(rng: random.Random, segments: Segments, scan: bytes) -> tuple[str, Segments, bytes]:
    at = rng.randrange(len(segments))
    kind, body = segments[at]
    what, body = flip_bits(rng, body or b"\0")
    segments[at] = rng.choice([kind, kind, rng.randrange(0xC0, 0xFF)]), body
    return f"segment {kind:#x}: {what}", segments, scan


def _move(rng: random.Random, segments: Segments, scan: bytes) -> tuple[str, Segments, bytes]:
    at, to = rng.randrange(len(segments)), rng.randrange(len(segments))
    kind = segments[at][0]
    match rng.randrange(3):
        case 0:
            del segments[at]
        case 1:
            segments.insert(to, segments[at])
        case _:
            segments[at], segments[to] = segments[to], segments[at]
    return f"segment {kind:#x} dropped, doubled or moved", segments, scan


def _scan(rng: random.Random, segments: Segments, scan: bytes) -> tuple[str, Segments, bytes]:
    """Markers in the middle of the picture, or none at its end."""
    at = rng.randrange(len(scan))
    marker = bytes([0xFF, rng.choice([0xD0, 0xD3, 0xD7, 0xD8, 0xD9, 0xDA, 0xC4, 0xE1, 0x01])])
    match rng.randrange(3):
        case 0:
            return f"marker {marker.hex()} in the scan", segments, scan[:at] + marker + scan[at:]
        case 1:
            end = scan[:at] + b"\xff\xd9"
            return f"a scan that ends properly at {at} of {len(scan)}", segments, end
        case _:
            return "no end", segments, scan.removesuffix(b"\xff\xd9")


def _length(rng: random.Random, segments: Segments, scan: bytes) -> tuple[str, Segments, bytes]:
    """A segment that says it is longer or shorter than it is: the rest is read out of step."""
    at = rng.randrange(len(segments))
    before, (kind, body) = segments[:at], segments[at]
    length = number(rng, 2, len(body) + 2)
    lie = struct.pack(">BBH", 0xFF, kind, length) + body
    rest = lie + _joined(segments[at + 1 :], scan)[2:]
    return f"segment {kind:#x} says it has {length} bytes", before, rest


def _split(data: bytes) -> tuple[Segments, bytes]:
    """The segments up to the first scan, and the rest from its SOS on."""
    segments: Segments = []
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        segments.append((kind, data[at + 4 : at + 2 + length]))
        at += 2 + max(2, length)
    return segments, data[at:] or b"\xff\xd9"


def _joined(segments: Segments, scan: bytes) -> bytes:
    parts = [
        struct.pack(">BBH", 0xFF, kind, (len(body) + 2) & 0xFFFF) + body for kind, body in segments
    ]
    return b"".join([b"\xff\xd8", *parts, scan])
