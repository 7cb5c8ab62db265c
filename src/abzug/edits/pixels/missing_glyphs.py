"""Letters that no font on this machine has: Pango draws a box with their number in their place."""

from __future__ import annotations

import functools
import unicodedata
from html import escape

_ASSIGNED_TO_NONE = "\ufdd0", "\U0001fffe"
"""Codes that no letter will ever have, of four digits and of more: what is drawn for them are
boxes (The Unicode Standard, 23.7)."""
_HEIGHT = 48

Frame = tuple[tuple[int, ...], bytes, bytes, bytes, bytes]


def boxes_in(text: str) -> str:
    """The letters in `text` that would become boxes, each once."""
    kinds = {char: unicodedata.category(char) for char in text}
    shown = (
        char for char, kind in kinds.items() if kind[0] not in "MZ" and kind not in {"Cc", "Cf"}
    )
    return "".join(char for char in shown if _is_box(char))


@functools.lru_cache(maxsize=4096)
def _is_box(char: str) -> bool:
    return _frame(char) == _frame(_ASSIGNED_TO_NONE[ord(char) > 0xFFFF])


def _frame(char: str) -> Frame | None:
    """The size of what is drawn and its outermost pixels: the frame, if it is a box. None: nothing.

    libvips does not tell what Pango knows. A real letter that has the very frame of a box, with its
    thickness, in its size, is not to be feared; the box letters of Unicode differ.
    """
    import pyvips

    try:
        drawn = pyvips.Image.text(escape(char), font=f"Sans {_HEIGHT}", dpi=72)
    except pyvips.Error:
        return None
    ink = drawn.numpy().reshape(drawn.height, drawn.width)
    edges = ink[0], ink[-1], ink[:, 0], ink[:, -1]
    top, bottom, left, right = (edge.tobytes() for edge in edges)
    return ink.shape, top, bottom, left, right
