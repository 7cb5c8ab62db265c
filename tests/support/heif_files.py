"""HEIF files for tests, put together anew from those that libheif writes."""

from __future__ import annotations

import struct

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
