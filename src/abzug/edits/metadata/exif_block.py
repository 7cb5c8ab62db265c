"""EXIF written: a TIFF structure of three directories, or added to a TIFF file.

The maker's note stands where it stood, for its offsets mostly count from the start of the block it
was in. Where that place cannot be had, Microsoft's tag OffsetSchema tells how far it was moved.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import replace

from abzug.edits.formats.containers import tiff
from abzug.edits.metadata.exif import LONG, MAKER_NOTE, OFFSET_SCHEMA, Exif, Tags, Value
from abzug.edits.on_disk import File, joined

_HEAD = 8
_FARTHEST = 64 * 1024
"""Where a maker's note is put back: farther away it was in a TIFF or a RAW, whose pixels were
before it."""
_SIGNED = 9
_SELF_CONTAINED = (
    b"Nikon\0\2",
    b"OLYMPUS\0",
    b"OM SYSTEM\0",
    b"FUJIFILM",
    b"Apple iOS\0",
    b"PENTAX \0",
    b"SAMSUNG\0",
)
"""How notes begin whose offsets count from their own start (ExifTool, MakerNotes.pm)."""
_NOT_IN_TIFF = {531, 37121, 40962, 40963}
"""Components and sizes, which a TIFF tells in its own way (EXIF 2.32, 4.6.8)."""
_STRIPS, _TILES = 273, 324

Rows = Mapping[int, bytes]
"""Entries of a directory that are packed already."""


def exif_block(exif: Exif) -> bytes:
    """As a TIFF structure; empty if there is nothing in it."""
    return _laid_out(exif, {}) if exif else b""


def fitted(exif: Exif, longest: int) -> Exif:
    """Without its longest values, as far as need be for a block of at most so many bytes."""
    over = len(exif_block(exif)) - longest
    every = [(len(value.raw), tag) for tag, value in {**exif.main, **exif.photo}.items()]
    for length, tag in sorted(every, reverse=True):
        if over <= 0:
            return exif
        exif, over = exif.without(tag), over - length
        if over <= 0:  # what was around a maker's note may have moved closer, or farther away
            over = len(exif_block(exif)) - longest
    return exif if over <= 0 else Exif(exif.order)


def added_to(file: File, exif: Exif) -> File:
    """A TIFF file with this EXIF, which libvips does not write into one.

    A first directory with all of it is put before what was there, which moves by as much. A BigTIFF
    is left as it is.
    """
    layout = tiff.layout(file)
    if not exif or layout is None or layout.big:
        return file
    exif = exif.in_order(layout.order)
    for tag in _NOT_IN_TIFF:
        exif = exif.without(tag)
    whole = memoryview(file)  # its slices are no copies
    directory, _ = layout.directory(whole, layout.first)
    shift = len(_with_rows(exif, directory, 0)) - _HEAD
    if len(whole) + shift > 0xFFFFFFFF:
        return file
    return joined([_with_rows(exif, directory, shift), whole[_HEAD:]])


def _with_rows(exif: Exif, directory: tiff.Directory, shift: int) -> bytes:
    """Before a file that moves by so much, with the entries of its directory."""
    order = exif.order
    main = dict(exif.main)
    rows = {}
    for tag, entry in directory.entries.items():
        if tag in {_STRIPS, _TILES}:
            places = [at + shift for at in directory.integers(tag, entry.count)]
            main[tag] = Value(LONG, len(places), struct.pack(f"{order}{len(places)}I", *places))
        elif tag not in main:
            is_near = entry.end - entry.start <= 4
            place = directory.raw(tag).ljust(4, b"\0")
            if not is_near:
                place = struct.pack(order + "I", entry.start + shift)
            rows[tag] = struct.pack(order + "HHI", tag, entry.type, entry.count) + place
    return _laid_out(replace(exif, main=main), rows)


class _Room:
    """Offsets given away one after another, around what is taken already."""

    def __init__(self, taken: range) -> None:
        self._taken, self.end = taken, _HEAD

    def place(self, size: int) -> int:
        if self._taken and self.end < self._taken.stop and self.end + size > self._taken.start:
            self.end = self._taken.stop
        at = self.end + self.end % 2
        self.end = at + size
        return at


def _laid_out(exif: Exif, rows: Rows) -> bytes:
    """The whole structure, of an even number of bytes."""
    order, note = exif.order, exif.photo.get(MAKER_NOTE)
    pinned = _pinned(exif)
    needs_schema = bool(note and not pinned and not note.raw.startswith(_SELF_CONTAINED))
    photo = dict(exif.photo)
    if needs_schema:
        photo[OFFSET_SCHEMA] = Value(_SIGNED, 1, bytes(4))
    room = _Room(pinned)
    pointers = [tag for tag, tags in ((tiff.EXIF, photo), (tiff.GPS, exif.gps)) if tags]
    main_at = room.place(_size_of_table(len({*exif.main, *rows, *pointers})))
    places = {
        tag: room.place(_size_of_table(len(tags)))
        for tag, tags in ((tiff.EXIF, photo), (tiff.GPS, exif.gps))
        if tags
    }
    main = {
        **exif.main,
        **{tag: Value(LONG, 1, struct.pack(order + "I", at)) for tag, at in places.items()},
    }
    parts = {0: struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, main_at)}
    if note:
        note_at = pinned.start if pinned else room.place(len(note.raw))
        parts[note_at] = note.raw
        if needs_schema:
            moved = struct.pack(order + "i", note_at - exif.note_at)
            photo[OFFSET_SCHEMA] = Value(_SIGNED, 1, moved)
    else:
        note_at = 0
    directories: list[tuple[int, Tags, Rows]] = [(main_at, main, rows)]
    directories += [
        (places[tag], tags, {})
        for tag, tags in ((tiff.EXIF, photo), (tiff.GPS, exif.gps))
        if tag in places
    ]
    for at, tags, packed in directories:
        parts[at] = _table(order, tags, packed, room, parts, note_at)
    end = max(at + len(part) for at, part in parts.items())
    block = bytearray(end + end % 2)
    for at, part in parts.items():
        block[at : at + len(part)] = part
    return bytes(block)


def _pinned(exif: Exif) -> range:
    """Where the maker's note has to be; nowhere if it does not matter, or cannot be."""
    note = exif.photo.get(MAKER_NOTE)
    if note is None or len(note.raw) <= 4 or note.raw.startswith(_SELF_CONTAINED):
        return range(0)
    is_near = exif.note_at >= _HEAD and exif.note_at + len(note.raw) <= _FARTHEST
    return range(exif.note_at, exif.note_at + len(note.raw)) if is_near else range(0)


def _size_of_table(entries: int) -> int:
    return 2 + 12 * entries + 4


def _table(
    order: str, tags: Tags, rows: Rows, room: _Room, parts: dict[int, bytes], note_at: int
) -> bytes:
    """A directory, whose longer values get a place among the parts."""
    table = dict(rows)
    for tag, value in sorted(tags.items()):
        place = value.raw.ljust(4, b"\0")
        if len(value.raw) > 4:
            at = note_at if tag == MAKER_NOTE else room.place(len(value.raw))
            parts[at] = value.raw
            place = struct.pack(order + "I", at)
        table[tag] = struct.pack(order + "HHI", tag, value.type, value.count) + place
    every = b"".join(table[tag] for tag in sorted(table))
    return struct.pack(order + "H", len(table)) + every + bytes(4)
