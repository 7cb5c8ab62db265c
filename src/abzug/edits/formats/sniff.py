"""What a file is, told from its beginning and never from its name. Pure Python, for the web."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from abzug.edits.formats.animation_frames import Frames, first_frames
from abzug.edits.formats.format import UNKNOWN, Dimensions, Format
from abzug.edits.formats.other_files import what_else
from abzug.edits.formats.raw import raw_format
from abzug.edits.formats.registry import formats
from abzug.errors import UnreadablePhoto, UnsupportedPhoto

HEAD = 256 * 1024
"""Bytes of a file's beginning that are enough to tell what it is."""


@dataclass(frozen=True, slots=True)
class Sniffed:
    """Width and height are those of the upright photo; None where its beginning cannot tell.

    first_frames: of an animation, those that end in its beginning.
    """

    media_type: str
    width: int | None
    height: int | None
    frames: int | None = None
    first_frames: Frames | None = None

    def frames_in_all(self, size: int) -> int | None:
        """Frames of the whole file of `size` bytes: about as many where it is longer than what was
        looked at; None: not to be told."""
        return self.first_frames.in_all(size) if self.first_frames else self.frames


def sniff(head: bytes) -> Sniffed:
    """What the file that begins with `head` (its first HEAD bytes, or all of it) is.

    Raises UnsupportedPhoto, saying what it is instead, or UnreadablePhoto if it is empty.
    """
    if not head:
        raise UnreadablePhoto("The file is empty.")
    form = raw_format(head) or next((one for one in formats() if _is(one, head)), None)
    if form is None:
        raise UnsupportedPhoto(what_else(head))
    width, height, frames = dimensions(head, form)
    return Sniffed(form.media_type, width, height, frames, first_frames(head, form))


def dimensions(head: bytes, form: Format) -> Dimensions:
    """Width, height and frames of the photo that begins with `head`; None where it cannot tell.

    Never raises: a header that is damaged is the decoder's to complain about.
    """
    try:
        width, height, frames = form.dimensions(head)
    except (struct.error, ValueError, LookupError, TypeError, ArithmeticError):
        return UNKNOWN
    if width is None or height is None or width < 1 or height < 1:
        return UNKNOWN
    return width, height, frames


def _is(form: Format, head: bytes) -> bool:
    return form.has_signature(head) and (form.is_it is None or form.is_it(head))
