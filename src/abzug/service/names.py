"""What the names of people's files may hold."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
"""ZWNJ and ZWJ: neither Persian nor the languages of India nor many emoji are right without."""


def is_writable(char: str) -> bool:
    """Whether a name may hold a character: what prints, spaces of all widths, what joins letters.

    No control characters, no line ends, and nothing that turns the direction of the text around
    it: with that a name looks like another.
    """
    return char.isprintable() or char in _JOINERS or unicodedata.category(char) == "Zs"
