"""The JPEG that a camera has put into its RAW: what is left of a photo that cannot be developed."""

from __future__ import annotations

from collections.abc import Iterator

from abzug.edits.formats.containers import cr3, raf, tiff
from abzug.edits.formats.containers.jpeg import picture_size

_WIDTH, _HEIGHT = 256, 257
_COMPRESSION, _PHOTOMETRIC = 259, 262
_STARTS, _LENGTHS = 273, 279
_JPEG_START, _JPEG_LENGTH = 513, 514
_FULL_SIZE = 40962, 40963
"""Of EXIF, where a CR2 has its only word of it."""
_JPEG = {6, 7}
_RGB_OR_YCBCR = {2, 6}
"""Not what a sensor counted, which may be packed as JPEG too."""
_PANASONIC, _PANASONIC_JPEG, _PANASONIC_SENSOR = b"IIU\0", 46, (2, 3)
_MAKER_NOTE = 37500
_OLYMPUS = {b"OLYMPUS\0II\x03\0": 12, b"OM SYSTEM\0\0\0II\x04\0": 16}
"""How its notes begin, and where their directory is; offsets count from the beginning."""
_OLYMPUS_CAMERA, _OLYMPUS_JPEG = 0x2020, (0x101, 0x102)
_LEAST = 4
"""A preview has at least a quarter of the sensor's longer side; a smaller one is a thumbnail."""
_USUAL_SIDE = 4096
"""Of a sensor, where the file does not tell."""


def largest_preview(data: bytes | memoryview, kind: str) -> memoryview | None:
    """The largest preview in a RAW of that kind (raw_kind); None if none could pass for the photo.

    The older CRW, MRW and X3F are not looked into.
    """
    view = memoryview(data)
    match kind:
        case "CR3":
            previews, sensor = cr3.previews(view), cr3.sensor_side(view)
        case "RAF":
            previews, sensor = raf.previews(view), raf.sensor_side(view)
        case _:
            previews, sensor = _in_directories(view), _sensor_side(view)
    found = [(jpeg, size) for jpeg in previews if (size := picture_size(jpeg))]
    if not found:
        return None
    jpeg, size = max(found, key=lambda preview: preview[1][0] * preview[1][1])
    return jpeg if max(size) * _LEAST >= (sensor or _USUAL_SIDE) else None


def _in_directories(data: memoryview) -> Iterator[memoryview]:
    for directory in tiff.directories(data):
        for start, length in _spans(data, directory):
            yield data[start:][:length]


def _spans(data: memoryview, directory: tiff.Directory) -> Iterator[tuple[int, int]]:
    is_picture = directory.integer(_PHOTOMETRIC, 6) in _RGB_OR_YCBCR
    starts, lengths = directory.integers(_STARTS), directory.integers(_LENGTHS)
    if directory.integer(_COMPRESSION) in _JPEG and is_picture and len(starts) == len(lengths) == 1:
        yield starts[0], lengths[0]
    if start := directory.integer(_JPEG_START):
        yield start, directory.integer(_JPEG_LENGTH)
    if data[:4] == _PANASONIC and (jpeg := directory.entries.get(_PANASONIC_JPEG)):
        yield jpeg.start, jpeg.end - jpeg.start
    if note := directory.entries.get(_MAKER_NOTE):
        yield from _of_olympus(data, note.start)


def _of_olympus(data: memoryview, at: int) -> Iterator[tuple[int, int]]:
    note = data[at:]
    for start, first in _OLYMPUS.items():
        if note[: len(start)] == start:
            layout = tiff.Layout("<", big=False, first=first)
            main, _ = layout.directory(note, first)
            camera, _ = layout.directory(note, main.integer(_OLYMPUS_CAMERA, len(note)))
            place, length = map(camera.integer, _OLYMPUS_JPEG)
            yield at + place, length


def _sensor_side(data: memoryview) -> int:
    tags = {_WIDTH, _HEIGHT, *_FULL_SIZE}
    if data[:4] == _PANASONIC:
        tags |= set(_PANASONIC_SENSOR)
    every = tiff.directories(data)
    return max((one.integer(tag) for one in every for tag in tags), default=0)
