"""EXIF: read and thinned out; exif_block.py writes it anew, byte for byte where a value is kept.

Text is carried as bytes, not decoded: cameras write UTF-8 where the standard says ASCII, and a
photographer's name must come out as it went in. Thumbnails and previews are never taken along: they
show the photo as it was before the edits.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from abzug.edits.formats.containers import tiff
from abzug.edits.formats.containers.tiff import EXIF_PREFIX
from abzug.edits.homography import Placement
from abzug.edits.metadata.subject_area import placed_area
from abzug.edits.metadata.words import tells_coordinates
from abzug.edits.sizes import Size

ARTIST, COPYRIGHT = 315, 33432
MAKER_NOTE, OFFSET_SCHEMA = 37500, 59933

ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 2, 3, 4, 5, 7
_PAIRS = {5, 10}
"""Types of two numbers of 4 bytes each: rationals."""
_COLOR_SPACE, _INTEROPERABILITY = 40961, 40965
_SUBJECTS = 37396, 41492
"""SubjectArea and SubjectLocation."""
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
    *range(50706, 53000),  # DNG, credentials (C2PA)
}
"""Tags that describe the file they were in, or that are carried another way."""
_OF_THE_PIXELS = {_INTEROPERABILITY, _COLOR_SPACE, 37122, 40962, 40963, OFFSET_SCHEMA}
_X, _Y, _UNIT = 282, 283, 296
_INCH = 2
_MILLIMETERS = {_INCH: 25.4, 3: 10.0}
"""By the number of a unit of resolution."""
_PICTURES = b"\xff\xd8\xff", b"\x89PNG\r\n"
"""How a JPEG and a PNG begin."""
_LARGEST = 0xFFFFFFFF
_MAX_VALUE, _MAX_VALUES = 1024 * 1024, 4 * 1024 * 1024
"""Bytes of one and of all of a directory: longer ones are no description of a photo. Many may point
to the same bytes."""


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
    note_at: int = 0
    """Where the maker's note began, from the start of the TIFF structure: offsets in it mostly
    count from there, so that only there they are right."""

    def __bool__(self) -> bool:
        return bool(self.main or self.photo or self.gps)

    def without_location(self) -> Exif:
        """Neither GPS, nor the maker's note, in which some cameras write down the place too, nor
        text with coordinates in it."""
        main, photo = (
            {tag: value for tag, value in tags.items() if not tells_coordinates(value.raw)}
            for tags in (self.main, self.photo)
        )
        return replace(self, main=main, photo=photo, gps={}).without_maker_note()

    def without_maker_note(self) -> Exif:
        """Nobody but its maker knows what is in it: a small picture of what was seen, for one."""
        return self.without(MAKER_NOTE)

    def without(self, dropped: int) -> Exif:
        main, photo = (
            {tag: value for tag, value in tags.items() if tag != dropped}
            for tags in (self.main, self.photo)
        )
        return replace(self, main=main, photo=photo)

    def rights_only(self) -> Exif:
        main = {tag: value for tag, value in self.main.items() if tag in {ARTIST, COPYRIGHT}}
        return Exif(self.order, main)

    def with_rights(self, artist: bytes, copyright: bytes) -> Exif:  # noqa: A002  its name
        """With these where it has none of its own."""
        found = {ARTIST: artist, COPYRIGHT: copyright}
        new = {tag: Value(ASCII, len(s) + 1, s + b"\0") for tag, s in found.items() if s}
        return replace(self, main={**new, **self.main})

    def placed(self, placement: Placement) -> Exif:
        """With its subject where that is in a result; without, if it is not there."""
        photo = dict(self.photo)
        for tag in _SUBJECTS:
            value = photo.pop(tag, None)
            if value is None or value.type != SHORT or len(value.raw) != 2 * value.count:
                continue
            area = struct.unpack(f"{self.order}{value.count}H", value.raw)
            moved = placed_area(area, placement)
            if moved is not None and max(moved) <= 0xFFFF:
                photo[tag] = self._shorts(*moved)
        return replace(self, photo=photo)

    def of_result(self, size: Size, dpi: tuple[float, float], *, is_srgb: bool) -> Exif:
        """With what EXIF (2.32, 4.6.8) wants to be told of every picture."""
        across, down = map(self._rational, dpi)
        main = {
            274: self._shorts(1),
            _X: across,
            _Y: down,
            _UNIT: self._shorts(_INCH),
            531: self._shorts(1),
        }
        usual = {
            36864: Value(UNDEFINED, 4, b"0232"),
            37121: Value(UNDEFINED, 4, b"\1\2\3\0"),
            40960: Value(UNDEFINED, 4, b"0100"),
        }
        photo = {
            _COLOR_SPACE: self._shorts(1 if is_srgb else 0xFFFF),
            40962: Value(LONG, 1, struct.pack(self.order + "I", size[0])),
            40963: Value(LONG, 1, struct.pack(self.order + "I", size[1])),
        }
        return replace(self, main={**self.main, **main}, photo={**usual, **self.photo, **photo})

    def in_order(self, order: str) -> Exif:
        """The same in the other byte order."""
        if order == self.order:
            return self
        main, photo, gps = (
            {tag: value.swapped() for tag, value in tags.items()}
            for tags in (self.main, self.photo, self.gps)
        )
        return Exif(order, main, photo, gps, self.note_at)

    def _shorts(self, *numbers: int) -> Value:
        return Value(SHORT, len(numbers), struct.pack(f"{self.order}{len(numbers)}H", *numbers))

    def _rational(self, number: float) -> Value:
        """Both of its numbers have 32 bits."""
        number = min(max(number, 0.001), _LARGEST)
        whole = Fraction(number).limit_denominator(min(1000, int(_LARGEST / number)))
        pair = whole.numerator, whole.denominator
        return Value(RATIONAL, 1, struct.pack(self.order + "II", *pair))


def read_exif(data: bytes | memoryview) -> Exif:
    """The EXIF in an EXIF block, with or without its prefix, or in a TIFF file itself."""
    body = memoryview(data)
    if bytes(body[: len(EXIF_PREFIX)]) == EXIF_PREFIX:
        body = body[len(EXIF_PREFIX) :]
    layout = tiff.layout(body)
    if layout is None:
        return Exif()
    first, _ = layout.directory(body, layout.first)
    return _exif_below(layout, first)


def read_tiff(data: bytes | memoryview) -> Exif:
    """The EXIF of a TIFF file: of the picture that is read, and of the first page where that does
    not tell."""
    layout, photo = tiff.layout(data), tiff.photo_of(data)
    if layout is None or photo is None:
        return Exif()
    first, _ = layout.directory(photo.directory.data, layout.first)
    entries = {**first.entries, **photo.directory.entries}
    return _exif_below(layout, replace(first, entries=entries))


def _exif_below(layout: tiff.Layout, first: tiff.Directory) -> Exif:
    body = first.data

    def below(pointer: int) -> tiff.Directory:
        return layout.directory(body, first.integer(pointer, len(body)))[0]

    photo = below(tiff.EXIF)
    note = photo.entries.get(MAKER_NOTE)
    moved = struct.unpack_from(layout.order + "i", photo.raw(OFFSET_SCHEMA).ljust(4, b"\0"))[0]
    return Exif(
        layout.order,
        _kept(first, _OF_THE_FILE),
        _kept(photo, _OF_THE_PIXELS),
        _kept(below(tiff.GPS), set()),
        note_at=max(0, min(note.start - moved, 0x7FFFFFFF)) if note else 0,
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
    kept, room = {}, _MAX_VALUES
    for tag, entry in directory.entries.items():
        length = entry.end - entry.start
        if tag not in dropped and 0 < length <= min(_MAX_VALUE, room):
            kept[tag] = Value(entry.type, entry.count, directory.raw(tag))
            room -= length
    return {tag: value for tag, value in kept.items() if not _holds_a_picture(value.raw)}


def _holds_a_picture(raw: bytes) -> bool:
    return any(start in raw for start in _PICTURES)
