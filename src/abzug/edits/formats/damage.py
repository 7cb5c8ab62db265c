"""What is told of a file that is damaged or ends too early."""

from __future__ import annotations

from abzug.errors import TruncatedPhoto, UnreadablePhoto


def cut_off() -> TruncatedPhoto:
    return TruncatedPhoto("The file ends too early: part of the picture is missing.")


def damaged() -> UnreadablePhoto:
    return UnreadablePhoto("The file is damaged: the picture in it cannot be read.")
