"""What a format is: all that Abzug knows of it without decoding a pixel."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from abzug.edits.formats.saver import Saver

Data = bytes | memoryview
Dimensions = tuple[int | None, int | None, int | None]
"""Width and height of the upright photo, and its frames; None: not to be told."""
UNKNOWN: Dimensions = (None, None, None)
ColorCode = tuple[int, int]
"""Color primaries and transfer characteristics, as ITU-T H.273 numbers them (CICP)."""


class Calibration(NamedTuple):
    """How a screen was calibrated for which the levels of a photo were made."""

    gamma: float | None
    """Of the levels for the light of that screen, such as 1/2.2."""
    primaries: tuple[float, ...] | None
    """x and y of red, green, blue and white."""


def no_dimensions(_: bytes) -> Dimensions:
    return UNKNOWN


def _no_pictures(_: bytes) -> Iterator[int]:
    return iter(())


def _no_end(_: Data) -> int:
    return 0


def _no_code(_: Data) -> ColorCode | None:
    return None


def _upright(_: Data) -> int:
    return 1


def _is_not(_: Data) -> bool:
    return False


@dataclass(frozen=True, eq=False)
class Format:
    """A kind of file that is read as a photo.

    Its functions take a file, or its beginning where they say `head`. Those of a head may raise
    what indexing and struct raise where it is cut off or damaged: then it tells nothing.
    """

    name: str
    media_type: str
    extensions: tuple[str, ...]
    """Of file names, without the dot; the usual one first."""
    place: int = 100
    """Among the formats that a person is shown; lower comes first."""

    signature: str = ""
    r"""A regular expression over the first bytes, each taken for the character of that number, in
    words that Python and JavaScript share; `.` is any byte. Empty: known by what is in it."""
    is_it: Callable[[bytes], bool] | None = None
    """Of a head with that signature, whether it is this format, where more has to be looked at."""

    dimensions: Callable[[bytes], Dimensions] = no_dimensions
    """Of a head."""
    orientation: Callable[[Data], int] = _upright
    """How its stored pixels stand (EXIF, 1–8), where decoding does not turn them; of a head too."""
    picture_ends: Callable[[bytes], Iterator[int]] = _no_pictures
    """Where in a head each picture of an animation ends."""
    is_sequence: Callable[[Data], bool] = _is_not
    """Whether a file moves of which only the first picture is read."""
    declared_end: Callable[[Data], int] = _no_end
    """How many bytes the file has by its own word, at least; 0: it does not tell. Decoders fill
    what is missing with grey or black, or do not say what is wrong."""
    color_code: Callable[[Data], ColorCode | None] = _no_code
    """What the file says of its colors in numbers, beside or instead of a profile."""
    calibration: Callable[[Data], Calibration | None] | None = None
    """What it says of them in another way, without either; a format that has none may say it in
    its EXIF."""
    has_damaged_profile: Callable[[Data], bool] = _is_not
    """Whether the profile is not to be used, because its checksum says so."""
    code_before_profile: bool = False
    """Whether that counts where there is a profile too."""

    loader: str = ""
    """libvips's operation that reads it from a source, such as `pngload_source`. Empty: libvips has
    none."""
    decoder: str = ""
    """The module in decoding/ whose LOADER reads it, where that is not enough. A format that has
    neither is only written."""
    pillow: str = ""
    """For the decoder `pillow`, its plug-in, such as `PpmImagePlugin:PpmImageFile`."""
    moves: bool = False
    """Whether its animations are read frame by frame."""
    shrinks: bool = False
    """Whether it can be decoded at a half, a quarter or an eighth of its size for less."""
    is_decoded_whole: bool = False
    """Whether all stored pixels are in memory before the first can be had."""
    turned: Callable[[Data], int] | None = None
    """How its decoder turns the stored picture, as an orientation of EXIF whatever that says; None:
    not at all."""
    is_exif: bool = False
    """Whether the file itself is laid out as EXIF is, and has its metadata so."""
    saver: Saver | None = None
    """How results are written in it; None: there are none."""
    has_text_chunks: bool = False
    """Whether it keeps author and title as keywords with text, as a PNG does."""

    @property
    def is_read(self) -> bool:
        return bool(self.loader or self.decoder)

    def has_signature(self, head: bytes) -> bool:
        return bool(self.signature) and bool(self._pattern.match(head))

    @functools.cached_property
    def _pattern(self) -> re.Pattern[bytes]:
        return re.compile(self.signature.encode("latin-1"), re.DOTALL)
