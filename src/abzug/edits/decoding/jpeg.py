"""JPEG, by libjpeg in libvips, which says what is wrong once only, be it harmless or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from abzug.edits.decoding.loader import Loader
from abzug.edits.formats.containers.jpeg import END, check_markers, has_end, mended
from abzug.edits.formats.damage import cut_off, damaged
from abzug.edits.formats.format import Data
from abzug.edits.pixels.arrays import Pixels

if TYPE_CHECKING:
    import pyvips

_HARMLESS = (
    "extraneous bytes before marker",
    "Invalid SOS parameters",
    "Unknown Adobe color transform",
    "unknown JFIF revision",
)
"""What many cameras' and programs' JPEG files make libjpeg say, though the picture is whole."""
_AT_THE_END = "extraneous bytes before marker 0xd9"


class JpegLoader(Loader):
    heeds_notes = True

    def check(self, data: Data) -> None:
        check_markers(data)

    def reduced(
        self, image: pyvips.Image, data: Data, shrink: int, *, is_strict: bool
    ) -> pyvips.Image:
        return self.load(data, fail_on="warning" if is_strict else "error", shrink=shrink)

    def read(self, data: Data, pixels: Callable[[Data, bool], Pixels]) -> Pixels:
        """Also of a file without the marker of the end, whose pixels are all there before it."""
        import pyvips

        end = check_markers(data)
        if has_end(data, end):
            return _read_whole(data, pixels)
        try:
            return _read_whole(bytes(data[:end]) + END, pixels)
        except pyvips.Error as error:
            raise (cut_off() if end == len(data) else damaged()) from error


def _read_whole(data: Data, pixels: Callable[[Data, bool], Pixels]) -> Pixels:
    """Whatever libjpeg complains of is an error at first, for with "premature end of data segment"
    the rest of the picture is grey. If it was of something harmless, that is mended and it is asked
    again, as it never tells of a second thing. Bytes too many at the very end are the only thing
    that it may still say then: behind them nothing else can be wrong.
    """
    import pyvips

    try:
        return pixels(data, True)
    except pyvips.Error as error:
        if not any(text in str(error) for text in _HARMLESS):
            raise
    whole = mended(data)
    try:
        return pixels(whole, True)
    except pyvips.Error as error:
        if _AT_THE_END not in str(error):
            raise
    return pixels(whole, False)


LOADER = JpegLoader
