"""Whether the strips and tiles of a DNG hold all that it declares (TIFF 6.0, sections 3 and 15).

LibRaw takes what it finds: where a piece is missing, short or narrow, the rest of the picture is
grey, or of one color, without a word.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from abzug.edits.formats.containers import jpeg, tiff
from abzug.edits.formats.damage import cut_off
from abzug.edits.formats.format import Data

_SUBFILE, _BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES = 254, 258, 259, 262, 277
_STRIPS, _ROWS, _TILES, _TILE_SIDES = (273, 279), 278, (324, 325), (322, 323)
_JPEG_TABLES = 347
_OF_A_SENSOR = {32803, 34892}
_PLAIN, _JPEG, _DEFLATE, _LOSSY = 1, 7, {8, 32946}, 34892
_MANY = 100_000
"""Pieces."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What of the picture has to be in a strip or tile: `rows` of `width` pixels."""

    data: memoryview
    width: int
    rows: int
    samples: int
    bits: int
    stored: int
    """Pixels of each row in the file, of a tile also those beyond the picture."""


def lossy_pieces(data: Data) -> Iterator[memoryview]:
    """Check all pieces, and give those that are ordinary JPEG files: whether all is there in them,
    decoding tells.

    Raises TruncatedPhoto where something is missing, UnreadablePhoto and UnsupportedPhoto as a JPEG
    does.
    """
    for directory in _pictures(data):
        compression = directory.integer(_COMPRESSION, _PLAIN)
        for piece in _pieces(directory):
            if compression == _PLAIN:
                _check_plain(piece)
            elif compression in _DEFLATE:
                _check_deflated(piece)
            elif compression in {_JPEG, _LOSSY} and _JPEG_TABLES not in directory.entries:
                if _is_lossy(piece):
                    yield piece.data
                else:
                    _check_lossless(piece)


def _pictures(data: Data) -> list[tiff.Directory]:
    """What the sensor counted, in full size."""
    found = [
        one
        for one in tiff.directories(data)
        if one.integer(_PHOTOMETRIC) in _OF_A_SENSOR and not one.integer(_SUBFILE) & 1
    ]
    return [one for one in found if _area(one) == max(map(_area, found))]


def _area(directory: tiff.Directory) -> int:
    return directory.integer(tiff.WIDTH) * directory.integer(tiff.HEIGHT)


def _pieces(directory: tiff.Directory) -> Iterator[Piece]:
    width, height = directory.integer(tiff.WIDTH), directory.integer(tiff.HEIGHT)
    sides = tuple(map(directory.integer, _TILE_SIDES))
    is_tiled = all(sides)
    across, down = sides if is_tiled else (width, directory.integer(_ROWS) or height)
    down = min(down, height)
    places = [
        (left, top) for top in range(0, height, down or 1) for left in range(0, width, across or 1)
    ][:_MANY]
    starts, lengths = (directory.integers(tag, _MANY) for tag in (_TILES if is_tiled else _STRIPS))
    if min(len(starts), len(lengths)) < len(places):
        raise cut_off()
    for (left, top), start, length in zip(places, starts, lengths, strict=False):
        yield Piece(
            directory.data[start:][:length],
            min(across, width - left),
            min(down, height - top),
            directory.integer(_SAMPLES, 1),
            directory.integer(_BITS, 1),
            across,
        )


def _check_plain(piece: Piece) -> None:
    row = (piece.stored * piece.samples * piece.bits + 7) // 8
    if len(piece.data) < row * piece.rows:
        raise cut_off()


def _check_deflated(piece: Piece) -> None:
    wanted = piece.stored * piece.samples * piece.bits // 8 * piece.rows
    try:
        found = zlib.decompressobj().decompress(piece.data, wanted)
    except zlib.error as error:
        raise cut_off() from error
    if len(found) < wanted:
        raise cut_off()


def _is_lossy(piece: Piece) -> bool:
    """Whether its JPEG is an ordinary one, which must be as large as the piece."""
    size = jpeg.picture_size(piece.data)
    if size is None:
        return False
    jpeg.check_markers(piece.data)
    if size[0] < piece.width or size[1] < piece.rows:
        raise cut_off()
    return True


def _check_lossless(piece: Piece) -> None:
    """Its sides may be others, for as many counts in all; LibRaw itself sees if some lack."""
    frame = jpeg.frame(piece.data)
    wanted = piece.width * piece.rows * piece.samples
    if frame is None or frame.width * frame.height * frame.components < wanted:
        raise cut_off()
