"""The JPEG that a camera has put into its RAW: what is left of a photo that cannot be developed."""

from __future__ import annotations

from collections.abc import Iterator

from abzug.edits import tiff
from abzug.edits.base import Size
from abzug.edits.headers import dimensions

_WIDTH, _HEIGHT = 256, 257
_COMPRESSION, _PHOTOMETRIC = 259, 262
_STARTS, _LENGTHS = 273, 279
_JPEG_START, _JPEG_LENGTH = 513, 514
_JPEG = {6, 7}
_RGB_OR_YCBCR = {2, 6}
"""Not what a sensor counted, which may be packed as JPEG too."""
_LEAST = 4
"""A preview has at least a quarter of the sensor's longer side; a smaller one is a thumbnail."""


def largest_preview(data: bytes | memoryview) -> memoryview | None:
    """The largest preview in a RAW that is a TIFF inside; None if none could pass for the photo."""
    directories = list(tiff.directories(data))
    sensor = max((max(_size(one)) for one in directories), default=0)
    found = [(jpeg, size) for one in directories for jpeg, size in _jpegs(data, one)]
    if not found:
        return None
    jpeg, size = max(found, key=lambda preview: preview[1][0] * preview[1][1])
    return jpeg if max(size) * _LEAST >= sensor else None


def _jpegs(
    data: bytes | memoryview, directory: tiff.Directory
) -> Iterator[tuple[memoryview, Size]]:
    for start, length in _spans(directory):
        jpeg = memoryview(data)[start : start + length]
        width, height, _ = dimensions(bytes(jpeg), "image/jpeg")
        if bytes(jpeg[:3]) == b"\xff\xd8\xff" and width and height:
            yield jpeg, (width, height)


def _spans(directory: tiff.Directory) -> Iterator[tuple[int, int]]:
    is_picture = directory.integer(_PHOTOMETRIC, 6) in _RGB_OR_YCBCR
    starts, lengths = directory.integers(_STARTS), directory.integers(_LENGTHS)
    if directory.integer(_COMPRESSION) in _JPEG and is_picture and len(starts) == len(lengths) == 1:
        yield starts[0], lengths[0]
    if start := directory.integer(_JPEG_START):
        yield start, directory.integer(_JPEG_LENGTH)


def _size(directory: tiff.Directory) -> Size:
    return directory.integer(_WIDTH), directory.integer(_HEIGHT)
