"""How the frames of an animation follow each other, and how many there may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abzug.edits.pixels.deadline import Deadline
from abzug.edits.pixels.vips_fields import blob, field, set_blob
from abzug.edits.sizes import Size
from abzug.errors import EditImpossible

if TYPE_CHECKING:
    import pyvips

MAX_FRAMES = 1000
_SHORTEST_DELAY, _USUAL_DELAY = 10, 100
"""Milliseconds. Up to the one, and where nothing is told, all browsers take the other."""


@dataclass(frozen=True, slots=True)
class Motion:
    """delays: milliseconds that each frame is shown. loop: how often all are; 0 is for ever."""

    delays: tuple[int, ...]
    loop: int

    @property
    def frames(self) -> int:
        return len(self.delays)


def motion_of(image: pyvips.Image) -> Motion | None:
    """Of a GIF or WebP that libvips has opened; None of one with a single frame."""
    frames = field(image, "n-pages", 1)
    told = [*field(image, "delay", []), *[0] * frames][:frames]
    delays = tuple(one if one > _SHORTEST_DELAY else _USUAL_DELAY for one in told)
    return Motion(delays, field(image, "loop", 0)) if frames > 1 else None


def refuse_too_long(motion: Motion, sizes: Iterable[Size], max_pixels: int) -> None:
    """Raise EditImpossible for more frames, or more pixels in those of all results, than are held
    in memory at a time; results are of these sizes."""
    if motion.frames > MAX_FRAMES:
        raise EditImpossible(
            f"The animation has {motion.frames:,} frames, at most {MAX_FRAMES:,}.",
            advice="Take a format without animation (jpeg, png) for its first frame.",
        )
    pixels = motion.frames * sum(width * height for width, height in sizes)
    if pixels > max_pixels:
        raise EditImpossible(
            f"The results would have {pixels / 1e6:,.0f} megapixels in {motion.frames} frames, "
            f"at most {max_pixels / 1e6:,.0f}.",
            advice="Set a smaller max_side, or order fewer results that move.",
        )


def split_frames(
    filmstrip: pyvips.Image, height: int, deadline: Deadline
) -> Iterator[pyvips.Image]:
    """The frames, each with its color profile, of a sequential image that has them one below the
    other; it is decoded as they are asked for."""
    import pyvips

    region = pyvips.Region.new(filmstrip)
    for top in range(0, filmstrip.height, height):
        deadline.check()
        pixels = np.frombuffer(region.fetch(0, top, filmstrip.width, height), np.uint8)
        frame = pyvips.Image.new_from_memory(
            pixels.data, filmstrip.width, height, filmstrip.bands, filmstrip.format
        )
        frame = frame.copy(interpretation=filmstrip.interpretation)
        set_blob(frame, "icc-profile-data", blob(filmstrip, "icc-profile-data"))
        yield frame
