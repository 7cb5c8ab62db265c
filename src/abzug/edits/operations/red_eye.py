"""Red eye: pupils that the flash lit red made dark again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field, StrictBool

from abzug.edits.notices import Told
from abzug.edits.operation import Measure, Parameters, RetouchOperation
from abzug.edits.pixels.arrays import Pixels, size_of
from abzug.edits.pixels.red_pupils import Pupil, pupil_at, pupils_in_faces
from abzug.messages import Notice

_TAP = 0.04
"""How far from a point its pupil may be, of the photo's shorter side; and its largest radius."""

Fraction = Annotated[float, Field(strict=True, ge=0, le=1)]


class Point(Parameters):
    """Fractions of the upright photo, from its upper left corner."""

    x: Fraction
    y: Fraction


class Eyes(Parameters):
    """The sure way: where the red pupils are. Faces are then not looked for."""

    points: Annotated[tuple[Point, ...], Field(min_length=1, max_length=100)]


@dataclass(frozen=True)
class Found:
    value: bool | Eyes
    pupils: tuple[Pupil, ...]
    missed: int = 0
    """Points without a red pupil near by."""


def find(pixels: Pixels, value: bool | Eyes) -> Found:
    """The red pupils at the given points, or in every face that is found."""
    if not isinstance(value, Eyes):
        return Found(value, tuple(pupils_in_faces(pixels)) if value else ())
    width, height = size_of(pixels)
    reach = max(4, round(_TAP * min(width, height)))
    found = [
        pupil_at(pixels, point.x * (width - 1), point.y * (height - 1), reach)
        for point in value.points
    ]
    pupils = tuple(one for one in found if one is not None)
    return Found(value, pupils, missed=len(found) - len(pupils))


def remarks(found: Found) -> Iterator[Notice]:
    """What a person who looks at a small picture would not see."""
    if not isinstance(found.value, Eyes):
        if not found.pupils:
            yield Told.no_red_eye.notice()
        return
    yield Told.only_points.notice()
    if found.missed:
        yield Told.no_pupil_at.notice(points=found.missed)


def red_eye(pixels: Pixels, value: bool | Eyes | Found) -> Pixels:
    """Darken the red pupils, in place."""
    found = value if isinstance(value, Found) else find(pixels, value)
    for pupil in found.pupils:
        _darken(pixels[pupil.window], pupil)
    return pixels


def _darken(area: Pixels, pupil: Pupil) -> None:
    """Red becomes the gray of its green and blue, fading out just beyond the pupil's rim: that of
    the darker one, which the flash lit less. White, as the glint is, stays white."""
    import cv2

    radius = math.sqrt(pupil.mask.sum() / math.pi)
    rim = 2 * max(1, round(0.15 * radius)) + 1
    wide = cv2.dilate(pupil.mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (rim, rim)))
    weight = cv2.GaussianBlur(wide.astype(np.float32), (0, 0), max(0.5, 0.05 * radius))
    weight = np.maximum(weight, pupil.mask)
    colors = area[..., :3].astype(np.float32)
    gray = colors[..., 1:].min(axis=-1)
    weight[colors[..., 0] <= gray] = 0  # what is not red around it
    area[..., :3] = np.rint(colors + (gray[..., None] - colors) * weight[..., None])


OPERATION = RetouchOperation(
    name="red_eye",
    label="Red eye",
    group="Retouch",
    order=10,  # before redact, which hides the faces that eyes are looked for in
    value=StrictBool | Eyes,
    neutral=False,
    run=red_eye,
    measure=Measure(find, is_of_frame=True, remarks=remarks),
    examples=(True,),
    holds=0.15,
    doc="Makes pupils dark that the flash made red: in all faces, or at the points that are given.",
)
