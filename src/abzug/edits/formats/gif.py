"""GIF (89a)."""

from __future__ import annotations

from collections.abc import Iterator

from abzug.edits.formats.containers import gif
from abzug.edits.formats.format import UNKNOWN, Dimensions, Format
from abzug.edits.formats.saver import Saver


def dimensions(head: bytes) -> Dimensions:
    return (*gif.canvas(head), None) if any(gif.frames(head)) else UNKNOWN


def picture_ends(head: bytes) -> Iterator[int]:
    return (block.end for block in gif.blocks(head) if block.is_picture and block.end is not None)


FORMAT = Format(
    name="gif",
    media_type="image/gif",
    extensions=("gif",),
    place=60,
    signature=r"GIF8[79]a",
    dimensions=dimensions,
    picture_ends=picture_ends,
    loader="gifload_source",
    decoder="gif",
    moves=True,
    saver=Saver(
        operation="gifsave",
        # A palette of its own for each frame: one taken over leaves patches. Frames that equal the
        # one before stay frames.
        options={"effort": 5, "interpalette_maxerror": 0, "keep_duplicate_frames": True},
        longest_side=65_535,
        moves=True,
        is_filmstrip=True,
        holds_metadata=False,
    ),
)
