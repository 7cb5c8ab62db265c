"""A `.cube` file: a curve, a cube of colors, or the one before the other.

Adobe's "Cube LUT Specification 1.0" (2013), and what DaVinci Resolve writes beside it: both tables
in one file, each with its `…_INPUT_RANGE`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from abzug.edits.color.colorspace import Array, planes
from abzug.errors import InvalidRequest, TooLarge

MAX_BYTES = 12 * 1024 * 1024
"""Of a file; one of 65³ colors has about 8 MB."""
_BEHIND_THE_END = "\0\x1a \t\r\n"
"""What programs of DOS and of C leave behind the last line."""
MAX_CURVE, MAX_CUBE = 65_536, 65
"""Rows of a curve, and colors along an edge of a cube."""
LARGEST = 65_504.0
"""Largest number: that of half a float, which is what such tables are made with."""
_NARROWEST = 1e-6
"""Of a domain: a color's share of less would be beyond all numbers."""


@dataclass(frozen=True)
class Range:
    """What of each channel a table spans, as three numbers each; what is beyond is held to it."""

    low: Array
    high: Array

    @property
    def is_whole(self) -> bool:
        """Whether that is 0 to 1."""
        return not self.low.any() and bool((self.high == 1).all())

    def share(self, color: Array) -> Array:
        """Where in it colors (..., 3) lie, 0..1."""
        return np.clip((color - self.low) / (self.high - self.low), 0, 1)


@dataclass(frozen=True)
class Cube:
    """curve: (N, 3). colors: (N, N, N, 3) by red, green, blue. One of them at least is there."""

    title: str
    curve: Array | None
    curve_range: Range
    colors: Array | None
    colors_range: Range

    @property
    def size(self) -> int:
        """Colors along an edge of the cube; without one, rows of the curve."""
        return len(self.curve if self.colors is None else self.colors)  # type: ignore[arg-type]

    def __call__(self, color: Array) -> Array:
        """What becomes of colors (..., 3); linear between rows, tetrahedral between colors."""
        color = self.shaped(color)
        if self.colors is not None:
            color = tetrahedral(self.colors, self.colors_range.share(color))
        return color

    def shaped(self, color: Array) -> Array:
        """What the curve alone makes of them."""
        if self.curve is None:
            return color
        at = self.curve_range.share(color) * (len(self.curve) - 1)
        rows = np.arange(len(self.curve))
        return planes([np.interp(at[..., i], rows, self.curve[:, i]) for i in range(3)])


def tetrahedral(colors: Array, at: Array) -> Array:
    """`colors` (N, N, N, 3) looked up at (..., 3), 0..1."""
    found = np.zeros(at.shape)
    for corner, weight in around(at, len(colors)):
        found += colors[corner[..., 0], corner[..., 1], corner[..., 2]] * weight[..., None]
    return found


def around(at: Array, size: int) -> Iterator[tuple[npt.NDArray[np.intp], Array]]:
    """The four corners of the tetrahedron that holds `at` (..., 3), 0..1, in a cube of `size`
    colors along an edge: their indices (..., 3), and weights (...) of sum 1.

    From the corner below to the one above, one step along each axis, the axis on which `at` lies
    farthest first (Sakamoto and Itooka, US patent 4275413, 1981): grey stays on the diagonal.
    """
    place = at * (size - 1)
    corner = np.minimum(place.astype(np.intp), size - 2)
    rest = place - corner
    farthest_first = np.argsort(-rest, axis=-1, kind="stable")
    left = np.take_along_axis(rest, farthest_first, -1)
    weights = -np.diff(left, prepend=1, append=0)
    yield corner, weights[..., 0]
    for step in range(3):
        corner = corner + (farthest_first[..., step, None] == np.arange(3))
        yield corner, weights[..., step + 1]


def read_cube(data: bytes) -> Cube:
    """Read a file. Raises TooLarge, and InvalidRequest with the number of the line."""
    if len(data) > MAX_BYTES:
        raise TooLarge(f"A LUT of more than {MAX_BYTES // 2**20} MiB is not read.")
    return _Reader(_text(data).rstrip(_BEHIND_THE_END)).read()


def head_of(data: bytes) -> tuple[str, int]:
    """Title and size, as of a Cube, from the beginning of a file that was read before.

    Of one whose comments go on beyond `data` they are "" and 0.
    """
    lines, _, _ = _text(data).rpartition("\n")
    return _Reader(lines).head()


def _text(data: bytes) -> str:
    """In UTF-8, unless its first bytes say UTF-16."""
    wide = data[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
    return data.decode("utf-16" if wide else "utf-8-sig", "replace")


class _Reader:
    """Line after line; what is said of the file comes before its rows of numbers."""

    def __init__(self, text: str) -> None:
        self._lines = _significant_lines(text)
        self._number = 0
        self._title = ""
        self._sizes: dict[str, int] = {}
        self._ranges: dict[str, Sequence[float]] = {}

    def head(self) -> tuple[str, int]:
        self._head()
        return self._title, self._sizes.get("3D", 0) or self._sizes.get("1D", 0)

    def read(self) -> Cube:
        first = self._head()
        curve_size, cube_size = (self._sizes.get(name, 0) for name in ("1D", "3D"))
        if not curve_size and not cube_size:
            self._refuse("neither LUT_1D_SIZE nor LUT_3D_SIZE")
        rows = np.array(list(self._rows(first, curve_size + cube_size**3)))
        curve, colors = rows[:curve_size], rows[curve_size:]
        # red changes fastest in the file
        by_blue = colors.reshape(cube_size, cube_size, cube_size, 3)
        return Cube(
            title=self._title,
            curve=curve if curve_size else None,
            curve_range=self._range("1D"),
            colors=by_blue.transpose(2, 1, 0, 3) if cube_size else None,
            colors_range=self._range("3D"),
        )

    def _head(self) -> str:
        """Read all before the first row of numbers, and give that."""
        for number, line in self._lines:
            self._number = number
            word, _, rest = line.partition(" ")
            if word[0] in "+-.0123456789":
                return line
            self._keyword(word, rest.strip())
        return ""

    def _keyword(self, word: str, rest: str) -> None:
        match name := word.upper():
            case "TITLE":
                shown = "".join(char for char in rest.strip('"') if char.isprintable())
                self._title = shown.strip()[:200]
            case "LUT_1D_SIZE" | "LUT_3D_SIZE":
                kind, most = name[4:6], MAX_CURVE if name == "LUT_1D_SIZE" else MAX_CUBE
                if not re.fullmatch("[0-9]{1,6}", rest) or not 2 <= int(rest) <= most:
                    self._refuse(f"{name} is a whole number from 2 to {most}")
                self._sizes[kind] = int(rest)
            case "DOMAIN_MIN" | "DOMAIN_MAX":
                self._ranges[name] = self._floats(rest, 3)
            case "LUT_1D_INPUT_RANGE" | "LUT_3D_INPUT_RANGE":
                self._ranges[name[4:6]] = self._floats(rest, 2)
            case _:
                self._refuse(f"{word[:40]} is not known here")

    def _rows(self, first: str, count: int) -> Iterator[Sequence[float]]:
        line = first
        for found in range(count):
            if not line:
                self._refuse(f"{count} rows of numbers are wanted, {found} are there")
            yield self._floats(line, 3)
            self._number, line = next(self._lines, (self._number, ""))
        if line:
            self._refuse(f"more than the {count} rows of numbers that are wanted")

    def _floats(self, text: str, count: int) -> list[float]:
        try:
            numbers = [float(part) for part in text.split()]
        except ValueError:
            numbers = []
        if len(numbers) != count or not all(abs(number) <= LARGEST for number in numbers):
            self._refuse(f"{count} numbers are wanted")
        return numbers

    def _range(self, kind: str) -> Range:
        if kind in self._ranges:
            low, high = np.repeat(np.array([self._ranges[kind]]), 3, axis=0).T
        else:
            low = np.array(self._ranges.get("DOMAIN_MIN", (0.0, 0.0, 0.0)))
            high = np.array(self._ranges.get("DOMAIN_MAX", (1.0, 1.0, 1.0)))
        if not (low + _NARROWEST <= high).all():
            self._refuse("the domain's end is not above its beginning")
        return Range(low, high)

    def _refuse(self, why: str) -> NoReturn:
        raise InvalidRequest(f"The LUT cannot be read. Line {self._number}: {why}.")


def _significant_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers; comments go from a # to the end."""
    for number, line in enumerate(text.splitlines(), start=1):
        said = line if line.lstrip().upper().startswith("TITLE") else line.partition("#")[0]
        if said.strip():
            yield number, " ".join(said.split())
