"""How many pictures an animation has, from its beginning: its cost is foretold by that."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from abzug.edits.formats.format import Format


@dataclass(frozen=True, slots=True)
class Frames:
    """`count` pictures that end `end` bytes into the file, which may go on."""

    count: int
    end: int

    def in_all(self, size: int) -> int:
        """Of the whole file of `size` bytes: as many, byte for byte, as in its beginning."""
        return max(self.count, round(self.count * size / self.end))


def first_frames(head: bytes, form: Format) -> Frames | None:
    """The pictures whose ends `head`, the file's beginning, tells; None if it tells of none, or of
    a format that has but one.

    Never raises: a file that is damaged is the decoder's to complain about.
    """
    count = end = 0
    try:
        for end in form.picture_ends(head):  # noqa: B007  the last one is meant
            count += 1
    except (struct.error, IndexError):
        pass  # the head ends within a picture: those before it are told
    return Frames(count, end) if count else None
