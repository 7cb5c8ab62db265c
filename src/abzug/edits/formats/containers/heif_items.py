"""Items added to a HEIF file that has one picture (ISO/IEC 14496-12, 8.11; 23008-12, annex A)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from abzug.edits.formats.containers.iso_boxes import boxes
from abzug.edits.on_disk import File, joined


class Item(NamedTuple):
    kind: bytes
    """`Exif`, or `mime` for XMP."""
    content_type: bytes
    """Of a `mime`, else empty."""
    content: bytes


def with_items(file: File, items: Sequence[Item]) -> File:
    """The file with items that describe its picture. Their contents stand at its end; what was
    there moves by as much as the box `meta` grows."""
    if not items:
        return file
    whole = memoryview(file)
    at, end = _span(whole, b"meta")
    head, children = bytes(whole[at + 8 : at + 12]), list(boxes(bytes(whole[at + 12 : end])))
    parts = dict(children)
    locations = _Locations.of(parts[b"iloc"])
    (primary,) = struct.unpack_from(">H", parts[b"pitm"], 4)
    numbers = range(max(locations.ids) + 1, max(locations.ids) + 1 + len(items))

    def meta(shift: int) -> bytes:
        start = len(whole) + shift + 8
        changed = {
            b"iloc": locations.written(shift, list(_places(numbers, items, start))),
            b"iinf": _with_infos(parts[b"iinf"], numbers, items),
            b"iref": _with_references(parts.get(b"iref", bytes(4)), numbers, primary),
        }
        every = {**dict(children), **changed}
        return _box(b"meta", head + b"".join(_box(kind, body) for kind, body in every.items()))

    growth = len(meta(0)) - (end - at)
    data = _box(b"mdat", b"".join(item.content for item in items))
    return joined([whole[:at], meta(growth), whole[end:], data])


class _Locations(NamedTuple):
    """The box `iloc` of version 0 or 1, its numbers in 4 bytes: as libheif writes it."""

    version: int
    has_base: bool
    entries: list[tuple[int, int, int, list[tuple[int, int]]]]
    """Of each item: its id, how it is constructed, a base, and offset and length of each part."""

    @classmethod
    def of(cls, body: bytes) -> _Locations:
        version, sizes = body[0], struct.unpack_from(">H", body, 4)[0]
        if version > 1 or sizes not in {0x4400, 0x4440}:
            raise ValueError("another layout of iloc")
        (count,), at, entries = struct.unpack_from(">H", body, 6), 8, []
        has_base = sizes == 0x4440
        for _ in range(count):
            (number, method), at = (
                (struct.unpack_from(">HH", body, at), at + 6)
                if version
                else ((struct.unpack_from(">H", body, at)[0], 0), at + 4)
            )
            base = struct.unpack_from(">I", body, at)[0] if has_base else 0
            at += 4 * has_base
            (extents,) = struct.unpack_from(">H", body, at)
            parts = [struct.unpack_from(">II", body, at + 2 + 8 * n) for n in range(extents)]
            at += 2 + 8 * extents
            entries.append((number, method, base, [(start, length) for start, length in parts]))
        return cls(version, has_base, entries)

    @property
    def ids(self) -> list[int]:
        return [number for number, *_ in self.entries]

    def written(self, shift: int, more: list[tuple[int, int, int]]) -> bytes:
        """With those in the file moved; and items more, each with one part: id, start, length."""
        added = [(number, 0, 0, [(start, length)]) for number, start, length in more]
        moved = [
            (
                number,
                method,
                base,
                [(start + (0 if method else shift), length) for start, length in parts],
            )
            for number, method, base, parts in self.entries
        ]
        rows = [self._row(*entry) for entry in [*moved, *added]]
        head = struct.pack(
            ">IHH", self.version << 24, 0x4440 if self.has_base else 0x4400, len(rows)
        )
        return head + b"".join(rows)

    def _row(self, number: int, method: int, base: int, parts: list[tuple[int, int]]) -> bytes:
        row = (
            struct.pack(">HHH", number, method, 0)
            if self.version
            else struct.pack(">HH", number, 0)
        )
        row += struct.pack(">I", base) if self.has_base else b""
        return (
            row
            + struct.pack(">H", len(parts))
            + b"".join(struct.pack(">II", *one) for one in parts)
        )


def _places(numbers: range, items: Sequence[Item], start: int) -> Iterator[tuple[int, int, int]]:
    for number, item in zip(numbers, items, strict=True):
        yield number, start, len(item.content)
        start += len(item.content)


def _with_infos(body: bytes, numbers: range, items: Sequence[Item]) -> bytes:
    (count,) = struct.unpack_from(">H", body, 4)
    infos = [
        _box(
            b"infe",
            struct.pack(">IHH4sx", 2 << 24, number, 0, item.kind)
            + (item.content_type + b"\0" if item.content_type else b""),
        )
        for number, item in zip(numbers, items, strict=True)
    ]
    return body[:4] + struct.pack(">H", count + len(infos)) + body[6:] + b"".join(infos)


def _with_references(body: bytes, numbers: range, primary: int) -> bytes:
    rows = [_box(b"cdsc", struct.pack(">HHH", number, 1, primary)) for number in numbers]
    return body + b"".join(rows)


def _span(file: memoryview, wanted: bytes) -> tuple[int, int]:
    """Start and end of the first box of that kind at the file's top."""
    at = 0
    for kind, content in boxes(file):
        end = at + 8 + len(content)
        if kind == wanted:
            return at, end
        at = end
    raise ValueError("no such box")


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content
