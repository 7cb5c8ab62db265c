"""Damage to HEIC, AVIF and other ISO media files: their boxes, sizes and properties."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.support.fuzz import tiff
from tests.support.fuzz.bytewise import flip_bits, number

_CONTAINERS = {b"meta": 4, b"iprp": 0, b"ipco": 0, b"iref": 4, b"dinf": 0, b"moov": 0}
"""Boxes of boxes, and the bytes before the first of them."""
_TELLING = {
    b"ispe",
    b"irot",
    b"iloc",
    b"ipma",
    b"pitm",
    b"iinf",
    b"hvcC",
    b"av1C",
    b"pixi",
    b"colr",
}


def damage(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    found = list(_boxes(data, 0, len(data)))
    if not found:
        return "no box to damage", data
    telling = [box for box in found if box[0] in _TELLING]
    kind, start, end = rng.choice(telling if telling and rng.random() < 0.6 else found)
    body = data[start + 8 : end]
    match rng.randrange(6):
        case 0:
            size = number(rng, 4, end - start)
            return f"box {kind!r} says {size} bytes", _replaced(
                data, start, start + 4, size.to_bytes(4)
            )
        case 1 if kind == b"ispe":
            at = start + 12 + rng.choice([0, 4])
            size = number(rng, 4, int.from_bytes(data[at : at + 4]))
            return f"box 'ispe': side {size}", _replaced(data, at, at + 4, size.to_bytes(4))
        case 2:
            name = rng.choice([b"free", b"ispe", b"irot", b"imir", b"clap", b"grid", b"meta"])
            return f"box {kind!r} called {name!r}", _replaced(data, start + 4, start + 8, name)
        case 3:
            other = rng.choice(found)
            inside = data[other[1] : other[2]]
            return f"box {kind!r} is a copy of {other[0]!r}", _replaced(data, start, end, inside)
        case 4 if (at := body.find(b"Exif\0\0")) >= 0:
            what, block = tiff.damage(rng, body[at + 6 :])
            return f"EXIF: {what}", _replaced(data, start + 8 + at + 6, end, block)
        case _ if body:
            head = body[:64]
            what, changed = flip_bits(rng, head)
            return f"box {kind!r}: {what}", _replaced(
                data, start + 8, start + 8 + len(head), changed
            )
    return f"box {kind!r} cut out", data[:start] + data[end:]


def _replaced(data: bytes, start: int, end: int, new: bytes) -> bytes:
    return data[:start] + new + data[end:]


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while at + 8 <= end:
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        stop = min(end, at + size) if size >= 8 else end
        yield kind, at, stop
        if kind in _CONTAINERS:
            yield from _boxes(data, at + 8 + _CONTAINERS[kind], stop)
        at = stop
