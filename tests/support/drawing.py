"""What computed pictures are drawn with: soft shapes, waves, speckles, letters, grain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Color = Sequence[float]
"""Encoded red, green and blue, 0…1."""
Plane = npt.NDArray[np.float32]
"""(height, width); of a mask, how much of a pixel is meant, 0…1."""


def plane(values: Any) -> Plane:
    return np.asarray(values, np.float32)


class Drawing:
    """A picture in the making.

    colors: (height, width, 3), encoded, 0…1 and beyond. x, y: where a pixel is, from 0 to `across`
    along the width, and as far down as its shape lets it.
    """

    def __init__(self, width: int, height: int, color: Color, across: float = 1) -> None:
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        self.x = (x + 0.5) * np.float32(across / width)
        self.y = (y + 0.5) * np.float32(across / width)
        self.down = (y + 0.5) / height
        self.colors = np.full((height, width, 3), color, np.float32)

    def mix(self, color: Color | Drawing, mask: npt.NDArray[Any]) -> None:
        """Lay this color, or other drawing, over it where the mask is."""
        over = color.colors if isinstance(color, Drawing) else plane(color)
        self.colors += (over - self.colors) * mask.astype(np.float32)[..., None]

    def shade(self, factor: Any, mask: Plane | float = 1) -> None:
        """Make it darker or brighter by this factor, or one for each pixel, where the mask is."""
        self.colors *= np.atleast_1d(1 + (plane(factor) - 1) * plane(mask))[..., None]

    def blob(self, left: float, top: float, wide: float, high: float, soft: float) -> Plane:
        """An ellipse about a place, of two radii; soft: how much of them its edge takes, 0…1."""
        far = np.hypot((self.x - left) / wide, (self.y - top) / high)
        inside = np.clip((1 - far) / soft + 0.5 * (soft < 0.5), 0, 1)
        return plane(inside * inside * (3 - 2 * inside))

    def waves(self, along: float, down: float, finest: float, seed: int) -> Plane:
        """-1…1: waves in all directions, drawn out by two factors; the shorter, the lower, as in
        clouds and hills."""
        rng = np.random.default_rng(seed)
        total, heights, frequency = np.zeros_like(self.x), 0.0, 1.0
        while frequency <= finest:
            for _ in range(3):
                turn, phase = rng.uniform(0, 2 * np.pi, 2)
                right, under = plane((along * np.cos(turn), down * np.sin(turn))) * frequency
                wave = np.sin(plane(2 * np.pi) * (right * self.x + under * self.y) + plane(phase))
                total += wave / plane(frequency)
            heights += 3 / frequency
            frequency *= 1.7
        return plane(total * (2 / heights))

    def speckle(self, cell: int, seed: int) -> Plane:
        """0…1: cells of so many pixels, each of a tone of its own, as leaves have."""
        height, width = self.x.shape
        rng = np.random.default_rng(seed)
        tones = rng.random((height // cell + 1, width // cell + 1), np.float32)
        return plane(np.repeat(np.repeat(tones, cell, 0), cell, 1)[:height, :width])

    def grain(self, strength: float) -> None:
        rng = np.random.default_rng(1)
        self.colors += rng.normal(0, strength, self.colors.shape).astype(np.float32)

    def in_8_bits(self) -> Pixels:
        return np.asarray(np.rint(np.clip(self.colors, 0, 1) * 255), np.uint8)


def letters(word: str, width: int, height: int) -> Plane:
    """1 where a word stands that fills a rectangle of so many pixels."""
    rows = [".".join(_LETTERS[letter][row] for letter in word) for row in range(7)]
    dots = np.array([[dot == "#" for dot in row] for row in rows], np.float32)
    down = np.arange(height) * len(dots) // height
    across = np.arange(width) * dots.shape[1] // width
    return dots[down][:, across]


_LETTERS = {
    "A": (".###.", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"),
    "B": ("####.", "#...#", "#...#", "####.", "#...#", "#...#", "####."),
    "G": (".###.", "#...#", "#....", "#.###", "#...#", "#...#", ".###."),
    "U": ("#...#", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."),
    "Z": ("#####", "....#", "...#.", "..#..", ".#...", "#....", "#####"),
}
