"""From an opened photo to its pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from abzug.edits.decoding.animation import split_frames
from abzug.edits.decoding.loader import loader_of
from abzug.edits.decoding.photo import Photo
from abzug.edits.formats.format import Data
from abzug.edits.pixels.arrays import Pixels, read
from abzug.edits.pixels.deadline import Deadline
from abzug.edits.pixels.vips_fields import blob, set_blob
from abzug.edits.raw.develop import develop

if TYPE_CHECKING:
    import pyvips


def decode(
    photo: Photo,
    shrink: int,
    prepare: Callable[[pyvips.Image], pyvips.Image],
    deadline: Deadline,
) -> Pixels:
    """The pixels, upright, of what `prepare` makes of the photo as it is stored.

    One that will be made smaller may come shrunk to a half, a quarter or an eighth (`shrink` 2, 4,
    8), where its format can: that saves most of the work of decoding.
    """
    loader = loader_of(photo.format)

    def pixels(data: Data, is_strict: bool) -> Pixels:
        if photo.raw is not None:
            image = develop(photo.raw, half=shrink > 1)
        else:
            image = loader.reduced(photo.image, data, shrink, is_strict=is_strict)
        image = prepare(_tagged(image, photo.profile))
        with _notes_heeded() if is_strict and loader.heeds_notes else nullcontext():
            return read(image, deadline, photo.orientation, file=data)

    return loader.read(photo.data, pixels)


def each_frame(photo: Photo, deadline: Deadline) -> Iterator[Photo]:
    """The frames of an animation, composed, each as a photo; not to be reduced when decoded."""
    frames, loader = photo.motion.frames if photo.motion else 1, loader_of(photo.format)
    loader.check_pixels(photo.data, frames)
    filmstrip = loader.load(photo.data, n=frames)
    for image in split_frames(filmstrip, photo.image.height, deadline):
        yield replace(photo, image=image)


@contextmanager
def _notes_heeded() -> Iterator[None]:
    """Raise what libjpeg or libtiff had to say of the pixels, if anything.

    What libjpeg says of the last rows libvips only notes down. Of a TIFF's tiles it notes errors
    down and goes on, with black or noise, unless it is told to fail on warnings, of which libtiff
    has many that do no harm.
    """
    import pyvips

    pyvips.Error("")  # takes the notes that there are, and leaves none
    yield
    noted = pyvips.Error("")
    if noted.detail:
        raise noted


def _tagged(image: pyvips.Image, profile: bytes | None) -> pyvips.Image:
    """With the photo's profile in it, also where that was not in the file."""
    if not profile or blob(image, "icc-profile-data") == profile:
        return image
    image = image.copy()
    set_blob(image, "icc-profile-data", profile)
    return image
