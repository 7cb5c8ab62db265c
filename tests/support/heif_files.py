"""HEIF files for tests, put together anew from those that libheif writes."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from abzug.edits.formats.containers.iso_boxes import boxes


def with_items_first(file: bytes) -> bytes:
    """The same with `mdat` before `meta`, as some phones write it."""
    (ftyp, meta, mdat) = (_box(kind, body) for kind, body in boxes(file))
    at = meta.index(b"iloc") + 4
    assert meta[at : at + 6] == b"\0\0\0\0\x44\x40", "version 0; offset, length, base of 4 bytes"
    moved = bytearray(meta)
    for row in range(at + 8, at + 8 + 18 * int.from_bytes(meta[at + 6 : at + 8]), 18):
        assert meta[row + 8 : row + 10] == b"\0\1", "one extent"
        base = int.from_bytes(meta[row + 4 : row + 8])
        struct.pack_into(">I", moved, row + 4, base - len(meta))
    return ftyp + mdat + bytes(moved)


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def grid(tiles: Sequence[bytes], columns: int, *, given: Sequence[bytes | None] = ()) -> bytes:
    """A picture of these HEIC or AVIF files of equal size and kind, side by side in `columns`
    (ISO/IEC 23008-12, 6.6.2.3). given: what is in place of each tile's data; None: no item."""
    first = dict(boxes(tiles[0]))
    parts = dict(boxes(first[b"meta"][4:]))
    own = dict(boxes(dict(boxes(parts[b"iprp"]))[b"ipco"]))
    kind = b"av01" if b"av1C" in own else b"hvc1"
    config = b"av1C" if kind == b"av01" else b"hvcC"
    width, height = struct.unpack_from(">II", own[b"ispe"], 4)
    rows = len(tiles) // columns
    size = width * columns, height * rows
    data = list(given or (dict(boxes(tile))[b"mdat"] for tile in tiles))
    primary, items = len(tiles) + 1, range(1, len(tiles) + 1)
    properties = [_box(config, own[config]), _full(b"ispe", struct.pack(">II", width, height))]
    properties += [_full(b"ispe", struct.pack(">II", *size)), _full(b"pixi", b"\3\x08\x08\x08")]
    owned = [(item, (1 | 0x80, 2, 4)) for item in items] + [(primary, (3, 4))]
    ipma = struct.pack(">I", len(owned)) + b"".join(
        struct.pack(">HB", item, len(each)) + bytes(each) for item, each in owned
    )
    iprp = _box(b"iprp", _box(b"ipco", b"".join(properties)) + _full(b"ipma", ipma))
    kinds = [*((item, kind) for item in items), (primary, b"grid")]
    entries = b"".join(
        _full(b"infe", struct.pack(">HH4sB", item, 0, form, 0), 2) for item, form in kinds
    )
    iinf = _full(b"iinf", struct.pack(">H", len(kinds)) + entries)
    to = b"".join(struct.pack(">H", item) for item in items)
    iref = _full(b"iref", _box(b"dimg", struct.pack(">HH", primary, len(tiles)) + to))
    idat = _box(b"idat", struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, *size))
    handler = _full(b"hdlr", struct.pack(">I4s12sB", 0, b"pict", b"", 0))
    pitm = _full(b"pitm", struct.pack(">H", primary))

    def meta(start: int) -> bytes:
        found, at = b"", start
        for item, body in zip(items, data, strict=True):
            if body is not None:
                found += struct.pack(">HHHHII", item, 0, 0, 1, at, len(body))
                at += len(body)
        count = sum(body is not None for body in data) + 1
        found += struct.pack(">HHHHII", primary, 1, 0, 1, 0, 8)
        iloc = _full(b"iloc", b"\x44\0" + struct.pack(">H", count) + found, 1)
        return _full(b"meta", handler + pitm + iloc + iinf + iref + iprp + idat)

    ftyp = _box(b"ftyp", first[b"ftyp"])
    start = len(ftyp) + len(meta(0)) + 8
    return ftyp + meta(start) + _box(b"mdat", b"".join(body or b"" for body in data))


def _full(kind: bytes, body: bytes, version: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24) + body)
