"""Pixels of a BMP that are numbers of colors: whether all are there, and have a color.

Decoders take the first color, or black, for those that are not.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from abzug.edits.formats.damage import cut_off, damaged

_FILE_HEADER, _OF_OS2 = 14, 12
_PLAIN, _RUNS_OF_8, _RUNS_OF_4 = 0, 1, 2
_END_OF_LINE, _END, _MOVE = 0, 1, 2
"""What the byte behind a zero asks for; a higher one is a count of numbers that follow."""


@dataclass(frozen=True, slots=True)
class Layout:
    width: int
    height: int
    bits: int
    """Of a number: 1, 4 or 8."""
    runs: bool
    colors: int
    """In its table."""
    start: int


def check_colors(data: bytes | memoryview) -> None:
    """Raise TruncatedPhoto if runs of pixels end too early, UnreadablePhoto if they do not fill
    their lines, or if a pixel has a color that is not in the table. Of other BMPs: nothing."""
    if (found := layout(data)) is None:
        return
    view = memoryview(data)
    numbers = _in_runs(view, found) if found.runs else _in_lines(view, found)
    if max(numbers, default=0) >= found.colors:
        raise damaged()


def layout(data: bytes | memoryview) -> Layout | None:
    """None of a BMP without a table of colors, or whose header is not whole."""
    if len(data) < _FILE_HEADER + 40:
        return None
    start, header = struct.unpack_from("<II", data, 10)
    if header == _OF_OS2:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
        how, told, each = _PLAIN, 0, 3
    else:
        width, height, _, bits, how = struct.unpack_from("<iiHHI", data, 18)
        (told,), each = struct.unpack_from("<I", data, 46), 4
    kinds = {_PLAIN: {1, 4, 8}, _RUNS_OF_8: {8}, _RUNS_OF_4: {4}}
    if bits not in kinds.get(how, ()) or width < 1 or not height:
        return None
    room = (start - _FILE_HEADER - header) // each
    colors = min(told or 1 << bits, 1 << bits, room)
    return Layout(width, abs(height), bits, how != _PLAIN, colors, start)


def _in_lines(data: memoryview, found: Layout) -> Iterator[int]:
    """The highest number in each line."""
    stride = (found.width * found.bits + 31) // 32 * 4
    whole, rest = divmod(found.width, 8 // found.bits)
    for line in range(min(found.height, len(data) // stride)):
        row = data[found.start + line * stride :][:stride]
        numbers = {number for byte in set(row[:whole]) for number in _numbers(byte, found.bits)}
        if rest and len(row) > whole:
            numbers |= set(_numbers(row[whole], found.bits)[:rest])
        yield max(numbers, default=0)


def _numbers(byte: int, bits: int) -> list[int]:
    return [byte >> shift & (1 << bits) - 1 for shift in range(8 - bits, -1, -bits)]


def _in_runs(data: memoryview, found: Layout) -> Iterator[int]:
    """The highest number in each run. What is moved over has no color, which is no damage."""
    at, x, y, has_moved = found.start, 0, 0, False
    while at + 2 <= len(data):
        count, what = data[at], data[at + 1]
        at += 2
        if count:
            yield max(_numbers(what, found.bits)[:count])
            x += count
        elif what == _END_OF_LINE:
            if x < found.width and not has_moved:
                raise damaged()
            x, y, has_moved = 0, y + 1, False
        elif what == _END:
            break
        elif what == _MOVE:
            right, up = data[at : at + 2] if at + 2 <= len(data) else (0, 0)
            x, y, at, has_moved = x + right, y + up, at + 2, True
        else:
            size = (what * found.bits + 7) // 8
            every = [one for byte in data[at : at + size] for one in _numbers(byte, found.bits)]
            yield max(every[:what], default=0)
            x, at = x + what, at + size + size % 2
        if x > found.width:
            raise damaged()
    is_last = y == found.height - 1 and (x == found.width or has_moved)
    if not is_last and y < found.height:
        raise cut_off()
