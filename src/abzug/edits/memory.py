"""Whether a photo can be edited in the memory that there is, told before any of it is decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abzug.edits.base import Stage
from abzug.edits.plan import Edits, Outputs, of_stage, plan
from abzug.errors import EditOutOfMemory

if TYPE_CHECKING:
    from abzug.edits.decode import Photo

PROCESS = 800 * 2**20
"""Bytes of address space of an editing process without a photo: most of it are libraries."""
COPIES = 2
"""How often the pixels are held at least. Measured: 2.2 times without edits, to 3.7 with blur."""


def refuse_too_heavy(photo: Photo, edits: Edits, outputs: Outputs, limit: int) -> None:
    """Raise EditOutOfMemory for what surely needs more than `limit` bytes (0: no limit).

    What may need more is tried: it fails of it, if so, when its memory is used up.
    """
    needed = PROCESS + len(photo.data) + COPIES * _pixels(photo, edits, outputs)
    if limit and needed > limit:
        depth = 16 if photo.image.format == "ushort" else 8
        mega = photo.size[0] * photo.size[1] / 1e6
        raise EditOutOfMemory(
            f"{mega:,.0f} megapixels of {depth} bits need at least {needed / 2**30:.1f} GiB of "
            f"memory so, at most {limit / 2**30:.1f}."
        )


def _pixels(photo: Photo, edits: Edits, outputs: Outputs) -> int:
    """Bytes of the largest picture that is held as a whole."""
    planned = plan(photo.size, edits, outputs)
    width, height = planned.largest
    if of_stage(edits, Stage.retouch, Stage.geometry):
        width, height = (side // planned.shrink for side in photo.size)
    bands = 4 if photo.image.hasalpha() else 3
    return width * height * bands * (2 if photo.image.format == "ushort" else 1)
