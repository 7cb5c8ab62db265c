"""What the libraries' errors mean, in a photographer's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from abzug.edits.formats.damage import cut_off, damaged
from abzug.edits.pixels.deadline import Deadline
from abzug.errors import (
    EditOutOfMemory,
    PhotoError,
    UnreadablePhoto,
    UnsupportedPhoto,
)

_CUT_OFF = (
    "premature end of jpeg image",
    "end of file",
    "end of stream",
    "truncat",
    "unexpected end",
    "not enough data",
    "bad seek",
)
_UNSUPPORTED = (
    "compression support is not configured",
    "decoding is not implemented",
    "separate planes not supported",
)
"""What libtiff and libvips say of ways to pack pixels that they know and cannot read."""
_OF_THE_PROFILE = ("vipsicc",)
_NO_MEMORY = ("out of memory", "memory allocation", "insufficient memory", "unable to allocate")


@contextmanager
def photo_errors(deadline: Deadline) -> Iterator[None]:
    """Turn what the libraries raise over a photo into PhotoErrors; other errors are bugs, and pass.

    libvips says in words only why it failed, so words are what is looked at.
    """
    import cv2
    import pyvips

    # what was noted of an earlier photo would be told of this one
    pyvips.vips_lib.vips_error_clear()
    try:
        yield
    except MemoryError as error:
        raise _no_memory() from error
    except cv2.error as error:
        if not _says(error, _NO_MEMORY):
            raise
        raise _no_memory() from error
    except UnicodeDecodeError as error:
        # libvips quotes a damaged file's own bytes, over which pyvips stumbles
        raise damaged() from error
    except pyvips.Error as error:
        deadline.check()  # an image killed by the deadline's watch fails with some error of vips
        raise _of_vips(error) from error


def _of_vips(error: Exception) -> PhotoError:
    if _says(error, _NO_MEMORY):
        return _no_memory()
    if _says(error, _OF_THE_PROFILE):
        return UnreadablePhoto(
            "The color profile in the file is damaged: what its colors are cannot be told.",
            advice="Give the photo a profile anew, or none, which is sRGB.",
        )
    if _says(error, _UNSUPPORTED):
        return UnsupportedPhoto(
            "How the pixels are packed in this file is not supported.",
            advice="Save it anew, without compression or with LZW or ZIP.",
        )
    return cut_off() if _says(error, _CUT_OFF) else damaged()


def _no_memory() -> EditOutOfMemory:
    return EditOutOfMemory("Editing needed more memory than one photo may take.")


def _says(error: Exception, words: tuple[str, ...]) -> bool:
    text = str(error).lower()
    return any(word in text for word in words)
