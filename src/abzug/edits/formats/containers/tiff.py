"""The structure of a TIFF file, which is EXIF's too: directories of tagged values.

Reads only what is there: whatever points outside the bytes at hand is left out, so that neither
a file that is cut off nor a hostile one can raise, loop, or be copied many times over.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

EXIF_PREFIX = b"Exif\0\0"
"""What stands before EXIF, which is a TIFF file without a picture, in a JPEG's segment."""
SUB_DIRECTORIES = 330
EXIF = 34665
GPS = 34853

_UNIT = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_UNIT |= {16: 8, 17: 8, 18: 8}  # BigTIFF's
_INTEGERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_FRACTIONS = {5: "I", 10: "i"}
_VERSIONS = {42, 0x4F52, 0x5352, 0x55}
"""TIFF's own, and those that Olympus and Panasonic write into their RAW files instead of it."""
_ORIENTATION = 274
_SUBFILE, _OLD_SUBFILE, _OLD_REDUCED = 254, 255, 2
WIDTH, HEIGHT = 256, 257
_STRIPS_AND_TILES = (273, 279), (324, 325)
"""Tags of where they begin, and of how long they are."""
_ELSEWHERE, _PANASONIC_START = 0xFFFFFFFF, 280
"""In some RW2 files the first strip begins there, and the tag that would have it says so."""
_MANY = 1_000_000
"""Strips or tiles."""
_MAX_DIRECTORIES = 64
_MAX_ENTRIES = 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a value lies: `count` units of `type` (TIFF 6.0, section 2) at data[start:end]."""

    type: int
    count: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Directory:
    data: memoryview
    order: str
    """`<` or `>`, as in struct."""
    entries: Mapping[int, Entry]

    def raw(self, tag: int) -> bytes:
        """The bytes of a value, in the file's byte order; empty if it is missing."""
        entry = self.entries.get(tag)
        return bytes(self.data[entry.start : entry.end]) if entry else b""

    def integers(self, tag: int, most: int = 64) -> tuple[int, ...]:
        """The numbers of an integer tag, at most so many; none if it is missing or no integer."""
        entry = self.entries.get(tag)
        code = _INTEGERS.get(entry.type) if entry else None
        if entry is None or code is None:
            return ()
        count = min(entry.count, most)
        return struct.unpack_from(f"{self.order}{count}{code}", self.data, entry.start)

    def integer(self, tag: int, default: int = 0) -> int:
        return next(iter(self.integers(tag)), default)

    def fractions(self, tag: int) -> tuple[float, ...]:
        """The numbers of a tag of fractions, or of whole numbers of 2 or 4 bytes; none if one of
        them is divided by 0."""
        entry = self.entries.get(tag)
        if entry is None or entry.type in {3, 4}:
            return tuple(map(float, self.integers(tag)))
        if (code := _FRACTIONS.get(entry.type)) is None:
            return ()
        numbers = struct.unpack(
            f"{self.order}{min(entry.count, 64) * 2}{code}", self.raw(tag)[:512]
        )
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        return tuple(a / b for a, b in pairs) if all(b for _, b in pairs) else ()

    def text(self, tag: int) -> str:
        return self.raw(tag).split(b"\0")[0].decode(errors="replace").strip()


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file spells offsets: its byte order, and whether it is a BigTIFF."""

    order: str
    big: bool
    first: int

    def directory(self, data: memoryview, offset: int) -> tuple[Directory, int]:
        """The directory at `offset`, and the offset of the next one (0: none)."""
        counter, word = ("Q", "Q") if self.big else ("H", "I")
        start = offset + struct.calcsize(counter)
        size = 4 + 2 * struct.calcsize(word)
        (count,) = _unpack(self.order + counter, data, offset) or (0,)
        ends = start + min(count, _MAX_ENTRIES) * size
        found = (self._entry(data, at, word) for at in range(start, ends, size))
        (following,) = _unpack(self.order + word, data, ends) or (0,)
        return Directory(data, self.order, dict(pair for pair in found if pair)), following

    def _entry(self, data: memoryview, at: int, word: str) -> tuple[int, Entry] | None:
        head = _unpack(f"{self.order}HH{word}", data, at)
        if head is None:
            return None
        tag, kind, count = head
        size, inline = _UNIT.get(kind, 1) * count, struct.calcsize(word)
        where = at + 4 + inline
        if size > inline:
            (where,) = _unpack(self.order + word, data, where) or (len(data),)
        fits = max(where + size, at + 4 + 2 * inline) <= len(data)
        return (tag, Entry(kind, count, where, where + size)) if fits else None


def layout(data: bytes | memoryview) -> Layout | None:
    """How the TIFF in `data` is laid out; None if it is no TIFF."""
    view = memoryview(data)
    order = {b"II": "<", b"MM": ">"}.get(bytes(view[:2]))
    if order is None:
        return None
    (version,) = _unpack(order + "H", view, 2) or (0,)
    if version == 43:
        (first,) = _unpack(order + "Q", view, 8) or (0,)
        return Layout(order, big=True, first=first)
    if version in _VERSIONS:
        (first,) = _unpack(order + "I", view, 4) or (0,)
        return Layout(order, big=False, first=first)
    return None


def directories(data: bytes | memoryview) -> Iterator[Directory]:
    """Every directory that lies within `data`, the first image's first; each once."""
    found, view = layout(data), memoryview(data)
    todo = [found.first] if found else []
    seen: set[int] = set()
    while found and todo:
        offset = todo.pop(0)
        if offset in seen or not 0 < offset < len(view):
            continue
        seen.add(offset)
        directory, following = found.directory(view, offset)
        yield directory
        for tag in (SUB_DIRECTORIES, EXIF, GPS):
            todo += directory.integers(tag)
        todo.append(following)


class Page(NamedTuple):
    """A picture of a TIFF file."""

    number: int
    """Of the page it is, or belongs to; from 0."""
    below: int
    """Which of the pages below that; -1: it is the page itself."""
    directory: Directory

    @property
    def is_reduced(self) -> bool:
        """Whether it calls itself a smaller copy of another one (NewSubfileType; SubfileType)."""
        kind = self.directory.integer(_SUBFILE) & 1
        return bool(kind) or self.directory.integer(_OLD_SUBFILE) == _OLD_REDUCED


def pages(data: bytes | memoryview) -> Iterator[Page]:
    """The pages one after another, each with those below it."""
    return islice(_pages(data), _MAX_DIRECTORIES)


def _pages(data: bytes | memoryview) -> Iterator[Page]:
    found, view = layout(data), memoryview(data)
    offset = found.first if found else 0
    seen: set[int] = set()
    while found and offset not in seen and 0 < offset < len(view) and len(seen) < _MAX_DIRECTORIES:
        number = len(seen)
        seen.add(offset)
        directory, offset = found.directory(view, offset)
        yield Page(number, -1, directory)
        for below, place in enumerate(directory.integers(SUB_DIRECTORIES)):
            if 0 < place < len(view):
                yield Page(number, below, found.directory(view, place)[0])


def photo_of(data: bytes | memoryview) -> Page | None:
    """The first picture that is no reduced copy, as scanners put before it; the first if all are.
    None of what is no TIFF."""
    every = list(pages(data))
    return next((one for one in every if not one.is_reduced), every[0] if every else None)


def orientation_of(exif: bytes | memoryview) -> int:
    """The orientation in an EXIF block, with or without its prefix, or in a TIFF; 1 if there is
    none."""
    body = exif[len(EXIF_PREFIX) :] if exif[: len(EXIF_PREFIX)] == EXIF_PREFIX else exif
    first = next(directories(body), None)
    return turn(first) if first else 1


def turn(directory: Directory) -> int:
    """The orientation that a directory tells; 1 if it tells none that there is."""
    found = directory.integer(_ORIENTATION, 1)
    return found if 1 <= found <= 8 else 1


def end_of_pixels(pages: Iterable[Directory]) -> int:
    """Where the last strip or tile of these pictures ends."""
    ends = [0]
    for one in pages:
        for starting, sizes in _STRIPS_AND_TILES:
            starts = one.integers(starting, _MANY)
            if starts == (_ELSEWHERE,):
                starts = one.integers(_PANASONIC_START)
            spans = zip(starts, one.integers(sizes, _MANY), strict=False)
            ends += [start + size for start, size in spans if size]
    return max(ends)


def _unpack(form: str, data: memoryview, at: int) -> tuple[int, ...] | None:
    size = struct.calcsize(form)
    return struct.unpack_from(form, data, at) if 0 <= at <= len(data) - size else None
