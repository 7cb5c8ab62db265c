"""What stands between the markers of a JPEG (ITU-T T.81, annex B).

Of what it meets libjpeg reports the first thing only, be it harmless or not: behind a few bytes too
many in the header half of the picture may be grey without a word. So what can be told from the
markers is told here, and the harmless is mended before libjpeg is asked again.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from abzug.edits.formats.containers.tiff import EXIF_PREFIX
from abzug.edits.formats.damage import cut_off, damaged
from abzug.errors import UnsupportedPhoto

_MARKER = re.compile(rb"\xff[^\x00\xff]")
_BEHIND_A_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""Within it stand stuffed zeros and restart markers."""
APP1, APP11, APP13 = 0xE1, 0xEB, 0xED
_APP0, APP14, _SOS, _EOI = 0xE0, 0xEE, 0xDA, 0xD9
END = bytes([0xFF, _EOI])
_DEEP = 12
"""Bits a channel that the standard has beside 8."""
_ALONE = {0x01, 0xD8, *range(0xD0, 0xD8)}
"""Markers without a segment."""
_BETWEEN_SCANS = {0xC4, 0xCC, 0xDA, 0xDB, 0xDC, 0xDD, 0xFE, *range(0xE0, 0xF0)}
"""Tables, scans, lines, restarts, a comment, whatever a program adds."""
_SEQUENTIAL = {0xC0, 0xC1, 0xC9}
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}
_UNREAD = {0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7}
"""Frames without loss or in several sizes, and of JPEG-LS."""
_ADVICE = "Save it anew as an ordinary JPEG, with 8 bits a channel."
_MANY = 1000
"""Segments before the frame: hardly any picture has more than a hundred."""


def check_markers(data: bytes | memoryview) -> int:
    """Where the marker of the end is. Some cameras leave it out: then where it ought to be, before
    a marker that cannot be among pixels or at the end of the file; whether the pixels are all
    there, only decoding them tells.

    Raises TruncatedPhoto if scans are missing, UnreadablePhoto if there are too few or too many,
    UnsupportedPhoto if libjpeg has no decoder of it.
    """
    scans, at = _Scans(), len(data)
    for kind, start, _ in _segments(data):
        if kind == _EOI or (scans.count and kind not in _BETWEEN_SCANS):
            at = start
            break
        if not scans.count and kind in _UNREAD:
            raise UnsupportedPhoto("A lossless JPEG is not supported.", advice=_ADVICE)
        if kind in _FRAMES and _byte(data, start + 4) == _DEEP:
            raise UnsupportedPhoto(f"A JPEG of {_DEEP} bits is not supported.", advice=_ADVICE)
        if kind in _FRAMES:
            scans.frame(kind, data[start:][: 10 + 3 * _byte(data, start + 9)])
        if kind == _SOS:
            scans.add(data[start:][: 8 + 2 * _byte(data, start + 4)])
    if not has_end(data, at) and not scans.reach_all():
        raise cut_off()
    if scans.components is not None and scans.count != scans.components:
        raise damaged()
    return at


def has_end(data: bytes | memoryview, at: int) -> bool:
    """Whether the marker of the end is at that place."""
    return bytes(data[at : at + 2]) == END


class _Scans:
    """What of the pixels the scans of a picture tell, by their headers."""

    def __init__(self) -> None:
        self.count = 0
        """Of components in all scans."""
        self.components: int | None = None
        """That a sequential picture has; each is told once."""
        self._rough: dict[int, list[bool]] = {}
        """Of each component of a progressive one, the frequencies of which bits are missing."""

    def frame(self, kind: int, header: bytes | memoryview) -> None:
        if kind in _SEQUENTIAL:
            self.components = _byte(header, 9)
        else:
            self._rough = {one: [True] * 64 for one in header[10::3]}

    def add(self, header: bytes | memoryview) -> None:
        self.count += _byte(header, 4)
        if self._rough and len(header) >= 8:
            first, last, bits = header[-3:]
            for component in header[5:-3:2]:
                rough = self._rough.get(component, [])
                rough[first : last + 1] = [bits & 15 > 0] * len(rough[first : last + 1])

    def reach_all(self) -> bool:
        """Whether no scan is missing."""
        if self.components is not None:
            return self.count >= self.components > 0
        return bool(self._rough) and not any(map(any, self._rough.values()))


def _byte(data: bytes | memoryview, at: int) -> int:
    return data[at] if at < len(data) else 0


class Frame(NamedTuple):
    width: int
    height: int
    components: int


def frame(data: bytes | memoryview) -> Frame | None:
    """The first frame, of whatever kind; None where that is not to be found."""
    for kind, start, end in islice(_segments(data), _MANY):
        if kind in _FRAMES | _UNREAD and end - start >= 10:
            height, width, components = struct.unpack_from(">HHB", data, start + 5)
            return Frame(width, height, components)
        if kind == _SOS:
            break
    return None


def exif(data: bytes | memoryview) -> bytes:
    """The first EXIF block before the pixels, which of several is the one that counts, with its
    prefix; empty if there is none."""
    for kind, start, end in islice(_segments(data), _MANY):
        if kind == APP1 and data[start + 4 : start + 10] == EXIF_PREFIX:
            return bytes(data[start + 4 : end])
        if kind == _SOS:
            break
    return b""


def picture_size(data: bytes | memoryview) -> tuple[int, int] | None:
    """Width and height of a JPEG that is a picture; None of what a sensor counted, which is packed
    without loss, and of what is no JPEG."""
    if bytes(data[:3]) != b"\xff\xd8\xff":
        return None
    for kind, start, end in islice(_segments(data), _MANY):
        if kind in _FRAMES and end - start >= 9:
            bits, height, width = struct.unpack_from(">BHH", data, start + 4)
            return (width, height) if bits == 8 and width and height else None
        if kind == _SOS:
            break
    return None


def mended(data: bytes | memoryview) -> bytes:
    """The same without what libjpeg complains of in the headers of pictures that are whole.

    Bytes between segments go; so do numbers of versions and transforms that nobody knows, for
    those that libjpeg takes in their place.
    """
    parts, end, is_sequential = [b"\xff\xd8"], 2, False
    for kind, start, end in _segments(data):
        segment = bytearray(data[start:end])
        is_sequential |= kind in _SEQUENTIAL
        if kind == _SOS:
            if is_sequential:
                segment[-3:] = b"\x00\x3f\x00"
            return b"".join([*parts, segment, data[end:]])
        if kind == _APP0 and segment[4:9] == b"JFIF\0":
            segment[9:10] = b"\x01"
        if kind == APP14 and segment[4:9] == b"Adobe" and segment[15:16] > b"\x02":
            segment[15:16] = b"\x01"
        parts.append(bytes(segment))
    return b"".join([*parts, data[end:]])


def with_resolution(file: bytes, across: float, down: float) -> bytes:
    """A JPEG with a JFIF segment, which libvips leaves out: resolution in pixels per inch."""
    numbers = (min(max(1, round(number)), 0xFFFF) for number in (across, down))
    body = b"JFIF\0" + struct.pack(">BBBHHBB", 1, 2, 1, *numbers, 0, 0)
    return file[:2] + segment(_APP0, body) + file[2:]


def segment(kind: int, body: bytes) -> bytes:
    """A marker with at most 65,533 bytes."""
    return struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body


def headers(data: bytes | memoryview) -> Iterator[tuple[int, bytes]]:
    """Kind and body of each segment before the pixels."""
    for kind, start, end in islice(_segments(data), _MANY):
        if kind in {_SOS, _EOI}:
            return
        yield kind, bytes(data[start + 4 : end])


def _segments(data: bytes | memoryview) -> Iterator[tuple[int, int, int]]:
    """Each marker behind the first, with its segment: kind, start, end. Pixels are skipped."""
    at, expected = 2, _MARKER
    while found := expected.search(data, at):
        start, kind = found.start(), data[found.end() - 1]
        at = start + 2
        if kind not in _ALONE and kind != _EOI:
            at += max(2, int.from_bytes(data[at : at + 2]))
        yield kind, start, min(at, len(data))
        expected = _BEHIND_A_SCAN if kind == _SOS else _MARKER
