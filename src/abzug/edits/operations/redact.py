"""Redact: parts of the photo, and the faces in it, made so that nothing in them can be read."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, StrictBool

from abzug.edits.color.local_light import STRIP, enlarged
from abzug.edits.notices import Told
from abzug.edits.operation import Measure, Parameters, RetouchOperation
from abzug.edits.pixels.arrays import Pixels, level, size_of
from abzug.edits.pixels.faces import find_faces
from abzug.edits.sizes import Size
from abzug.messages import Notice

_MOST_TILES, _FEWEST_TILES = 6, 2
"""Along the longer side of a region, at strength 0 and 100. What a finer mosaic averages can be
guessed letter by letter, as Hill, Zhou, Saul and Shacham showed ("On the (in)effectiveness of
mosaicing and blurring as tools for document redaction", 2016)."""
_LEAST_TILE = 0.01
"""Of the photo's shorter side: small regions side by side must not make up a fine mosaic."""
_LEVELS = 32
"""A tile's color is rounded to multiples of this, so that it tells two or three bits, not eight."""
_AROUND_FACE = 0.2
"""The box that is found ends at the brows, the chin and the cheeks; hair and ears are beyond it."""
_HAIR = 1e-6
"""Of a pixel: 0.4 + 0.2 is a hair more than 0.6."""


Fraction = Annotated[float, Field(strict=True, ge=0, le=1)]
Extent = Annotated[float, Field(strict=True, gt=0, le=1, json_schema_extra={"default": 0.2})]
"""Must be given; the default is where a form begins, for it would take 0, which is refused."""
Area = tuple[slice, slice]


class Region(Parameters):
    """A rectangle in fractions of the upright photo; what lies beyond the photo is left out."""

    x: Fraction
    y: Fraction
    width: Extent
    height: Extent


class Redact(Parameters):
    regions: Annotated[tuple[Region, ...], Field(max_length=100)] = ()
    faces: StrictBool = False
    """Every face that is found. One in profile, small or dark may be missed: look at the result. A
    notice tells if there was none."""
    style: Literal["blur", "pixelate", "fill"] = "blur"
    """A soft or a hard-edged mosaic, or black. None of them can be undone; but only black does not
    even tell about how bright, and of what color, the region was."""
    strength: Annotated[float, Field(strict=True, ge=0, le=100)] = 50.0
    """How coarse the mosaic is; even at 0 nothing can be read."""


@dataclass(frozen=True)
class Found:
    """What is to be redacted in a photo: the areas, of which the last ones are faces."""

    value: Redact
    areas: tuple[Area, ...]

    @property
    def lacks_faces(self) -> bool:
        return self.value.faces and len(self.areas) == len(self.value.regions)


def find(pixels: Pixels, value: Redact) -> Found:
    return Found(value, tuple(_areas(pixels, value)))


def remarks(found: Found) -> Iterator[Notice]:
    """Whoever asked for faces may rely on it that there are none to be seen."""
    if found.lacks_faces:
        yield Told.no_face.notice()


def redact(pixels: Pixels, value: Redact | Found) -> Pixels:
    """Replace the regions and the faces, in place; alpha too, for its outline can be a text."""
    found = find(pixels, value) if isinstance(value, Redact) else value
    value = found.value
    least = max(1.0, _LEAST_TILE * min(size_of(pixels)))
    for area in found.areas:
        if value.style == "fill":
            pixels[area] = (0, 0, 0, 255 * level(pixels))[: pixels.shape[2]]
        else:
            _mosaic(pixels[area], value, least)
    return pixels


def _areas(pixels: Pixels, value: Redact) -> Iterator[Area]:
    width, height = size_of(pixels)
    for r in value.regions:
        yield _area(
            (width, height),
            (r.x * width, r.y * height, (r.x + r.width) * width, (r.y + r.height) * height),
        )
    if value.faces:
        for left, top, across, down in find_faces(pixels):
            x, y = _AROUND_FACE * across, _AROUND_FACE * down
            yield _area((width, height), (left - x, top - y, left + across + x, top + down + y))


def _area(photo: Size, edges: tuple[float, float, float, float]) -> Area:
    """Whole pixels from left, top, right, bottom: at least one, and each that is touched at all."""
    left, top, right, bottom = edges
    return _span(photo[1], top, bottom), _span(photo[0], left, right)


def _span(length: int, start: float, end: float) -> slice:
    first = min(max(0, math.floor(start + _HAIR)), length - 1)
    return slice(first, max(first + 1, min(math.ceil(end - _HAIR), length)))


def _mosaic(area: Pixels, value: Redact, least: float) -> None:
    """Make the area of nothing but the rounded means of its few tiles: what else was in it is gone.

    A blur of the pixels themselves would keep them, faintly, and could be undone (deconvolution).
    """
    import cv2

    size = size_of(area)
    tiles = _MOST_TILES - (_MOST_TILES - _FEWEST_TILES) * value.strength / 100
    tile = max(least, max(size) / round(tiles))
    counts = tuple(max(1, int(side / tile)) for side in size)
    means = np.atleast_3d(cv2.resize(area, counts, interpolation=cv2.INTER_AREA))
    step, white = _LEVELS * level(area), 255 * level(area)
    coarse: Pixels = np.clip(np.rint(means / step) * step, 0, white).astype(area.dtype)
    coarse[..., 3:] = white
    across = np.arange(size[0]) * counts[0] // size[0]
    for top in range(0, len(area), STRIP):
        strip = area[top : top + STRIP]
        rows = range(top, top + len(strip))
        if value.style == "blur":
            strip[:] = np.rint(enlarged(coarse, rows, area.shape))
        else:
            strip[:] = coarse[np.array(rows) * counts[1] // size[1]][:, across]


OPERATION = RetouchOperation(
    name="redact",
    label="Redact",
    group="Retouch",
    order=20,  # after red eye, which looks for the faces that are hidden here
    value=Redact,
    neutral=Redact(),
    run=redact,
    measure=Measure(find, is_of_frame=True, remarks=remarks),
    takes_alpha=True,
    examples=(
        {"regions": [{"x": 0.35, "y": 0.3, "width": 0.3, "height": 0.3}]},
        {"faces": True, "style": "pixelate"},
    ),
    holds=0.1,
    doc="Makes regions and faces unreadable, for good: not even we could bring them back.",
)
