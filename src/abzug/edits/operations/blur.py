"""Blur: the whole picture out of focus."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from abzug.edits.color.local_light import STRIP, enlarged
from abzug.edits.operation import DetailOperation
from abzug.edits.pixels.arrays import Pixels, size_of
from abzug.edits.pixels.premultiplied import premultiplier_for, write_colors
from abzug.edits.pixels.strips import shrunk, strips

_WIDEST = 0.05
"""Standard deviation of the Gaussian at 100, of the picture's shorter side: the same in every size
of output."""


def blur(pixels: Pixels, amount: float) -> Pixels:
    """Gaussian, of colors weighed by alpha; that itself, the outline of the picture, stays. In
    place, a strip of rows at a time.

    A wide one is done on a smaller copy, which by then has lost nothing of its own. Shrinking by k
    and enlarging linearly blur as well, with variances of about k²/12 and k²/6 (a box, and a
    triangle on pixels k wide); the Gaussian in between does the rest.
    """
    deviation = _WIDEST * min(size_of(pixels)) * amount / 100
    if not deviation:
        return pixels
    see = premultiplier_for(pixels)
    shrink = math.floor(deviation / 2)
    if shrink < 2:
        for rows, soft in _softened(pixels, deviation, see):
            write_colors(soft, pixels[rows])
        return pixels
    width, height = (math.ceil(side / shrink) for side in size_of(pixels))
    small = shrunk(pixels, (width, height), see)
    rest = math.sqrt(deviation**2 - shrink**2 / 4) / shrink
    for rows, soft in _softened(small, rest, np.asarray):
        small[rows] = soft
    for top in range(0, len(pixels), STRIP):
        strip = pixels[top : top + STRIP]
        wide = enlarged(small, range(top, top + len(strip)), pixels.shape)
        write_colors(np.rint(wide).astype(small.dtype), strip)
    return pixels


def _softened(
    pixels: Pixels, deviation: float, see: Callable[[Pixels], Pixels]
) -> Iterator[tuple[slice, Pixels]]:
    """The rows of each strip, and what a Gaussian makes of what is seen in them."""
    import cv2

    for rows, seen, inner in strips(pixels, math.ceil(4 * deviation) + 1, see):
        soft = cv2.GaussianBlur(seen, (0, 0), deviation, borderType=cv2.BORDER_REPLICATE)
        yield rows, np.asarray(soft[inner], seen.dtype)


OPERATION = DetailOperation(
    name="blur",
    label="Blur",
    group="Effects",
    order=3,  # first: vignette and grain lie crisp on a picture out of focus
    value=Annotated[float, Field(strict=True, ge=0, le=100)],
    neutral=0.0,
    run=blur,
    takes_alpha=True,
    holds=0.25,
    doc="Blurs the whole picture. To hide something in it take Redact: a blur can be undone.",
)
