"""Color operations one after another, with no more color space conversions than they need."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from abzug.edits.color import colorspace
from abzug.edits.color.adaptation import LitColors
from abzug.edits.color.colorspace import Array
from abzug.edits.operation import Operation, Stage


@dataclass(frozen=True)
class Space:
    """A form of colors, reached from its parent's; the root is sRGB-encoded RGB, 0..1."""

    parent: Space | None = None
    enter: Callable[[Any], Any] = np.asarray
    leave: Callable[[Any], Any] = np.asarray

    def path(self) -> tuple[Space, ...]:
        """The spaces from the root to this one."""
        return (*(self.parent.path() if self.parent else ()), self)


ENCODED = Space()
"""sRGB-encoded RGB, 0..1."""
LINEAR = Space(ENCODED, colorspace.to_linear, colorspace.from_linear)
"""Linear light, 0..1."""
BALANCE = Space(LINEAR, LitColors, LitColors.balanced)
"""Linear light together with the light that lit it: an `adaptation.LitColors`."""
OKLAB = Space(LINEAR, colorspace.oklab, lambda lab: colorspace.fit(colorspace.from_oklab(lab)))
"""Lightness 0..1, a and b."""
OKLCH = Space(OKLAB, colorspace.polar, colorspace.from_polar)
"""Lightness 0..1, chroma, hue in degrees."""


@dataclass(frozen=True)
class Pixelwise:
    """The `run` of a color operation: a function of colors (..., 3) in one space, and a value."""

    space: Space
    function: Callable[[Any, Any], Any]

    def __call__(self, rgb: Array, value: Any) -> Array:
        """Encoded RGB in 0..1 of shape (..., 3), edited."""
        return chain(rgb, [(self, value)])


@dataclass(frozen=True)
class Table:
    """nodes: (N, N, N, 3) by red, green, blue. shaper: the curves before them, (M, 3) over 0..1, or
    None. Numbers below 0 and above 1 are cut off behind it."""

    nodes: Array
    shaper: Array | None = None


def no_table(_: Any) -> Table | None:
    return None


@dataclass(frozen=True, kw_only=True)
class ColorOperation(Operation):
    """Pixel by pixel; all of them are baked into one 3-D table (lut.py)."""

    stage = Stage.color

    run: Pixelwise
    own_table: Callable[[Any], Table | None] = no_table
    """What a value does, where that is a table by itself: alone, it need not be sampled."""


def chain(rgb: Array, steps: Iterable[tuple[Pixelwise, Any]]) -> Array:
    """Run the steps on encoded RGB in 0..1 of shape (..., 3); neighbors in one space share it."""
    color: Any = rgb
    space = ENCODED
    for step, value in steps:
        color = step.function(convert(color, space, step.space), value)
        space = step.space
    edited: Array = np.clip(convert(color, space, ENCODED), 0, 1)
    return edited


def convert(color: Any, source: Space, target: Space) -> Any:
    """Colors of one space in another, by way of the nearest space above both."""
    up, down = source.path(), target.path()
    shared = sum(1 for here, there in zip(up, down, strict=False) if here is there)
    for space in reversed(up[shared:]):
        color = space.leave(color)
    for space in down[shared:]:
        color = space.enter(color)
    return color
