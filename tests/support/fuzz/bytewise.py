"""Damage that knows no format. Everything is drawn from the random.Random it is given."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Literal

Damage = Callable[[random.Random, bytes], tuple[str, bytes]]
"""What was done, in words, and the damaged file."""


def number(rng: random.Random, size: int, old: int = 0) -> int:
    """An unsigned number of `size` bytes that a parser may stumble over."""
    top = 256**size - 1
    usual = [0, 1, 2, top, top - 1, top // 2, top // 2 + 1]
    near = [old + 1, old - 1, 2 * old, old // 2]
    drawn = [1 << rng.randrange(8 * size), rng.randint(0, top), rng.randint(0, 255)]
    value: int = rng.choice([*usual, *near, *drawn])
    return value & top


def span(rng: random.Random, data: bytes, longest: int = 4096) -> tuple[int, int]:
    """Start and end of a stretch of at least one byte; short ones are likelier."""
    start = rng.randrange(len(data))
    return start, min(len(data), start + 1 + int(longest * rng.random() ** 4))


def cut(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    """End it too early: anywhere, or by a few bytes only."""
    end = rng.choice([rng.randrange(len(data)), len(data) - rng.randint(1, min(16, len(data)))])
    return f"cut at {end} of {len(data)}", data[:end]


def flip_bits(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    out = bytearray(data)
    places = [rng.randrange(len(data)) for _ in range(rng.choice([1, 1, 1, 2, 4, 16]))]
    for at in places:
        out[at] ^= 1 << rng.randrange(8)
    return f"bits flipped at {places[:4]}", bytes(out)


def set_bytes(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    size = rng.choice([1, 2, 4])
    at = rng.randrange(max(1, len(data) - size))
    order: Literal["big", "little"] = rng.choice(["big", "little"])
    old = int.from_bytes(data[at : at + size], order)
    value = number(rng, size, old)
    new = value.to_bytes(size, order)
    return f"{size} bytes at {at} set to {value:#x}", data[:at] + new + data[at + size :]


def set_header_bytes(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    """The same in the first bytes, where most of a format stands."""
    head = data[:512]
    what, changed = set_bytes(rng, head)
    return what, changed + data[len(head) :]


def remove(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    start, end = span(rng, data)
    return f"bytes {start} to {end} removed", data[:start] + data[end:]


def insert(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    at, count = rng.randrange(len(data)), rng.choice([1, 2, 3, 4, 16, 256, 4096])
    new = rng.choice([rng.randbytes(count), bytes(count), b"\xff" * count])
    return f"{count} bytes inserted at {at}", data[:at] + new + data[at:]


def repeat(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    start, end = span(rng, data)
    times = rng.choice([1, 1, 2, 20])
    return f"bytes {start} to {end} repeated", data[:end] + times * data[start:end] + data[end:]


def blank(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    start, end = span(rng, data)
    new = rng.choice([b"\0", b"\xff", b"\x80"]) * (end - start)
    return f"bytes {start} to {end} blanked", data[:start] + new + data[end:]


def swap(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    a, b, c = sorted(rng.randrange(len(data)) for _ in range(3))
    return f"{a}…{b} and {b}…{c} swapped", data[:a] + data[b:c] + data[a:b] + data[c:]


def splice(rng: random.Random, data: bytes, other: bytes) -> tuple[str, bytes]:
    """One file's beginning, another's end."""
    here = rng.randrange(1, len(data))
    there = rng.choice([min(here, len(other)), rng.randrange(len(other))])
    return f"spliced at {here} with {there}", data[:here] + other[there:]


ANYWHERE: tuple[Damage, ...] = (
    flip_bits,
    flip_bits,
    set_bytes,
    set_header_bytes,
    remove,
    insert,
    repeat,
    blank,
    swap,
)
