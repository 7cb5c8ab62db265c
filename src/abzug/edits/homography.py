"""Where the parts of a photo are in a result.

Whatever geometry does here is a homography: one matrix tells it (Hartley and Zisserman, Multiple
View Geometry, 2004, chapter 2). It takes points in fractions of the picture before to fractions of
the picture after; so what only scales a picture changes nothing.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from abzug.edits.sizes import Box, Size, turned

Matrix = npt.NDArray[np.float64]
"""3 × 3, of points (x, y, 1)."""
Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_ALMOST = 1e-9
_FLAGS = {
    1: (False, False, False),
    2: (False, True, False),
    3: (False, True, True),
    4: (False, False, True),
    5: (True, False, False),
    6: (True, True, False),
    7: (True, True, True),
    8: (True, False, True),
}
"""Of an EXIF orientation: whether x and y are exchanged; then, whether each goes backwards."""


def unmoved() -> Matrix:
    return np.eye(3)


def upright(orientation: int) -> Matrix:
    """From the stored picture to the upright one (EXIF orientation, 1 to 8)."""
    exchanged, across, down = _FLAGS[orientation]
    matrix = np.eye(3)[[1, 0, 2]] if exchanged else np.eye(3)
    for row, is_backwards in ((0, across), (1, down)):
        if is_backwards:
            matrix[row] = np.array([0.0, 0.0, 1.0]) - matrix[row]
    return matrix


def composed(*orientations: int) -> int:
    """The orientation that has the effect of several, one after another."""
    whole = functools.reduce(lambda matrix, one: upright(one) @ matrix, orientations, unmoved())
    return next(one for one in _FLAGS if np.array_equal(upright(one), whole))


def cut(before: Size, box: Box) -> Matrix:
    """From a picture to what a box holds of it; the box may reach beyond."""
    (width, height), (left, top, across, down) = before, box
    return np.array(
        [(width / across, 0, -left / across), (0, height / down, -top / down), (0, 0, 1)]
    )


def framed(before: Size, box: Box) -> Matrix:
    """From a picture to a larger one that has it at left and top of the box, whose size it has."""
    left, top, across, down = box
    return cut(before, (-left, -top, across, down))


def in_fractions(pixels: Matrix, before: Size, after: Size) -> Matrix:
    """Of a matrix that takes pixels to pixels; corners of pixels are at whole numbers."""
    return np.diag([1 / after[0], 1 / after[1], 1]) @ pixels @ np.diag([*before, 1])


@dataclass(frozen=True)
class Placement:
    """How the parts of a stored picture lie in a result."""

    moved: Matrix
    """From the upright photo to the result."""
    orientation: int
    stored: Size
    size: Size
    """Of the result."""

    @property
    def matrix(self) -> Matrix:
        """From the stored picture to the result."""
        return self.moved @ upright(self.orientation)

    @property
    def is_at_rest(self) -> bool:
        """Whether all is where it was, in fractions."""
        return bool(np.allclose(self.matrix, np.eye(3), atol=_ALMOST))

    @property
    def is_cut(self) -> bool:
        """Whether the result is a part of the stored picture, neither turned nor mirrored nor
        askew, with nothing around it."""
        across, down = self.matrix[0, 0], self.matrix[1, 1]
        plain = np.array([(across, 0, self.matrix[0, 2]), (0, down, self.matrix[1, 2]), (0, 0, 1)])
        if not np.allclose(self.matrix, plain, atol=_ALMOST) or min(across, down) <= 0:
            return False
        left, top, right, bottom = self.part
        return min(left, top) >= -_ALMOST and max(right, bottom) <= 1 + _ALMOST

    @property
    def part(self) -> Rectangle:
        """What is seen of the stored picture, of a result that is such a part."""
        (left, top), (right, bottom) = _applied(
            np.asarray(np.linalg.inv(self.matrix), np.float64), [(0, 0), (1, 1)]
        )
        return left, top, right, bottom

    def of_size(self, told: Size) -> Placement | None:
        """For a rectangle in a picture that is told to have that size: the stored one at any scale,
        or the upright one. None if it is neither: then it was cut since."""
        if _is_alike(told, self.stored):
            return self
        size = turned(*self.stored, self.orientation)
        return Placement(self.moved, 1, size, self.size) if _is_alike(told, size) else None

    def point(self, x: float, y: float) -> tuple[float, float] | None:
        """Where a point is in the result; None if it is not in it."""
        if not self._is_before(np.array([(x, y)])):
            return None
        [(x, y)] = _applied(self.matrix, [(x, y)])
        return (x, y) if min(x, y) >= -_ALMOST and max(x, y) <= 1 + _ALMOST else None

    def rectangle(self, one: Rectangle) -> Rectangle | None:
        """The upright rectangle around one, as far as it is in the result; None if its middle is
        not: then hardly anything of a face is."""
        left, top, right, bottom = one
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        if self.point((left + right) / 2, (top + bottom) / 2) is None:
            return None
        if not self._is_before(np.array(corners)):
            return None
        places = np.clip(_applied(self.matrix, corners), 0, 1)
        (left, top), (right, bottom) = places.min(axis=0), places.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    def _is_before(self, points: Matrix) -> bool:
        """Whether the plane of the result sees all of them: none is behind its horizon."""
        return bool((points @ self.matrix[2, :2] + self.matrix[2, 2] > _ALMOST).all())


def _is_alike(one: Size, other: Size) -> bool:
    """Of the same shape, but for the rounding of sizes."""
    if min(one) < 1:
        return False
    slack = max(1 / min(one), 1 / min(other), 0.002)
    return abs(one[0] / one[1] * other[1] / other[0] - 1) <= 2 * slack


def _applied(matrix: Matrix, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    found = np.column_stack([np.array(points, float), np.ones(len(points))]) @ matrix.T
    return [(float(x / z), float(y / z)) for x, y, z in found]
