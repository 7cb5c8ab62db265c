"""Watermark: lines of text on top of the finished picture, in any script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field

from abzug.edits.base import Operation, Parameters, Size, Stage
from abzug.edits.pixels import Pixels, level, scale, size_of
from abzug.errors import EditImpossible

if TYPE_CHECKING:
    import pyvips

_SMALL = 24.0
_ROWS = {"top": 0.0, "bottom": 1.0}
_COLUMNS = {"left": 0.0, "right": 1.0}


def _printable(text: str) -> str:
    if not text.strip():
        raise ValueError("there is nothing to write")
    if any(not (char.isprintable() or char in "\n\u200c\u200d") for char in text):
        raise ValueError("it holds a character that cannot be written")
    return text


class Watermark(Parameters):
    text: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
    position: Literal[
        "top-left",
        "top",
        "top-right",
        "left",
        "center",
        "right",
        "bottom-left",
        "bottom",
        "bottom-right",
    ] = "bottom-right"
    opacity: Annotated[float, Field(strict=True, ge=0, le=100)] = 60.0
    size: Annotated[float, Field(strict=True, ge=0.5, le=50)] = 4.0
    """Height of the letters, in percent of the picture's shorter side."""
    margin: Annotated[float, Field(strict=True, ge=0, le=50)] = 2.5
    """Distance from the edge, in percent of the picture's shorter side."""
    color: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#ffffff"


Watermarks = Annotated[tuple[Watermark, ...], Field(max_length=10)]
Patch = Pixels
"""RGBA."""


def watermark(pixels: Pixels, marks: tuple[Watermark, ...]) -> Pixels:
    """Write all marks in place, the last on top; only the pixels below a text are touched.

    `pixels` may have alpha: where the picture is transparent, the text is not.
    """
    picture = size_of(pixels)
    for mark in marks:
        patch = _render(mark, picture)
        left, top = _place(mark, picture, size_of(patch))
        below = pixels[top : top + len(patch), left : left + patch.shape[1]]
        _compose(below, patch[: below.shape[0], : below.shape[1]], mark.opacity / 100)
    return pixels


def _render(mark: Watermark, picture: Size) -> Patch:
    """The text as an RGBA patch: as high as asked for, but no larger than the picture has room.

    A small one is drawn first, to know the room it takes: a long text in large letters would fill
    the memory.
    """
    short = min(picture)
    room = [max(1, side - 2 * round(short * mark.margin / 100)) for side in picture]
    small = _text(mark, _SMALL)
    height = min(
        short * mark.size / 100,
        _SMALL * room[0] / small.width,
        _SMALL * room[1] / small.height,
    )
    drawn = _text(mark, height)
    over = max(drawn.width / room[0], drawn.height / room[1])
    if over > 1:  # the smallest letters do not get smaller
        drawn = scale(drawn, (max(1, int(drawn.width / over)), max(1, int(drawn.height / over))))
    patch: Patch = drawn.numpy()
    return patch


def _text(mark: Watermark, height: float) -> pyvips.Image:
    """Drawn by Pango, which knows every script; at 72 dpi a point is a pixel."""
    import pyvips

    markup = f'<span foreground="{mark.color}">{escape(mark.text)}</span>'
    font = f"Sans {max(1.0, height):.2f}"
    try:
        return pyvips.Image.text(markup, font=font, dpi=72, rgba=True)
    except pyvips.Error as error:
        raise EditImpossible("The text of the watermark cannot be drawn.") from error


def _place(mark: Watermark, picture: Size, patch: Size) -> Size:
    """Left and top; what does not fit at all begins within the picture."""
    words = mark.position.split("-")
    across = next((_COLUMNS[word] for word in words if word in _COLUMNS), 0.5)
    down = next((_ROWS[word] for word in words if word in _ROWS), 0.5)
    margin = round(min(picture) * mark.margin / 100)

    def start(side: int, length: int, share: float) -> int:
        return max(0, margin + round((side - 2 * margin - length) * share))

    return start(picture[0], patch[0], across), start(picture[1], patch[1], down)


def _compose(below: Pixels, patch: Patch, opacity: float) -> None:
    """`patch` over `below` (Porter and Duff, 1984), in place."""
    white = 255 * level(below)
    cover = patch[..., 3:].astype(np.float32) / 255 * opacity
    if below.shape[2] == 4:
        under = below[..., 3:].astype(np.float32) / white * (1 - cover)
        alpha = cover + under
        share = np.divide(cover, alpha, out=np.zeros_like(cover), where=alpha > 0)
        below[..., 3:] = np.rint(alpha * white)
        cover = share
    ink = patch[..., :3] * np.float32(level(below))
    colors = below[..., :3] + (ink - below[..., :3].astype(np.float32)) * cover
    below[..., :3] = np.rint(colors)


OPERATION = Operation(
    name="watermark",
    label="Watermark",
    group="Overlay",
    stage=Stage.overlay,
    order=10,
    value=Watermarks,
    neutral=(),
    run=watermark,
    examples=([{"text": "© Abzug", "position": "bottom-right"}],),
    doc="Writes text onto the finished picture, the same in every size.",
)
