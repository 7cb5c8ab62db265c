"""Where the nodes of a color table lie: how many, and in which tones they stand closer."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from abzug.edits.color.colorspace import Array, planes
from abzug.edits.color.cube import around

NEAR = 0.5
"""Levels of 255 that 99 % of the values of usual colors may be off at most: then those of each real
photo are at most 0.4 on average and 4 in 99 % (`python -m benchmarks accuracy`)."""
STEEPEST = 2.5
"""Slope of the grey curve from which there is no doing without a curve: the darks would be off,
too few among the usual colors to tell."""
CURVE_SIZE = 16 * 255 + 1
"""Every level of 255 is an entry: what bends at one, as levels do, bends there in the table too."""

Change = Callable[[Array], Array]
"""Of encoded colors (..., 3), 0..1."""


@dataclass(frozen=True)
class Placement:
    """grid: nodes along an edge. curve: what a channel goes through before them, or None."""

    grid: int
    curve: Array | None

    def nodes(self) -> Array:
        """The channel's values at the nodes, 0..1."""
        even = np.linspace(0, 1, self.grid)
        return even if self.curve is None else np.interp(even, self.curve, _ramp())

    def between(self, change: Change, levels: npt.NDArray[np.intp]) -> Array:
        """What a table of these nodes makes of colors (N, 3) in whole levels of 255; 16 bits."""
        at = levels / 255 if self.curve is None else self.curve[levels * (CURVE_SIZE // 255)]
        corners, weights = zip(*around(at, self.grid), strict=True)
        nodes = np.moveaxis(self.nodes()[np.stack(corners)], -1, 0)
        made: Array = (in_16_bits(change(planes(nodes))) * np.stack(weights)[..., None]).sum(0)
        return made


def placed(change: Change, grids: Sequence[int]) -> Placement:
    """The smallest table that is near enough on usual colors, or the nearest of all.

    A finer one takes longer to bake, hardly to apply. Usual edits get 49 even nodes, steep ones the
    curve, and hues set against their neighbors all there are: near grey, where photos are, a few
    levels lie between one hue and the next.
    """
    levels = _usual_colors()
    target = in_16_bits(change(planes(levels.T / 255)))
    tried = []
    for placement in _placements(change, grids):
        off = np.abs(placement.between(change, levels) - target) / 257
        tried.append((float(np.percentile(off, 99)), placement))
        if tried[-1][0] <= NEAR:
            break
    return min(tried, key=lambda one: one[0])[1]


def in_16_bits(colors: Array) -> npt.NDArray[np.uint16]:
    """Of 0..1. The last bits of float64 differ between processors, and equal requests must give
    equal bytes on a mixed fleet: all that a table is made of goes through this."""
    return np.rint(colors * 65535).astype(np.uint16)


def _placements(change: Change, grids: Sequence[int]) -> Iterator[Placement]:
    grey = change(planes([_ramp()] * 3)).mean(-1)
    steps = np.abs(np.diff(grey))
    curve = _curve(steps) if steps.any() else None
    for grid in grids:
        if steps.max() * (CURVE_SIZE - 1) <= STEEPEST:
            yield Placement(grid, None)
        if curve is not None:
            yield Placement(grid, curve)


def _curve(steps: Array) -> Array:
    """The mean of the identity and of how far grey has gone by then, up or down.

    So half of the nodes are where the change is steep: exposure +3 is off by 4 levels in the darks
    without it.
    """
    way = np.cumsum([0, *steps])
    curve: Array = in_16_bits((_ramp() + way / way[-1]) / 2) / 65535
    return curve


def _ramp() -> Array:
    return np.linspace(0, 1, CURVE_SIZE)


@functools.cache
def _usual_colors() -> npt.NDArray[np.intp]:
    """A thousand, in whole levels of 255: muted and rather dark, as most are in photos."""
    rng = np.random.default_rng(0)
    vivid, muted, dark = rng.random((1000, 3)), rng.random((1000, 1)), rng.random((1000, 1))
    grey = vivid.mean(-1, keepdims=True)
    colors = (grey + (vivid - grey) * muted) * np.sqrt(dark)
    levels: npt.NDArray[np.intp] = np.rint(colors * 255).astype(np.intp)
    return levels
