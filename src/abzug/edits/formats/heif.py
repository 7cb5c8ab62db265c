"""What HEIC and AVIF share: an ISO media file with pictures as items (ISO/IEC 23008-12)."""

from __future__ import annotations

import struct

from abzug.edits.formats.containers.heif_pictures import end_of_items, lacks_parts
from abzug.edits.formats.containers.iso_boxes import boxes, end_of_last, first_of, until
from abzug.edits.formats.containers.iso_tracks import end_of_tracks
from abzug.edits.formats.damage import damaged
from abzug.edits.formats.format import ColorCode, Data, Dimensions
from abzug.edits.homography import composed

_EITHER = {b"mif1", b"mif2", b"msf1"}
_SEQUENCES = {b"avis", b"msf1", b"hevc", b"hevx", b"hevm", b"hevs"}
"""Brands of files whose pictures are a film (10.3; AV1 Image File Format, 6)."""


def brands(head: bytes) -> tuple[bytes, set[bytes]]:
    """The major brand, and those that the file is compatible with."""
    size = min(int.from_bytes(head[:4]), 512)
    major, *others = [head[at : at + 4] for at in range(8, size, 4)] or [b""]
    return major, set(others)


def is_of(head: bytes, family: set[bytes], *, is_default: bool = False) -> bool:
    """Whether the brands are of that family; `is_default`: also where they name no family."""
    major, others = brands(head)
    return major in family or (major in _EITHER and (is_default or bool(family & others)))


def is_sequence(data: Data) -> bool:
    return bytes(data[8:12]) in _SEQUENCES


def declared_end(data: Data) -> int:
    """Where the last picture ends, or the film. What is behind it is no matter: cameras put there
    what is theirs. In a file that does not tell where its pictures are, all boxes count."""
    view = memoryview(data)
    items, items_told = first_of(view, b"meta")
    film, film_told = first_of(view, b"moov") if is_sequence(data) or not items else (items[:0], 0)
    if not items and not film:
        return end_of_last(view)
    return max(items_told, end_of_items(items), film_told, end_of_tracks(film))


def check_parts(data: Data) -> None:
    """Raise UnreadablePhoto if a tile of the picture, or all of it, is not there, or in pieces."""
    view = memoryview(data)
    items, _ = first_of(view, b"meta")
    if lacks_parts(view, items):
        raise damaged()


def without_trailer(data: Data) -> memoryview:
    """The file without boxes behind the last picture: of those libheif complains that are none."""
    return memoryview(data)[: until(data, declared_end(data))]


def dimensions(head: bytes) -> Dimensions:
    """Of the primary item: its `ispe`, cut by `clap`, turned by `irot`."""
    width = height = None
    for kind, body in _properties_of_primary(head):
        if kind == b"ispe":
            width, height = struct.unpack_from(">II", body, 4)
        elif kind == b"clap":  # the part of it that is to be seen, as two fractions
            across, by_across, down, by_down = struct.unpack_from(">IIII", body)
            width, height = round(across / by_across), round(down / by_down)
        elif kind == b"irot" and body[0] & 1:
            width, height = height, width
    return width, height, None


_TURNS = {0: 1, 1: 8, 2: 3, 3: 6}
"""EXIF's orientation by the quarters that `irot` turns to the left (ISO/IEC 23008-12, 6.5.10)."""
_MIRRORS = {0: 4, 1: 2}
"""The same by what `imir` exchanges (6.5.12): top and bottom, left and right."""


def orientation(data: Data) -> int:
    """What decoders do to the primary item, as an orientation of EXIF (1 to 8)."""
    try:
        owned = _properties_of_primary(data)
    except (LookupError, struct.error):
        return 1
    steps = [
        _TURNS[body[0] & 3] if kind == b"irot" else _MIRRORS[body[0] & 1]
        for kind, body in owned
        if kind in {b"irot", b"imir"} and body
    ]
    return composed(*steps)


def _properties_of_primary(data: Data) -> list[tuple[bytes, bytes]]:
    meta = bytes(dict(boxes(memoryview(data)))[b"meta"][4:])
    parts = dict(boxes(meta))
    primary_box = parts[b"pitm"]
    primary = int.from_bytes(primary_box[4 : 8 if primary_box[0] else 6])
    properties = dict(boxes(parts[b"iprp"]))
    containers = list(boxes(properties[b"ipco"]))
    return [containers[index - 1] for index in _associations(properties[b"ipma"])[primary]]


def color_code(data: Data) -> ColorCode | None:
    """Of the first `colr` box that holds numbers (6.5.5)."""
    try:
        meta = dict(boxes(memoryview(data)))[b"meta"][4:]
        properties = dict(boxes(dict(boxes(meta))[b"iprp"]))[b"ipco"]
        colors = [body for kind, body in boxes(properties) if kind == b"colr"]
        told = next(body for body in colors if bytes(body[:4]) == b"nclx")
        primaries, transfer = struct.unpack_from(">HH", told, 4)
    except (LookupError, StopIteration, struct.error):
        return None
    return primaries, transfer


def _associations(body: bytes) -> dict[int, list[int]]:
    """Item → indices of its properties, from an `ipma` box."""
    version, wide = body[0], body[3] & 1
    (count,) = struct.unpack_from(">I", body, 4)
    at, found = 8, {}
    for _ in range(min(count, len(body))):
        (item,) = struct.unpack_from(">I" if version else ">H", body, at)
        at += 4 if version else 2
        many, at = body[at], at + 1
        form = f">{many}{'H' if wide else 'B'}"
        mask = 0x7FFF if wide else 0x7F
        found[item] = [index & mask for index in struct.unpack_from(form, body, at)]
        at += struct.calcsize(form)
    return found
