"""Watermark: lines of text in any script, or a picture, on top of the finished picture."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, StrictBool, Tag

from abzug.edits.notices import Told
from abzug.edits.operation import Asset, FromStore, OverlayOperation, Parameters
from abzug.edits.pixels.arrays import Pixels, scale, size_of, to_image
from abzug.edits.pixels.compositing import Patch, compose, tile
from abzug.edits.pixels.missing_glyphs import boxes_in
from abzug.edits.sizes import Size, scaled
from abzug.edits.values import HexColor
from abzug.errors import EditImpossible
from abzug.messages import Notice

if TYPE_CHECKING:
    import pyvips

_SMALL = 24.0
_ROWS = {"top": 0.0, "bottom": 1.0}
_COLUMNS = {"left": 0.0, "right": 1.0}
_TILED_SIDE = 3000
"""Longest side of a mark that is repeated: more would be a lot of memory for a photo of 100
megapixels, and OpenCV counts the pixels of a pattern in 16 bits."""


def _writable(text: str) -> str:
    """Any text but control characters. Spaces of all widths, marks of direction and what only joins
    letters belong to many scripts; alone they are nothing that one could see."""
    text = text.replace("\r\n", "\n")
    kinds = {char: unicodedata.category(char) for char in text}
    if any(kind == "Cc" and char not in "\n\t" for char, kind in kinds.items()):
        raise ValueError("it holds a character that cannot be written")
    if all(kind in {"Cc", "Cf", "Zs", "Zl", "Zp"} for kind in kinds.values()):
        raise ValueError("there is nothing to write")
    return text


Position = Literal[
    "top-left",
    "top",
    "top-right",
    "left",
    "center",
    "right",
    "bottom-left",
    "bottom",
    "bottom-right",
]
Opacity = Annotated[float, Field(strict=True, ge=0, le=100)]
Margin = Annotated[
    float,
    Field(
        strict=True,
        ge=0,
        le=50,
        description="Distance from the edge, in percent of the picture's shorter side.",
    ),
]
Tile = Annotated[StrictBool, Field(description="Repeat it all over the picture.")]
Spacing = Annotated[
    float,
    Field(
        strict=True,
        ge=0,
        le=25,
        description="Of a tiling: room between two, in percent of the picture's shorter side.",
        json_schema_extra={"x-only-with": {"tile": True}},
    ),
]
Angle = Annotated[
    float,
    Field(
        strict=True,
        ge=-45,
        le=45,
        description="Of a tiling: degrees it is turned, clockwise.",
        json_schema_extra={"x-only-with": {"tile": True}},
    ),
]


class Watermark(Parameters):
    text: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_writable)]
    """In any script that the worker's machine has a font for; other letters become boxes, with a
    notice."""
    position: Position = "bottom-right"
    opacity: Opacity = 60.0
    size: Annotated[float, Field(strict=True, ge=0.5, le=50)] = 4.0
    """Height of the letters, in percent of the picture's shorter side."""
    margin: Margin = 2.5
    color: HexColor = "#ffffff"
    tile: Tile = False
    spacing: Spacing = 5.0
    angle: Angle = 0.0


class ImageMark(Parameters):
    image: Annotated[
        str, Field(pattern="^ph_[0-9a-v]{26}$", json_schema_extra={"x-asset": "photo"})
    ]
    """Id of an uploaded photo, such as a PNG with a transparent background."""
    position: Position = "bottom-right"
    opacity: Opacity = 60.0
    scale: Annotated[float, Field(strict=True, ge=0.5, le=300)] = 20.0
    """Width, in percent of the picture's shorter side; no more than there is room for."""
    margin: Margin = 2.5
    tile: Tile = False
    spacing: Spacing = 5.0
    angle: Angle = 0.0


@dataclass(frozen=True)
class LoadedMark:
    """A mark with its picture."""

    settings: ImageMark
    picture: Patch


def _kind(mark: Any) -> str:
    is_image = isinstance(mark, ImageMark) or (isinstance(mark, dict) and "image" in mark)
    return "an image" if is_image else "a text"


Mark = Annotated[
    Annotated[Watermark, Tag("a text")] | Annotated[ImageMark, Tag("an image")],
    Discriminator(_kind),
]
Watermarks = Annotated[tuple[Mark, ...], Field(max_length=10)]


def assets(marks: tuple[Watermark | ImageMark, ...]) -> dict[str, Asset]:
    return {
        f"/{i}/image": Asset("photo", mark.image)
        for i, mark in enumerate(marks)
        if isinstance(mark, ImageMark)
    }


def load(
    marks: tuple[Watermark | ImageMark, ...], ready: Mapping[Asset, Patch]
) -> tuple[Watermark | LoadedMark, ...]:
    return tuple(
        LoadedMark(mark, ready[Asset("photo", mark.image)]) if isinstance(mark, ImageMark) else mark
        for mark in marks
    )


def notices(marks: tuple[Watermark | LoadedMark, ...]) -> list[Notice]:
    """What of the text this machine has no font for."""
    texts = "".join(mark.text for mark in marks if isinstance(mark, Watermark))
    boxes = boxes_in(texts)
    return [Told.missing_letters.notice(letters=boxes)] if boxes else []


def watermark(pixels: Pixels, marks: tuple[Watermark | LoadedMark, ...]) -> Pixels:
    """Lay all marks over the picture in place, the last on top; the rest is not touched.

    `pixels` may have alpha: where the picture is transparent, a mark is not.
    """
    picture = size_of(pixels)
    for mark in marks:
        patch = _render(mark, picture)
        settings = mark.settings if isinstance(mark, LoadedMark) else mark
        opacity = settings.opacity / 100
        if settings.tile:
            gap = max(1, round(min(picture) * settings.spacing / 100))
            tile(pixels, patch, gap=gap, angle=settings.angle, opacity=opacity)
        else:
            left, top = _place(settings, picture, size_of(patch))
            below = pixels[top : top + len(patch), left : left + patch.shape[1]]
            compose(below, patch[: below.shape[0], : below.shape[1]], opacity)
    return pixels


def _render(mark: Watermark | LoadedMark, picture: Size) -> Patch:
    """The mark as an RGBA patch: as large as asked for, but no larger than there is room."""
    if isinstance(mark, LoadedMark):
        return _scaled(mark, picture)
    return _written(mark, picture)


def _room(mark: Watermark | ImageMark, picture: Size) -> Size:
    """The most that a mark may take; a third of the picture if it is to be repeated."""
    edge = 2 * round(min(picture) * mark.margin / 100)
    width, height = (max(1, side - edge) for side in picture)
    if mark.tile:
        width, height = (max(1, min(side // 3, _TILED_SIDE)) for side in picture)
    return width, height


def _scaled(mark: LoadedMark, picture: Size) -> Patch:
    room = _room(mark.settings, picture)
    width, height = size_of(mark.picture)
    wanted = min(picture) * mark.settings.scale / 100
    factor = min(wanted / width, room[0] / width, room[1] / height)
    patch: Patch = scale(to_image(mark.picture), scaled((width, height), factor)).numpy()
    return patch


def _written(mark: Watermark, picture: Size) -> Patch:
    """The text. A small one is drawn first, to know the room it takes: a long text in large
    letters would fill the memory.
    """
    short = min(picture)
    room = _room(mark, picture)
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


def _place(mark: Watermark | ImageMark, picture: Size, patch: Size) -> Size:
    """Left and top; what does not fit at all begins within the picture."""
    words = mark.position.split("-")
    across = next((_COLUMNS[word] for word in words if word in _COLUMNS), 0.5)
    down = next((_ROWS[word] for word in words if word in _ROWS), 0.5)
    margin = round(min(picture) * mark.margin / 100)

    def start(side: int, length: int, share: float) -> int:
        return max(0, margin + round((side - 2 * margin - length) * share))

    return start(picture[0], patch[0], across), start(picture[1], patch[1], down)


OPERATION = OverlayOperation(
    name="watermark",
    label="Watermark",
    group="Overlay",
    order=10,  # first: it has its place in the picture, not on what is put around it
    value=Watermarks,
    neutral=(),
    run=watermark,
    examples=([{"text": "© Abzug", "position": "bottom-right"}],),
    holds=0.1,
    doc="Lays text or a picture over the finished picture, the same in every size.",
    from_store=FromStore(assets, load),
    notices=notices,
)
