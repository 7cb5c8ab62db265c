"""A photo that is opened: its header was read, its pixels are still to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from abzug.edits.decoding.animation import Motion
from abzug.edits.formats.format import Data, Format
from abzug.edits.metadata.policy import Metadata
from abzug.edits.raw.develop import Raw
from abzug.edits.sizes import Size
from abzug.messages import Notice

if TYPE_CHECKING:
    import pyvips


@dataclass(frozen=True)
class Photo:
    """It was found within the limits."""

    data: Data
    format: Format
    size: Size
    """Upright."""
    orientation: int
    """Of the stored pixels (EXIF, 1–8)."""
    profile: bytes | None
    metadata: Metadata
    image: pyvips.Image
    motion: Motion | None
    """Of an animation, whose first frame `image` is."""
    notices: list[Notice]
    raw: Raw | None = None
    """What `image` is to be developed from, in whatever size; until then it is only a size."""

    def reduction(self, shrink: int) -> int:
        """How many times smaller it comes, if it may come shrunk by so much."""
        if self.raw is not None:
            return min(shrink, 2)
        return shrink if self.format.shrinks else 1
