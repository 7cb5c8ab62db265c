"""Resize: to a width, a height, or both, in one of five ways to fit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from abzug.edits.homography import Matrix, framed
from abzug.edits.operation import GeometryOperation, Parameters
from abzug.edits.pixels.arrays import Pixels, scale, size_of, to_image
from abzug.edits.pixels.ground import laid_on_color
from abzug.edits.sizes import Box, Size
from abzug.edits.values import HexColor
from abzug.errors import EditImpossible

_LONGEST = 16384
Side = Annotated[
    Annotated[int, Field(strict=True, ge=1, le=_LONGEST)] | None, Field(description="In pixels.")
]


class Resize(Parameters):
    """How the photo goes into width × height; with one of them only, the other follows.

    inside: as large as fits. outside: as small as covers. cover: as outside, and what hangs over is
    cut off. contain: as inside, with margins up to the full size. fill: stretched.
    """

    width: Side = None
    height: Side = None
    fit: Literal["inside", "outside", "cover", "contain", "fill"] = "inside"
    enlarge: StrictBool = False
    """Whether a smaller photo is enlarged."""
    background: HexColor = "#ffffff"
    """The color of the margins of `contain`."""


def resize(pixels: Pixels, value: Resize) -> Pixels:
    """Scaled, then cut or given margins, evenly on both sides."""
    whole = needs(size_of(pixels), value)
    if whole[0] * whole[1] > _LONGEST**2:
        raise EditImpossible(
            f"Resized so, the photo would have {whole[0]:,} × {whole[1]:,} pixels: "
            "it is too narrow.",
            advice="Choose a smaller width or height, or leave out “enlarge”.",
        )
    scaled = scale(to_image(pixels), whole).numpy()
    left, top, width, height = _box(whole, size(size_of(pixels), value))
    if left > 0 or top > 0:
        return laid_on_color(value.background, scaled, (width, height), left, top)
    return scaled[-top : height - top, -left : width - left]


def moves(before: Size, value: Resize) -> Matrix:
    whole = needs(before, value)
    return framed(whole, _box(whole, size(before, value)))


def _box(whole: Size, after: Size) -> Box:
    """Where the whole is in what is cut of it, or in what has margins around it."""
    left, top = (
        (has - was) // 2 if has > was else -((was - has) // 2)
        for was, has in zip(whole, after, strict=True)
    )
    return left, top, *after


def needs(before: Size, value: Resize) -> Size:
    """The size that the picture as a whole is scaled to."""
    wanted = (value.width, value.height)
    ratios = [want / has for want, has in zip(wanted, before, strict=True) if want]
    if not value.enlarge:
        ratios = [min(1.0, ratio) for ratio in ratios]
    if not ratios:
        return before
    if value.fit == "fill" and len(ratios) == 2:
        return _rounded(before, *ratios)
    factor = max(ratios) if value.fit in {"cover", "outside"} else min(ratios)
    return _rounded(before, factor, factor)


def size(before: Size, value: Resize) -> Size:
    width, height = needs(before, value)
    if value.width and value.height:
        if value.fit == "cover":
            return min(width, value.width), min(height, value.height)
        if value.fit == "contain":
            return value.width, value.height
    return width, height


def _rounded(before: Size, across: float, down: float) -> Size:
    return max(1, round(before[0] * across)), max(1, round(before[1] * down))


OPERATION = GeometryOperation(
    name="resize",
    label="Resize",
    group="Geometry",
    order=50,  # last: its pixels are those of the result, whatever is cut and turned
    place=6,
    value=Resize,
    neutral=Resize(),
    run=resize,
    size=size,
    moves=moves,
    needs=needs,
    examples=(
        {"width": 400, "height": 400, "fit": "contain"},
        {"width": 400, "height": 400, "fit": "cover"},
    ),
    doc="Makes the photo fit a width, a height, or both.",
    unit="px",
)
