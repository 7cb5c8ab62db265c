"""From the frames of an animation to the bytes of a result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from abzug.edits.decoding.animation import Motion
from abzug.edits.encoding.animated_webp import animated_webp, changes
from abzug.edits.encoding.encode import best, in_output_space, metadata_for, writer
from abzug.edits.formats.registry import format_named
from abzug.edits.on_disk import File
from abzug.edits.pixels.arrays import Pixels, size_of
from abzug.edits.pixels.deadline import Deadline

if TYPE_CHECKING:
    import pyvips

    from abzug.edits.color.profiles import Space
    from abzug.edits.decoding.photo import Photo
    from abzug.edits.outputs import Output


def encode_animation(
    frames: Sequence[Pixels],
    motion: Motion,
    output: Output,
    photo: Photo,
    *,
    space: Space,
    deadline: Deadline,
) -> File:
    """The finished frames, all of one shape, as a file for `output`, which can move."""
    write = writer(output, size_of(frames[0]), photo.notices, deadline)
    form = format_named(output.format)
    converted = [in_output_space(pixels, output, photo, space) for pixels in frames]
    images = [image for image, _ in converted]
    metadata = metadata_for(images[0], output, photo, is_srgb=converted[0][1])
    if output.saver.is_filmstrip:
        filmstrip = _filmstrip(images, motion)
        deadline.watch(filmstrip)
        return best(lambda quality: write(filmstrip, quality), output)
    boxes = list(changes(frames))
    parts = [image.crop(*box) for image, box in zip(images, boxes, strict=True)]
    for part in parts:
        deadline.watch(part)

    def save(quality: int) -> File:
        first, *others = parts
        stills = [write(first, quality), *(write(part, quality, bare=True) for part in others)]
        made = animated_webp(
            [bytes(still) for still in stills], boxes, motion, has_alpha=frames[0].shape[2] == 4
        )
        return metadata.added_to(made, form)

    return best(save, output)


def _filmstrip(images: list[pyvips.Image], motion: Motion) -> pyvips.Image:
    """The frames one below the other, as libvips's saver of GIF wants them."""
    import pyvips

    filmstrip = pyvips.Image.arrayjoin(images, across=1).copy()
    filmstrip.set_type(pyvips.GValue.gint_type, "page-height", images[0].height)
    filmstrip.set_type(pyvips.GValue.array_int_type, "delay", list(motion.delays))
    filmstrip.set_type(pyvips.GValue.gint_type, "loop", motion.loop)
    return filmstrip
