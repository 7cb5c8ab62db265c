"""RAW files of makers, for tests: of cameras that LibRaw does not know, whose structure is true and
whose JPEG is ours, with zeros for what the sensor counted; and one that it develops."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

SENSOR = 1600, 1200
_FORMS = {1: "B", 2: "s", 3: "H", 4: "I", 7: "s", 13: "I"}
_COUNTS = b"\0" * 4000
_PLACE = 0xFACE0000
"""Stands for an offset that is not known yet."""
_TAKEN = b"2026:11:24 12:00:00\0"


class At(NamedTuple):
    """Bytes that lie elsewhere in the file; the tag has their offset."""

    data: bytes


Tags = Mapping[int, tuple[int, Any]]
"""tag → (type, numbers, bytes, At, or the tags of a directory below)."""


def tiff_like(magic: bytes, *directories: Tags) -> bytes:
    """A TIFF of these directories, one after another, and what lies elsewhere behind them; `magic`
    is all before the first offset."""
    order = "<" if magic[:2] == b"II" else ">"
    file, link, elsewhere = bytearray(magic.ljust(32, b"\0")), 4, list[bytes]()
    for tags in directories:
        at = _directory(file, tags, order, elsewhere)
        struct.pack_into(order + "I", file, link, at)
        link = at + 2 + 12 * len(tags)
    for number, data in enumerate(elsewhere):
        offset = struct.pack(order + "I", len(file))
        file = file.replace(struct.pack(order + "I", _PLACE + number), offset) + data
        file += b"\0" * (len(data) % 2)
    return bytes(file)


def _directory(file: bytearray, tags: Tags, order: str, elsewhere: list[bytes]) -> int:
    """Add a directory and its values to the file; gives where it begins."""
    rows = b""
    for tag, (kind, value) in sorted(tags.items()):
        if isinstance(value, At):
            raw, count = struct.pack(order + "I", _PLACE + len(elsewhere)), 1
            elsewhere.append(value.data)
        elif isinstance(value, Mapping):
            raw, count = struct.pack(order + "I", _directory(file, value, order, elsewhere)), 1
        elif isinstance(value, bytes):
            raw, count = value, len(value)
        else:
            raw, count = struct.pack(f"{order}{len(value)}{_FORMS[kind]}", *value), len(value)
        row = raw.ljust(4, b"\0")
        if len(raw) > 4:
            row = struct.pack(order + "I", len(file))
            file += raw + b"\0" * (len(raw) % 2)
        rows += struct.pack(order + "HHI", tag, kind, count) + row
    at = len(file)
    file += struct.pack(order + "H", len(tags)) + rows + b"\0" * 4
    return at


def _of(make: bytes, orientation: int) -> Tags:
    return {271: (2, make + b"\0"), 272: (2, b"Unknown One\0"), 274: (3, [orientation])}


def _jpeg_tags(jpeg: bytes) -> Tags:
    return {513: (4, At(jpeg)), 514: (4, [len(jpeg)])}


def _sensor(compression: int, size: tuple[int, int] = SENSOR) -> Tags:
    """A picture of one channel, packed in a way that nobody knows."""
    tags = {256: (4, [size[0]]), 257: (4, [size[1]]), 258: (3, [14]), 259: (3, [compression])}
    tags |= {262: (3, [32803]), 277: (3, [1]), 278: (4, [size[1]])}
    return tags | {273: (4, At(_COUNTS)), 279: (4, [len(_COUNTS)])}


def developable(make: bytes, model: bytes, counts: np.ndarray) -> bytes:
    """What the sensor of a camera that LibRaw knows counted, cells as in Bayer's RGGB, unpacked;
    without a word of the light."""
    data = counts.astype("<u2").tobytes()
    raw = {**_sensor(1, (counts.shape[1], counts.shape[0])), 258: (3, [16])}
    raw |= {254: (4, [0]), 33421: (3, [2, 2]), 33422: (1, [0, 1, 1, 2])}
    raw |= {273: (4, At(data)), 279: (4, [len(data)])}
    names = {271: (2, make + b"\0"), 272: (2, model + b"\0")}
    return tiff_like(
        b"II*\0", {254: (4, [1]), 256: (4, [16]), 257: (4, [16]), **names, 330: (4, raw)}
    )


def nef(jpeg: bytes, orientation: int = 1) -> bytes:
    first = {
        254: (4, [1]),
        256: (4, [160]),
        257: (4, [120]),
        **_of(b"NIKON CORPORATION", orientation),
    }
    first[330] = (4, _jpeg_tags(jpeg))
    return tiff_like(b"MM\0*", first, _sensor(34999))


def arw(jpeg: bytes, orientation: int = 1) -> bytes:
    first = {
        254: (4, [1]),
        **_of(b"SONY", orientation),
        **_jpeg_tags(jpeg),
        330: (4, _sensor(33999)),
    }
    return tiff_like(b"II*\0", first)


def pef(jpeg: bytes, orientation: int = 1) -> bytes:
    small = {259: (3, [6]), **_jpeg_tags(b"\xff\xd8\xff\xd9")}
    large = {256: (4, [160]), 259: (3, [6]), **_jpeg_tags(jpeg)}
    return tiff_like(b"MM\0*", {**_sensor(64999), **_of(b"PENTAX", orientation)}, small, large)


def cr2(jpeg: bytes, orientation: int = 1) -> bytes:
    """What the sensor counted is a JPEG, too, packed without loss."""
    counts = b"\xff\xd8\xff\xc3\0\x0b\x0e" + struct.pack(">HHBBBB", *SENSOR[::-1], 1, 1, 0x11, 0)
    exif = {36867: (2, _TAKEN), 40962: (4, [SENSOR[0]]), 40963: (4, [SENSOR[1]])}
    first = {256: (4, [400]), 257: (4, [300]), 259: (3, [6]), **_of(b"Canon", orientation)}
    first |= {273: (4, At(jpeg)), 279: (4, [len(jpeg)]), 34665: (4, exif)}
    raw = {259: (3, [6]), 273: (4, At(counts)), 279: (4, [len(counts)]), 50752: (3, [1, 2, 3])}
    file = tiff_like(b"II*\0", first, {259: (3, [1])}, {259: (3, [1])}, raw)
    return file[:8] + b"CR\x02\0" + file[12:]


def orf(jpeg: bytes, orientation: int = 1) -> bytes:
    def note(preview_at: int) -> bytes:
        camera = {257: (4, [preview_at]), 258: (4, [len(jpeg)])}
        inner = bytearray()
        _directory(inner, camera, "<", [])
        start = b"OLYMPUS\0II\x03\0"
        main = struct.pack("<HHHIII", 1, 0x2020, 13, 1, len(start) + 18, 0)
        return start + main + inner

    size = len(note(0))
    exif = {36867: (2, _TAKEN), 37500: (7, note(size) + jpeg)}
    first = {**_sensor(1), **_of(b"OLYMPUS CORPORATION", orientation), 34665: (4, exif)}
    first[262] = (3, [2])
    return tiff_like(b"IIRO", first)


def rw2(jpeg: bytes, orientation: int = 1) -> bytes:
    first: dict[int, tuple[int, Any]] = {
        1: (7, b"0999"),
        2: (3, [SENSOR[0]]),
        3: (3, [SENSOR[1]]),
        45: (3, [8]),
        46: (7, jpeg),
    }
    first |= {**_of(b"Panasonic", orientation), 273: (4, [0xFFFFFFFF])}
    first |= {279: (4, [len(_COUNTS)]), 280: (4, At(_COUNTS))}
    return tiff_like(b"IIU\0", first)


def raf(jpeg: bytes, orientation: int = 1) -> bytes:
    """Its JPEG tells itself how it is turned; see `turned`."""
    body = turned(jpeg, orientation)
    notes = struct.pack(">I4H", 1, 0x100, 4, SENSOR[1], SENSOR[0])
    starts = 160, 160 + len(body), 160 + len(body) + len(notes)
    parts = zip(starts, (len(body), len(notes), len(_COUNTS)), strict=True)
    head = b"FUJIFILMCCD-RAW 0201FF999999Unknown One".ljust(84, b"\0")
    head += b"".join(struct.pack(">II", *part) for part in parts)
    return head.ljust(160, b"\0") + body + notes + _COUNTS


def turned(jpeg: bytes, orientation: int) -> bytes:
    """A JPEG with EXIF that says so."""
    exif = b"Exif\0\0" + tiff_like(b"MM\0*", _of(b"FUJIFILM", orientation))
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def cr3(jpeg: bytes, orientation: int = 1, track: bytes = b"") -> bytes:
    """With a JPEG in the box of the preview, and one in the first track."""
    ids = "85c0b687820f11e08111f4ce462b6a48", "eaf42b5e1c984b88b9fbb7dc406e4d16"
    canon, preview = map(bytes.fromhex, ids)
    main = tiff_like(b"II*\0", _of(b"Canon", orientation))
    notes = box(b"uuid", canon, box(b"CNCV", b"CanonCR3_009/00.09.00/00.00.00"), box(b"CMT1", main))
    head = struct.pack(">IHHHHI", 0, 1, 400, 300, 1, len(jpeg))
    shown = box(b"uuid", preview, struct.pack(">II", 0, 1), box(b"PRVW", head, jpeg))

    def tracks(at: int) -> bytes:
        places = (at, len(track), b"JPEG"), (at + len(track), len(_COUNTS), b"CMP9")
        return b"".join(_track(*place) for place in places)

    def whole(at: int) -> bytes:
        start = box(b"ftyp", b"crx \0\0\0\1crx isom") + box(b"moov", notes, tracks(at)) + shown
        return start + box(b"mdat", track + _COUNTS)

    return whole(len(whole(0)) - len(track) - len(_COUNTS))


def _track(start: int, length: int, inner: bytes) -> bytes:
    size = struct.pack(">HH", *SENSOR)
    entry = box(b"CRAW", b"\0" * 6 + b"\0\1" + b"\0" * 16, size, b"\0" * 50, box(inner, b"\0" * 4))
    table = box(b"stsd", struct.pack(">II", 0, 1), entry)
    table += box(b"stsz", struct.pack(">IIII", 0, 0, 1, length))
    table += box(b"co64", struct.pack(">IIQ", 0, 1, start))
    return box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", table))))


CONTAINERS: Mapping[str, Callable[..., bytes]] = {
    "image/x-nikon-nef": nef,
    "image/x-sony-arw": arw,
    "image/x-pentax-pef": pef,
    "image/x-canon-cr2": cr2,
    "image/x-canon-cr3": cr3,
    "image/x-olympus-orf": orf,
    "image/x-panasonic-rw2": rw2,
    "image/x-fuji-raf": raf,
}
