"""How the pixels of a format are had: by libvips, unless the format's own module knows better."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from abzug.edits.formats.format import Data, Format
from abzug.edits.pixels.arrays import Pixels
from abzug.messages import Notice

if TYPE_CHECKING:
    import pyvips


class Loader:
    """Reads files of one format. A subclass says what is different of its own."""

    heeds_notes = False
    """Whether it is an error what the library has noted of the pixels, and then has gone on."""

    def __init__(self, form: Format) -> None:
        self.format = form

    def check(self, data: Data) -> None:
        """Raise PhotoError for damage that the library would pass over without a word."""

    def prepared(self, data: Data) -> Data:
        """The file as it is to be read: with what the library would else take wrongly."""
        return data

    def check_pixels(self, data: Data, frames: int = 1) -> None:
        """The same, where the pixels of these frames have to be looked at: they are no more than
        are allowed."""

    def open(self, data: Data, max_pixels: int, notices: list[Notice]) -> pyvips.Image | bytes:
        """The image, not yet decoded if libvips reads it; or the JPEG that is packed in the file.

        What the person should know is added to `notices`. Raises PhotoError, also for more than
        `max_pixels` where all of them are decoded at once.
        """
        return self.load(data)

    def reduced(
        self, image: pyvips.Image, data: Data, shrink: int, *, is_strict: bool
    ) -> pyvips.Image:
        """The image that was opened from `data`, ready to be read, `shrink` times smaller if the
        format can. Unless it is strict, the library may say something harmless."""
        return image

    def read(self, data: Data, pixels: Callable[[Data, bool], Pixels]) -> Pixels:
        """What `pixels` gives of a file, which it is to read strictly or not."""
        return pixels(data, True)

    def load(self, data: Data, *, fail_on: str = "error", **options: Any) -> pyvips.Image:
        """By libvips, to be read from top to bottom."""
        import pyvips

        operation = getattr(pyvips.Image, self.format.loader)
        source = pyvips.Source.new_from_memory(data)  # of a buffer, pyvips would make a copy
        image: pyvips.Image = operation(source, access="sequential", fail_on=fail_on, **options)
        return image


@functools.cache
def loader_of(form: Format) -> Loader:
    """The one of its module in this folder, or else libvips's."""
    if not form.decoder:
        return Loader(form)
    loader: Loader = importlib.import_module(f"{__package__}.{form.decoder}").LOADER(form)
    return loader
