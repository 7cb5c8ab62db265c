"""How many pictures an animation has, from its beginning: its cost is foretold by that."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frames:
    """`count` pictures that end `end` bytes into the file, which may go on."""

    count: int
    end: int

    def in_all(self, size: int) -> int:
        """Of the whole file of `size` bytes: as many, byte for byte, as in its beginning."""
        return max(self.count, round(self.count * size / self.end))


def first_frames(head: bytes, media_type: str) -> Frames | None:
    """The pictures whose ends `head`, the file's beginning, tells; None if it tells of none, or of
    a format that has but one.

    Never raises: a file that is damaged is the decoder's to complain about.
    """
    ends = _ENDS.get(media_type)
    count = end = 0
    try:
        for end in ends(head) if ends else ():  # noqa: B007  the last one is meant
            count += 1
    except (struct.error, IndexError):
        pass  # the head ends within a picture: those before it are told
    return Frames(count, end) if count else None


def _of_gif(head: bytes) -> Iterator[int]:
    """Blocks, each with sub-blocks that tell their lengths (GIF89a, sections 15 to 27)."""
    at = 13 + _colors(head[10])
    while head[at] in {_EXTENSION, _PICTURE}:
        is_picture = head[at] == _PICTURE
        at += 11 + _colors(head[at + 9]) if is_picture else 2
        while head[at]:
            at += 1 + head[at]
        at += 1
        if is_picture:
            yield at


_EXTENSION, _PICTURE = 0x21, 0x2C


def _colors(flags: int) -> int:
    """Bytes of the color table that these flags tell of."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _of_webp(head: bytes) -> Iterator[int]:
    at = 12
    while at + 8 <= len(head):
        (length,) = struct.unpack_from("<I", head, at + 4)
        is_picture = head[at : at + 4] == b"ANMF"
        at += 8 + length + length % 2
        if is_picture:
            yield at


_ENDS = {"image/gif": _of_gif, "image/webp": _of_webp}
