"""Damage to TIFF: in a file of its own, in a DNG, in EXIF. The entries of the directories hurt."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tests.support.fuzz.bytewise import number

_POINTERS = (330, 34665, 34853, 40965)
"""Sub-directories, EXIF, GPS, interoperability."""
_TAGS: tuple[int, ...] = (
    254,
    256,
    257,
    258,
    259,
    262,
    273,
    274,
    277,
    278,
    279,
    282,
    284,
    317,
    320,
    322,
    323,
    324,
)
_TAGS += (325, 338, 339, 347, 512, 513, 530, 33421, 33422, 34377, 34675, 50706, 50714, 50829)
_UNITS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8, 13: 4}


def damage(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    """One entry, or a link between directories."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    directories = list(_directories(data, order)) if order else []
    if order is None or not any(rows for _, rows, _ in directories):
        return "no directory to damage", data
    table = _Table(order, bytearray(data), directories)
    at = rng.choice([row for _, rows, _ in directories for row in rows])
    tag = table.get("H", at)
    change = rng.choice([_type, _count, _value, _value, _tag, _copy, _size, _chain, _nest])
    return f"TIFF tag {tag}: {change(rng, table, at)}", bytes(table.data)


@dataclass(frozen=True)
class _Table:
    order: str
    data: bytearray
    directories: list[tuple[int, list[int], int]]
    """As of _directories."""

    def get(self, form: str, at: int) -> int:
        found: int = struct.unpack_from(self.order + form, self.data, at)[0]
        return found

    def put(self, form: str, at: int, value: int) -> int:
        """Gives the value that is there now."""
        struct.pack_into(self.order + form, self.data, at, value % 256 ** struct.calcsize(form))
        return value

    def any_directory(self, rng: random.Random) -> int:
        return rng.choice([start for start, _, _ in self.directories])


def _type(rng: random.Random, table: _Table, at: int) -> str:
    kinds = [*range(19), number(rng, 2, table.get("H", at + 2))]
    return f"type {table.put('H', at + 2, rng.choice(kinds))}"


def _count(rng: random.Random, table: _Table, at: int) -> str:
    return f"count {table.put('I', at + 4, number(rng, 4, table.get('I', at + 4)))}"


def _value(rng: random.Random, table: _Table, at: int) -> str:
    """A short number, or where longer values are: near the end, or within the directory."""
    if table.get("H", at + 2) == 3 and table.get("I", at + 4) <= 2:
        return f"value {table.put('H', at + 8, number(rng, 2, table.get('H', at + 8)))}"
    end = len(table.data)
    places = [end, end - 1, end - rng.randint(0, 64), at, at - 2]
    places.append(number(rng, 4, table.get("I", at + 8)))
    return f"value {table.put('I', at + 8, rng.choice(places)):#x}"


def _tag(rng: random.Random, table: _Table, at: int) -> str:
    return f"tag {table.put('H', at, rng.choice(_TAGS))}"


def _copy(rng: random.Random, table: _Table, at: int) -> str:
    other = rng.choice([row for _, rows, _ in table.directories for row in rows])
    table.data[at : at + 12] = table.data[other : other + 12]
    return f"a copy of {table.get('H', other)}"


def _size(rng: random.Random, table: _Table, _: int) -> str:
    start = table.any_directory(rng)
    count = table.put("H", start, number(rng, 2, table.get("H", start)))
    return f"untouched; the directory at {start} says it has {count}"


def _chain(rng: random.Random, table: _Table, _: int) -> str:
    """Directories that go on without end."""
    following = rng.choice(table.directories)[2]
    if following + 4 > len(table.data):
        return "untouched"
    return f"untouched; next directory {table.put('I', following, table.any_directory(rng))}"


def _nest(rng: random.Random, table: _Table, at: int) -> str:
    """A directory within itself."""
    table.put("H", at, rng.choice(_POINTERS))
    table.put("H", at + 2, rng.choice([4, 13]))
    table.put("I", at + 4, 1)
    return f"points to the directory at {table.put('I', at + 8, table.any_directory(rng))}"


def damage_values(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    """One number among those of a long entry: strip offsets, byte counts, curves."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    long = [
        (tag, size, start, count)
        for _, rows, _ in (_directories(data, order) if order else ())
        for tag, size, start, count in _values(data, order or "<", rows)
    ]
    if order is None or not long:
        return "no long entry to damage", data
    tag, size, start, count = rng.choice(long)
    at = start + size * rng.randrange(count)
    name: Literal["little", "big"] = "little" if order == "<" else "big"
    old = int.from_bytes(data[at : at + size], name)
    value = number(rng, size, old)
    new = value.to_bytes(size, name)
    return f"TIFF tag {tag}: {old} to {value:#x}", data[:at] + new + data[at + size :]


def _directories(data: bytes, order: str) -> Iterator[tuple[int, list[int], int]]:
    """Of each: where it is, where its entries are, where the offset of the next one stands."""
    todo, seen = [_number(data, order + "I", 4)], set()
    while todo:
        at = todo.pop()
        if at in seen or not 8 <= at < len(data) - 2:
            continue
        seen.add(at)
        count = _number(data, order + "H", at)
        rows = [row for row in range(at + 2, at + 2 + 12 * count, 12) if row + 12 <= len(data)]
        yield at, rows, at + 2 + 12 * count
        todo.append(_number(data, order + "I", at + 2 + 12 * count))
        pointers = (row for row in rows if _number(data, order + "H", row) in _POINTERS)
        todo += [_number(data, order + "I", row + 8) for row in pointers]


def _values(data: bytes, order: str, rows: list[int]) -> Iterator[tuple[int, int, int, int]]:
    for row in rows:
        tag, kind, count, start = struct.unpack_from(order + "HHII", data, row)
        size = _UNITS.get(kind, 0)
        if size * count > 4 and start + size * count <= len(data):
            yield tag, size, start, count


def _number(data: bytes, form: str, at: int) -> int:
    if not 0 <= at <= len(data) - struct.calcsize(form):
        return 0
    found: int = struct.unpack_from(form, data, at)[0]
    return found
