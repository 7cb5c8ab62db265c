"""Damage to GIF: screen, frames, their offsets, code sizes and sub-blocks."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.support.fuzz.bytewise import number


def damage(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    if len(data) < 14:
        return "no block to damage", data
    places = list(_places(data))
    out = bytearray(data)
    what, at, size = rng.choice(places)
    match rng.randrange(4):
        case 0 if what in {"frame", "extension"}:
            end = next((to for name, to, _ in places if to > at and name in {what, "end"}), at + 10)
            copies = rng.choice([0, 2, 60])
            return f"GIF {what} at {at} × {copies}", bytes(
                out[:at] + out[at:end] * copies + out[end:]
            )
        case 1 if what == "sub-block":
            value = number(rng, 1, out[at])
            out[at] = value
        case _:
            at += rng.randrange(size)
            value = number(rng, 1, out[at])
            out[at] = value
    return f"GIF {what}: byte {at} {value}", bytes(out)


def _places(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Name, start and size of what stands in the file; a sub-block's length only."""
    yield "screen", 6, 7
    at = 13 + _table(data[10])
    while at < len(data) - 1:
        kind = data[at]
        if kind == 0x21:
            yield "extension", at, 8 if at + 8 <= len(data) else 1
            at += 2
        elif kind == 0x2C and at + 11 <= len(data):
            yield "frame", at, 10
            at += 10 + _table(data[at + 9])
            yield "code size", at, 1
            at += 1
        else:
            break
        while at < len(data) and data[at]:
            yield "sub-block", at, 1
            at += 1 + data[at]
        at += 1
    yield "end", min(at, len(data) - 1), 1


def _table(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
