"""Watermark: lines of text on top of the finished picture, in any script."""

from __future__ import annotations

from html import escape
from typing import Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field

from abzug.edits.base import Operation, Parameters, Size, Stage
from abzug.edits.pixels import Pixels, size_of
from abzug.errors import EditImpossible

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
    for mark in marks:
        patch = _render(mark, size_of(pixels))
        width, height = size_of(pixels)
        left, top = _place(mark, (width, height), size_of(patch))
        patch = patch[max(0, -top) :, max(0, -left) :]
        left, top = max(0, left), max(0, top)
        below = pixels[top : top + len(patch), left : left + patch.shape[1]]
        _compose(below, patch[: below.shape[0], : below.shape[1]], mark.opacity / 100)
    return pixels


def _render(mark: Watermark, picture: Size) -> Patch:
    """The text as an RGBA patch: as high as asked for, but no wider than the picture has room."""
    short = min(picture)
    room = max(1, picture[0] - 2 * round(short * mark.margin / 100))
    height = max(1.0, short * mark.size / 100)
    patch = _text(mark, height)
    if patch.shape[1] > room:
        patch = _text(mark, max(1.0, height * room / patch.shape[1]))
    return patch


def _text(mark: Watermark, height: float) -> Patch:
    """Drawn by Pango, which knows every script; at 72 dpi a point is a pixel."""
    import pyvips

    markup = f'<span foreground="{mark.color}">{escape(mark.text)}</span>'
    try:
        drawn = pyvips.Image.text(markup, font=f"Sans {height:.2f}px", dpi=72, rgba=True)
    except pyvips.Error as error:
        raise EditImpossible("The text of the watermark cannot be drawn.") from error
    patch: Patch = drawn.numpy()
    return patch


def _place(mark: Watermark, picture: Size, patch: Size) -> Size:
    margin = round(min(picture) * mark.margin / 100)
    words = mark.position.split("-")
    across = next((_COLUMNS[word] for word in words if word in _COLUMNS), 0.5)
    down = next((_ROWS[word] for word in words if word in _ROWS), 0.5)
    return (
        margin + round((picture[0] - 2 * margin - patch[0]) * across),
        margin + round((picture[1] - 2 * margin - patch[1]) * down),
    )


def _compose(below: Pixels, patch: Patch, opacity: float) -> None:
    """`patch` over `below` (Porter and Duff, 1984), in place."""
    cover = patch[..., 3:].astype(np.float32) / 255 * opacity
    if below.shape[2] == 4:
        under = below[..., 3:].astype(np.float32) / 255 * (1 - cover)
        alpha = cover + under
        share = np.divide(cover, alpha, out=np.zeros_like(cover), where=alpha > 0)
        below[..., 3:] = np.rint(alpha * 255)
        cover = share
    colors = below[..., :3] + (patch[..., :3] - below[..., :3].astype(np.float32)) * cover
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
    doc="Writes text onto the finished picture, the same in every size.",
)
