"""Red eye: pupils that the flash lit red made dark again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field, StrictBool

from abzug.edits.operation import Parameters, RetouchOperation
from abzug.edits.pixels.arrays import Bytes, Pixels, in_8_bits, size_of
from abzug.edits.pixels.faces import find_faces

_EYES = (0.08, 0.2, 0.92, 0.58)
"""Where in the box of a face the eyes are: left, top, right, bottom."""
_RED = 1.8
"""Red against the mean of green and blue: skin stays below, a lit pupil does not."""
_REDDER_THAN_SKIN = 1.3
_ROUND = 0.55
"""Least part of its smallest circle that a pupil fills."""
_AROUND = 0.25
"""Largest part that may be red of the ring about a pupil: more, and it is no pupil in an eye."""
_TAP = 0.04
"""How far from a point its pupil may be, of the photo's shorter side; and its largest radius."""

Fraction = Annotated[float, Field(strict=True, ge=0, le=1)]
Window = tuple[slice, slice]
Mask = npt.NDArray[np.uint8]


class Point(Parameters):
    """Fractions of the upright photo, from its upper left corner."""

    x: Fraction
    y: Fraction


class Eyes(Parameters):
    """The sure way: where the red pupils are."""

    points: Annotated[tuple[Point, ...], Field(min_length=1, max_length=100)]


def red_eye(pixels: Pixels, value: bool | Eyes) -> Pixels:
    """Darken the red pupils at the given points, or in every face that is found; in place."""
    if isinstance(value, Eyes):
        for point in value.points:
            _darken_nearest(pixels, point)
    elif value:
        for window, face_width in _eye_bands(pixels):
            for pupil in _pupils(pixels[window], face_width * 0.01, face_width * 0.08):
                _darken(pixels[window], pupil)
    return pixels


def _darken_nearest(pixels: Pixels, point: Point) -> None:
    """The pupil that the point is in, or the nearest one within reach."""
    width, height = size_of(pixels)
    x, y = round(point.x * (width - 1)), round(point.y * (height - 1))
    reach = max(4, round(_TAP * min(width, height)))
    window = _window(pixels, x - 2 * reach, y - 2 * reach, x + 2 * reach + 1, y + 2 * reach + 1)
    here = x - window[1].start, y - window[0].start

    def distance(pupil: Mask) -> float:
        rows, columns = np.nonzero(pupil)
        return float(np.hypot(columns - here[0], rows - here[1]).min())

    pupils = list(_pupils(pixels[window], 1.0, reach))
    nearest = min(pupils, key=distance, default=None)
    if nearest is not None and distance(nearest) <= reach:
        _darken(pixels[window], nearest)


def _eye_bands(pixels: Pixels) -> Iterator[tuple[Window, int]]:
    for left, top, width, height in find_faces(pixels):
        across = (round(left + width * _EYES[0]), round(left + width * _EYES[2]))
        down = (round(top + height * _EYES[1]), round(top + height * _EYES[3]))
        window = _window(pixels, across[0], down[0], across[1], down[1])
        if pixels[window].size:
            yield window, width


def _window(pixels: Pixels, left: int, top: int, right: int, bottom: int) -> Window:
    width, height = size_of(pixels)
    rows = slice(min(max(0, top), height), min(max(0, bottom), height))
    return rows, slice(min(max(0, left), width), min(max(0, right), width))


def _pupils(area: Pixels, smallest: float, largest: float) -> Iterator[Mask]:
    """Masks (1 inside) of what is red, round, and of a radius between the two, in `area`."""
    import cv2

    seen = in_8_bits(area)
    redness = _redness(seen)
    threshold = max(_RED, _REDDER_THAN_SKIN * float(np.median(redness)))
    red = ((redness > threshold) & (seen[..., 0] > 50)).astype(np.uint8)
    contours, _ = cv2.findContours(red, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for contour in contours:
        (x, y), radius = cv2.minEnclosingCircle(contour)
        if not smallest <= radius <= largest:
            continue
        pupil: Mask = np.zeros(area.shape[:2], np.uint8)
        cv2.drawContours(pupil, [contour], 0, 1, cv2.FILLED)  # the glint in it belongs to it
        is_round = pupil.sum() >= _ROUND * math.pi * max(radius, 1) ** 2
        if is_round and _alone(red, x, y, radius):
            yield pupil


def _alone(red: Mask, x: float, y: float, radius: float) -> bool:
    rows, columns = np.ogrid[: red.shape[0], : red.shape[1]]
    distance = np.hypot(columns - x, rows - y)
    ring = red[(distance > 1.3 * radius + 1) & (distance < 2 * radius + 2)]
    return ring.size == 0 or float(ring.mean()) <= _AROUND


def _redness(area: Bytes) -> npt.NDArray[np.float32]:
    red, green, blue = np.moveaxis(area.astype(np.float32), -1, 0)
    redness: npt.NDArray[np.float32] = 2 * red / (green + blue + 1)
    return redness


def _darken(area: Pixels, pupil: Mask) -> None:
    """Red becomes the mean of green and blue, fading out just beyond the pupil's rim."""
    import cv2

    radius = math.sqrt(pupil.sum() / math.pi)
    rim = 2 * max(1, round(0.15 * radius)) + 1
    wide = cv2.dilate(pupil, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (rim, rim)))
    weight = cv2.GaussianBlur(wide.astype(np.float32), (0, 0), max(0.5, 0.05 * radius))
    weight = np.maximum(weight, pupil)
    red, grey = area[..., 0].astype(np.float32), area[..., 1:].mean(axis=-1, dtype=np.float32)
    area[..., 0] = np.rint(red + np.minimum(grey - red, 0) * weight)


OPERATION = RetouchOperation(
    name="red_eye",
    label="Red eye",
    group="Retouch",
    order=10,  # before redact, which hides the faces that eyes are looked for in
    value=StrictBool | Eyes,
    neutral=False,
    run=red_eye,
    examples=(True,),
    holds=0.15,
    doc="Makes pupils dark that the flash made red: in all faces, or at the points that are given.",
)
