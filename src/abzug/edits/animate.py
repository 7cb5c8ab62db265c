"""From the frames of an animation to the bytes of a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from abzug.edits.animated_webp import animated_webp, changes
from abzug.edits.encode import best, dressed, writer
from abzug.edits.motion import Motion
from abzug.edits.on_disk import File
from abzug.edits.pixels import Deadline, Pixels, size_of

if TYPE_CHECKING:
    import pyvips

    from abzug.edits.decode import Photo
    from abzug.edits.profiles import Space


def encode_animation(
    frames: Sequence[Pixels],
    motion: Motion,
    output: Mapping[str, Any],
    photo: Photo,
    *,
    space: Space,
    deadline: Deadline,
) -> File:
    """The finished frames, all of one shape, as a file of the format of `output`, one of MOVING."""
    write = writer(output, size_of(frames[0]), photo.notices, deadline)
    images = [dressed(pixels, output, photo, space)[0] for pixels in frames]
    if output["format"] == "gif":
        roll = _roll(images, motion)
        deadline.watch(roll)
        return best(lambda quality: write(roll, quality), output)
    boxes = list(changes(frames))
    parts = [image.crop(*box) for image, box in zip(images, boxes, strict=True)]
    for part in parts:
        deadline.watch(part)

    def save(quality: int) -> bytes:
        first, *others = parts
        stills = [write(first, quality), *(write(part, quality, bare=True) for part in others)]
        return animated_webp(
            [bytes(still) for still in stills], boxes, motion, has_alpha=frames[0].shape[2] == 4
        )

    return best(save, output)


def _roll(images: list[pyvips.Image], motion: Motion) -> pyvips.Image:
    """The frames one below the other, as libvips's saver of GIF wants them."""
    import pyvips

    roll = pyvips.Image.arrayjoin(images, across=1).copy()
    roll.set_type(pyvips.GValue.gint_type, "page-height", images[0].height)
    roll.set_type(pyvips.GValue.array_int_type, "delay", list(motion.delays))
    roll.set_type(pyvips.GValue.gint_type, "loop", motion.loop)
    return roll
