"""EXIF: read, thinned out, and written anew, byte for byte where a value is kept.

Text is carried as bytes, not decoded: cameras write UTF-8 where the standard says ASCII, and a
photographer's name must come out as it went in. Thumbnails and previews are never taken along: they
show the photo as it was before the edits.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from abzug.edits.formats.containers import tiff
from abzug.edits.formats.containers.tiff import EXIF_PREFIX
from abzug.edits.on_disk import File, joined

ARTIST, COPYRIGHT = 315, 33432

_ASCII, _SHORT, _LONG = 2, 3, 4
_PAIRS = {5, 10}
"""Types of two numbers of 4 bytes each: rationals."""
_COLOR_SPACE, _MAKER_NOTE, _INTEROPERABILITY = 40961, 37500, 40965
_OF_THE_FILE = {
    *range(254, 270),  # subfile type … fill order, document name
    *range(273, 305),  # strips, orientation, planes, resolution, page
    *range(317, 348),  # predictor, palette, tiles, sub-directories, inks, JPEG tables
    *range(512, 533),  # old JPEG, YCbCr
    tiff.EXIF,
    tiff.GPS,
    700,  # XMP
    33421,  # pattern of a sensor's colors
    33422,
    33723,  # IPTC
    34377,  # Photoshop's resources
    34675,  # ICC profile
    37724,  # Photoshop's layers
    37398,  # version of TIFF/EP
    50341,  # print image matching
    *range(50706, 53000),  # DNG
}
"""Tags that describe the file they were in, or that are carried another way."""
_OF_THE_PIXELS = {_INTEROPERABILITY, _COLOR_SPACE, 40962, 40963}
_X, _Y, _UNIT = 282, 283, 296
_INCH = 2
_MILLIMETERS = {_INCH: 25.4, 3: 10.0}
"""By the number of a unit of resolution."""
_PICTURES = b"\xff\xd8\xff", b"\x89PNG\r\n"
"""How a JPEG and a PNG begin."""
_MAX_VALUE = 16 * 1024
"""Longer values are left out: all of it must fit into the 64 KiB of a JPEG segment."""
_MAX_BLOCK = 60_000


@dataclass(frozen=True)
class Value:
    type: int
    count: int
    raw: bytes

    def swapped(self) -> Value:
        """In the other byte order."""
        size = len(self.raw) // self.count if self.type not in _PAIRS else 4
        parts = (self.raw[at : at + size][::-1] for at in range(0, len(self.raw), size))
        return replace(self, raw=b"".join(parts))


Tags = Mapping[int, Value]


@dataclass(frozen=True)
class Exif:
    """`order` is `<` or `>`; main, photo and gps are the directories IFD0, Exif and GPS."""

    order: str = "<"
    main: Tags = field(default_factory=dict)
    photo: Tags = field(default_factory=dict)
    gps: Tags = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.main or self.photo or self.gps)

    def without_location(self) -> Exif:
        """Neither GPS nor the maker's note, in which some cameras write down the place too."""
        return replace(self.without_maker_note(), gps={})

    def without_maker_note(self) -> Exif:
        """Nobody but its maker knows what is in it: a small picture of what was seen, for one."""
        photo = {tag: value for tag, value in self.photo.items() if tag != _MAKER_NOTE}
        return replace(self, photo=photo)

    def rights_only(self) -> Exif:
        main = {tag: value for tag, value in self.main.items() if tag in {ARTIST, COPYRIGHT}}
        return Exif(self.order, main)

    def with_rights(self, artist: bytes, copyright: bytes) -> Exif:  # noqa: A002  its name
        """With these where it has none of its own."""
        found = {ARTIST: artist, COPYRIGHT: copyright}
        new = {tag: Value(_ASCII, len(s) + 1, s + b"\0") for tag, s in found.items() if s}
        return replace(self, main={**new, **self.main})

    def with_color_space(self, *, is_srgb: bool) -> Exif:
        """Saying what the pixels are in; without it libvips would write that they are not sRGB."""
        number = struct.pack(f"{self.order}H", 1 if is_srgb else 0xFFFF)
        return replace(self, photo={**self.photo, _COLOR_SPACE: Value(_SHORT, 1, number)})

    def to_bytes(self, prefix: bytes = b"") -> bytes:
        """As a TIFF structure behind `prefix`; empty if there is nothing in it."""
        head = struct.pack(f"{self.order}2sHI", b"II" if self.order == "<" else b"MM", 42, 8)
        for kept in (self, replace(self, photo={}), self.rights_only()):
            block = prefix + head + _three_directories(kept, len(head))
            if kept and len(block) <= _MAX_BLOCK:
                return block
        return b""

    def added_to(self, file: File) -> File:
        """A TIFF file with this EXIF, which libvips does not write into one.

        A second first directory is put at its end; the rows of the old one move there, and what
        they point to stays where it is. A BigTIFF is left as it is.
        """
        layout = tiff.layout(file)
        if not self or layout is None or layout.big:
            return file
        (count,) = struct.unpack_from(layout.order + "H", file, layout.first)
        table = layout.first + 2
        rows = [bytes(file[at : at + 12]) for at in range(table, table + 12 * count, 12)]
        padding = b"\0" * (len(file) % 2)
        end = len(file) + len(padding)
        added = _three_directories(self.in_order(layout.order), end, rows)
        whole = memoryview(file)  # its slices are no copies
        start = struct.pack(layout.order + "I", end)
        return joined([whole[:4], start, whole[8:], padding, added])

    def in_order(self, order: str) -> Exif:
        """The same in the other byte order."""
        if order == self.order:
            return self
        main, photo, gps = (
            {tag: value.swapped() for tag, value in tags.items()}
            for tags in (self.main, self.photo, self.gps)
        )
        return Exif(order, main, photo, gps)


def read_exif(data: bytes | memoryview) -> Exif:
    """The EXIF in an EXIF block, with or without its prefix, or in a TIFF file itself."""
    body = memoryview(data)
    if bytes(body[: len(EXIF_PREFIX)]) == EXIF_PREFIX:
        body = body[len(EXIF_PREFIX) :]
    layout = tiff.layout(body)
    if layout is None:
        return Exif()
    first, _ = layout.directory(body, layout.first)

    def below(pointer: int) -> tiff.Directory:
        return layout.directory(body, first.integer(pointer, len(body)))[0]

    return Exif(
        layout.order,
        _kept(first, _OF_THE_FILE),
        _kept(below(tiff.EXIF), _OF_THE_PIXELS),
        _kept(below(tiff.GPS), set()),
    )


def resolution(data: bytes | memoryview) -> tuple[float, float] | None:
    """Pixels a millimeter across and down, of an EXIF block; None if it does not say."""
    first = next(tiff.directories(bytes(data).removeprefix(EXIF_PREFIX)), None)
    if first is None:
        return None
    unit = _MILLIMETERS.get(first.integer(_UNIT, _INCH))
    pairs = [
        struct.unpack(first.order + "II", raw) for raw in map(first.raw, (_X, _Y)) if len(raw) == 8
    ]
    if unit is None or len(pairs) != 2 or not all(map(all, pairs)):
        return None
    (x, by_x), (y, by_y) = pairs
    return x / by_x / unit, y / by_y / unit


def _kept(directory: tiff.Directory, dropped: set[int]) -> Tags:
    kept = {
        tag: Value(entry.type, entry.count, directory.raw(tag))
        for tag, entry in directory.entries.items()
        if tag not in dropped and 0 < entry.end - entry.start <= _MAX_VALUE
    }
    return {tag: value for tag, value in kept.items() if not _holds_a_picture(value.raw)}


def _holds_a_picture(raw: bytes) -> bool:
    return any(start in raw for start in _PICTURES)


def _three_directories(exif: Exif, at: int, rows: Iterable[bytes] = ()) -> bytes:
    """All of it, to stand at offset `at`; `rows` go into the main directory as they are."""
    order, rows = exif.order, list(rows)

    def main(photo_at: int, gps_at: int) -> bytes:
        pairs = ((tiff.EXIF, exif.photo, photo_at), (tiff.GPS, exif.gps, gps_at))
        pointers = {
            tag: Value(_LONG, 1, struct.pack(order + "I", where))
            for tag, tags, where in pairs
            if tags
        }
        return _packed(order, {**exif.main, **pointers}, at, rows)

    photo_at = at + len(main(0, 0))
    photo = _packed(order, exif.photo, photo_at) if exif.photo else b""
    gps_at = photo_at + len(photo)
    gps = _packed(order, exif.gps, gps_at) if exif.gps else b""
    return main(photo_at, gps_at) + photo + gps


def _packed(order: str, tags: Tags, at: int, rows: Iterable[bytes] = ()) -> bytes:
    """A directory and its values, to stand at offset `at`; with `rows` that are packed already."""
    table = {struct.unpack_from(order + "H", row)[0]: row for row in rows}
    values_at = at + 2 + 12 * len({*table, *tags}) + 4
    values = b""
    for tag, value in sorted(tags.items()):
        place = value.raw.ljust(4, b"\0")
        if len(value.raw) > 4:
            place = struct.pack(order + "I", values_at + len(values))
            values += value.raw + b"\0" * (len(value.raw) % 2)
        table[tag] = struct.pack(order + "HHI", tag, value.type, value.count) + place
    sorted_rows = b"".join(table[tag] for tag in sorted(table))
    return struct.pack(order + "H", len(table)) + sorted_rows + b"\0" * 4 + values
