"""Auto straighten: the horizon becomes level, walls upright."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from abzug.edits.color.colorspace import Array
from abzug.edits.operation import GeometryOperation, Measure
from abzug.edits.operations.straighten import moves, straighten
from abzug.edits.pixels.arrays import Pixels, size_of
from abzug.edits.pixels.proxy import small_copy

PROXY = 1024
"""Longest side of the copy that lines are looked for in."""
LIMIT = 10.0
"""Degrees: what is more askew was meant to be."""
LEAST = 0.2
"""Degrees: nobody sees less."""
SHORTEST = 0.03
"""Length of a line that counts, of the photo's diagonal."""
SPREAD = 0.4
"""Degrees (σ) by which lines that agree may differ."""
AGREEING, LONG = 0.4, 1.0
"""Share of all lines that have to agree, and how long they are together, in diagonals. Eighteen
photos were turned by up to 8° each, twelve times: where these bounds were met, the angle was found
within 0.5°, but for two cases (1.5° and 2.1° off); the others were left as they were."""


def turn_of(pixels: Pixels, _: bool) -> float:
    """Degrees, clockwise, that level the photo; 0 if it is level, or has no lines that tell.

    Lines are segments after von Gioi et al., "LSD: a Line Segment Detector" (2012). Level and
    upright ones say alike how far the photo is turned; the longer, the more they weigh.
    """
    lengths, angles = _lines(pixels)
    if not len(lengths):
        return 0.0
    weights = lengths**1.5
    tilts = np.arange(-LIMIT, LIMIT, 0.05)
    agreement = np.exp(-(((tilts[:, None] - angles) / SPREAD) ** 2) / 2) @ weights
    agree = np.abs(angles - tilts[agreement.argmax()]) < 2.5 * SPREAD
    share = weights[agree].sum() / weights.sum()
    tilt = float(np.average(angles[agree], weights=weights[agree]))
    is_told = share >= AGREEING and lengths[agree].sum() >= LONG and abs(tilt) >= LEAST
    return round(-tilt, 2) if is_told else 0.0


def _lines(pixels: Pixels) -> tuple[Array, Array]:
    """Lengths, in diagonals, and how many degrees clockwise from level or upright they lie."""
    import cv2

    small, _ = small_copy(pixels, PROXY)
    colors = small[..., :3]
    if colors.dtype != np.uint8:
        colors = np.asarray(colors // 257, np.uint8)
    grey = cv2.cvtColor(np.ascontiguousarray(colors), cv2.COLOR_RGB2GRAY)
    found: Any = cv2.createLineSegmentDetector().detect(grey)[0]
    ends = np.zeros((0, 4)) if found is None else np.asarray(found, float).reshape(-1, 4)
    across, down = ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]
    lengths = np.hypot(across, down) / math.hypot(*size_of(small))
    angles = (np.degrees(np.arctan2(down, across)) + 45) % 90 - 45
    counts = (lengths > SHORTEST) & (np.abs(angles) <= LIMIT)
    return lengths[counts], angles[counts]


def turn(pixels: Pixels, degrees: float) -> Pixels:
    return straighten(pixels, degrees) if degrees else pixels


def told(degrees: float) -> dict[str, float]:
    return {"straighten": degrees} if degrees else {}


OPERATION = GeometryOperation(
    name="auto_straighten",
    label="Auto straighten",
    group="Automatic",
    order=19,  # after crop, by the lines that it leaves; before straighten, which it would undo
    place=0,
    value=Annotated[bool, Field(strict=True)],
    neutral=False,
    run=turn,
    moves=moves,
    measure=Measure(turn_of, told=told),
    doc="Levels the horizon and sets walls upright, by up to 10°, where long lines agree.",
    examples=(True,),
)
