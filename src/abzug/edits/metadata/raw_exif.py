"""Where the makers of cameras have put EXIF into their RAW files."""

from __future__ import annotations

from abzug.edits.formats.containers import tiff
from abzug.edits.formats.containers.tiff import EXIF_PREFIX, orientation_of
from abzug.edits.metadata.exif import Exif, read_exif

_HEAD = 1024 * 1024
_CANON = {"main": b"CMT1", "photo": b"CMT2", "gps": b"CMT4"}
"""A CR3 has a box for each directory, and a TIFF structure of one directory in each."""


def raw_exif(data: bytes | memoryview) -> Exif:
    """Most are TIFF files inside; a RAF begins with a JPEG, whose EXIF is its own. Empty if
    there is none that is known."""
    if tiff.layout(data) is not None:
        return read_exif(data)
    head = bytes(data[:_HEAD])
    if head[4:12] == b"ftypcrx ":
        return _of_boxes(head)
    at = head.find(EXIF_PREFIX)
    return read_exif(head[at:]) if at >= 0 else Exif()


def raw_orientation(data: bytes | memoryview) -> int:
    """How its pictures are turned (EXIF, 1 to 8)."""
    if tiff.layout(data) is not None:
        return orientation_of(data)
    head = bytes(data[:_HEAD])
    if head[4:12] == b"ftypcrx ":
        return orientation_of(_box(head, _CANON["main"]))
    at = head.find(EXIF_PREFIX)
    return orientation_of(head[at:]) if at >= 0 else 1


def _of_boxes(head: bytes) -> Exif:
    found = {name: read_exif(_box(head, kind)) for name, kind in _CANON.items()}
    order = found["main"].order
    tags = {name: block.in_order(order).main for name, block in found.items()}
    return Exif(order, tags["main"], tags["photo"], tags["gps"])


def _box(head: bytes, kind: bytes) -> bytes:
    """What is in the first box of that kind; empty if there is none."""
    at = head.find(kind)
    if at < 4:
        return b""
    return head[at + 4 : at - 4 + int.from_bytes(head[at - 4 : at])]
