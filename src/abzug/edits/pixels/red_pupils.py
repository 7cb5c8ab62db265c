"""Pupils that a flash lit red: round, red, and in an eye.

A wrong spot is worse than a red eye that is left. So what is found in a face by itself has to lie
where eyes are, to be of a red that neither skin nor brown irises have, and to have an eye around
it: iris, lashes and white, not skin. At a point that a person gave, being red and round is enough.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from abzug.edits.pixels.arrays import Bytes, Pixels, in_8_bits, size_of
from abzug.edits.pixels.faces import find_faces
from abzug.edits.sizes import Box

_BAND = (0.08, 0.2, 0.92, 0.58)
"""Where in the box of a face the eyes and what is around them are: left, top, right, bottom."""
_EYES = (0.15, 0.26, 0.46, 0.54), (0.54, 0.26, 0.85, 0.54)
"""Where in it the middle of a pupil may be."""
_SMALLEST, _LARGEST = 0.01, 0.07
"""Radius of a pupil, of the width of a face."""
_RED, _VERY_RED = 1.8, 2.6
"""Red against the mean of green and blue: skin stays below, a lit pupil does not. A single one in a
face has to be very red."""
_LEVELS = (_RED, _VERY_RED, 3.4)
"""Tried one after another: in a brown iris, which is red too, only the pupil is very red."""
_REDDER_THAN_SKIN = 1.3
_SATURATED = 0.55
_HUES = (-30.0, 14.0)
"""Degrees: brown irises are more yellow."""
_BRIGHT = 60
"""Of red: what is darker needs no help."""
_ROUND = 0.55
"""Least part of its smallest circle that a pupil fills."""
_LONG = 1.7
"""Most that it may be longer than wide, or wider than long."""
_AROUND = 0.25
"""Largest part that may be red of the ring about a pupil: more, and it is no pupil in an eye."""
_NO_SKIN = 0.4
"""Least part of each side of that ring that must be less red than skin, or much darker: there is
white or iris to the sides, though lids may lie above and below."""
_LESS_RED, _DARKER = 0.86, 0.5
_UNLIKE = 2.0
"""The larger pupil of a face by the smaller one, at most, in radius."""
_ASKEW = 0.15
"""Most that one may be higher than the other, of the face's width."""

Window = tuple[slice, slice]
Mask = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Pupil:
    window: Window
    """Where `mask` lies in the picture."""
    mask: Mask
    """1 inside."""
    x: float
    y: float
    radius: float
    """In pixels; x and y from the picture's upper left corner."""


def pupils_in_faces(pixels: Pixels) -> list[Pupil]:
    """At most one in each eye of each face that is found."""
    return [pupil for face in find_faces(pixels) for pupil in _of_face(pixels, face)]


def pupil_at(pixels: Pixels, x: float, y: float, reach: int) -> Pupil | None:
    """The pupil that the point is in, or the nearest one within reach; None if there is none."""
    left, top = round(x), round(y)
    wide = 2 * reach
    window = _window(pixels, left - wide, top - wide, left + wide + 1, top + wide + 1)

    def distance(pupil: Pupil) -> float:
        rows, columns = np.nonzero(pupil.mask)
        across, down = columns + window[1].start - left, rows + window[0].start - top
        return float(np.hypot(across, down).min())

    nearest = min(_round_and_red(pixels, window, 1.0, reach), key=distance, default=None)
    return nearest if nearest is not None and distance(nearest) <= reach else None


def _of_face(pixels: Pixels, face: Box) -> list[Pupil]:
    width = face[2]
    window = _window(pixels, *_part(face, _BAND))
    if not pixels[window].size:
        return []
    every = [
        pupil
        for least in _LEVELS
        for pupil in _round_and_red(
            pixels, window, _SMALLEST * width, _LARGEST * width, least=least
        )
        if _is_in_an_eye(pixels, pupil)
    ]
    found = [
        max(within, key=lambda pupil: pupil.radius)
        for eye in _EYES
        if (within := [one for one in every if _is_within(one, _part(face, eye))])
    ]
    if _are_a_pair(found, width):
        return found
    return [pupil for pupil in found if _redness_of(pixels, pupil) >= _VERY_RED]


def _are_a_pair(found: list[Pupil], width: int) -> bool:
    return any(
        max(one.radius, other.radius) <= _UNLIKE * min(one.radius, other.radius)
        and abs(one.y - other.y) <= _ASKEW * width
        for one, other in itertools.combinations(found, 2)
    )


def _is_in_an_eye(pixels: Pixels, pupil: Pupil) -> bool:
    """Whether it is of a lit pupil's red, with no skin around it."""
    seen = in_8_bits(pixels[pupil.window])[..., :3]
    inside = pupil.mask > 0
    red, green, blue = (float(np.median(seen[inside][:, at])) for at in range(3))
    most, least = max(red, green, blue), min(red, green, blue)
    if most <= 0 or (most - least) / most < _SATURATED or red < most:
        return False
    hue = 60 * (green - blue) / (most - least)
    if not _HUES[0] <= hue <= _HUES[1]:
        return False
    redness, light = _redness(seen), seen.astype(np.float32).mean(axis=-1)
    is_skin = (redness > _LESS_RED * np.median(redness)) & (light > _DARKER * np.median(light))
    return all(side.any() and float((~is_skin)[side].mean()) >= _NO_SKIN for side in _sides(pupil))


def _sides(pupil: Pupil) -> Iterator[npt.NDArray[np.bool_]]:
    """The quarters of the ring about it that lie to its right and left."""
    ring = _ring(pupil, 1.1, 1.7)
    rows, columns = np.indices(ring.shape)
    down = rows + pupil.window[0].start - pupil.y
    across = columns + pupil.window[1].start - pupil.x
    for ahead in (across, -across):
        yield ring & (ahead > np.abs(down))


def _ring(pupil: Pupil, start: float, end: float) -> npt.NDArray[np.bool_]:
    """In its window, between so many of its radii from its middle, a pixel or two more."""
    rows, columns = (slice(one.start, one.stop) for one in pupil.window)
    down, across = np.ogrid[rows, columns]
    distance = np.hypot(across - pupil.x, down - pupil.y)
    return np.asarray((distance > start * pupil.radius + 1) & (distance < end * pupil.radius + 2))


def _round_and_red(
    pixels: Pixels, window: Window, smallest: float, largest: float, *, least: float = _RED
) -> Iterator[Pupil]:
    """What is red, round, of a radius between the two, and alone."""
    import cv2

    seen = in_8_bits(pixels[window])[..., :3]
    redness = _redness(seen)
    threshold = max(least, _REDDER_THAN_SKIN * float(np.median(redness)))
    red = ((redness > threshold) & (seen[..., 0] > _BRIGHT)).astype(np.uint8)
    contours, _ = cv2.findContours(red, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for contour in contours:
        (x, y), radius = cv2.minEnclosingCircle(contour)
        _, _, across, down = cv2.boundingRect(contour)
        if not smallest <= radius <= largest or max(across, down) > _LONG * min(across, down):
            continue
        mask: Mask = np.zeros(red.shape, np.uint8)
        cv2.drawContours(mask, [contour], 0, 1, cv2.FILLED)  # the glint in it belongs to it
        pupil = Pupil(window, mask, x + window[1].start, y + window[0].start, radius)
        is_round = mask.sum() >= _ROUND * math.pi * max(radius, 1) ** 2
        around = red[_ring(pupil, 1.3, 2.0)]
        if is_round and (around.size == 0 or float(around.mean()) <= _AROUND):
            yield pupil


def _redness_of(pixels: Pixels, pupil: Pupil) -> float:
    return float(np.median(_redness(in_8_bits(pixels[pupil.window])[..., :3])[pupil.mask > 0]))


def _redness(area: Bytes) -> npt.NDArray[np.float32]:
    red, green, blue = np.moveaxis(area.astype(np.float32), -1, 0)
    redness: npt.NDArray[np.float32] = 2 * red / (green + blue + 1)
    return redness


def _part(face: Box, part: tuple[float, float, float, float]) -> Box:
    """Left, top, right and bottom of a part of a box, told in fractions of it."""
    left, top, width, height = face
    return (
        round(left + width * part[0]),
        round(top + height * part[1]),
        round(left + width * part[2]),
        round(top + height * part[3]),
    )


def _is_within(pupil: Pupil, edges: Box) -> bool:
    left, top, right, bottom = edges
    return left <= pupil.x <= right and top <= pupil.y <= bottom


def _window(pixels: Pixels, left: int, top: int, right: int, bottom: int) -> Window:
    width, height = size_of(pixels)
    rows = slice(min(max(0, top), height), min(max(0, bottom), height))
    return rows, slice(min(max(0, left), width), min(max(0, right), width))
