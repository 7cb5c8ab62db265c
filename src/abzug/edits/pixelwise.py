"""Color operations one after another, with no more color space conversions than they need."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from abzug.edits import colorspace
from abzug.edits.colorspace import Array


@dataclass(frozen=True)
class Space:
    """A color space, reached from its parent space; the root is sRGB-encoded RGB, 0..1."""

    parent: Space | None = None
    enter: Callable[[Array], Array] = np.asarray
    leave: Callable[[Array], Array] = np.asarray

    def path(self) -> tuple[Space, ...]:
        """The spaces from the root to this one."""
        return (*(self.parent.path() if self.parent else ()), self)


def _tame(linear: Array) -> Array:
    """Half scaled down (a tinted white), half faded to white.

    All of one left clipped walls white inside a yellow picture, all of the other dulled them.
    """
    scaled = linear / np.maximum(linear.max(-1, keepdims=True), 1)
    tamed: Array = (colorspace.fit(linear) + scaled) / 2
    return tamed


ENCODED = Space()
"""sRGB-encoded RGB, 0..1."""
LINEAR = Space(ENCODED, colorspace.decode, colorspace.encode)
"""Linear light, 0..1."""
BALANCE = Space(LINEAR, leave=_tame)
"""Linear light that may exceed 1 for a while, so that white balance is free to move white."""
OKLCH = Space(LINEAR, colorspace.oklch, lambda color: colorspace.fit(colorspace.from_oklch(color)))
"""Lightness 0..1, chroma, hue in degrees."""


@dataclass(frozen=True)
class Pixelwise:
    """The `run` of a color operation: a function of colors (..., 3) in one space, and a value."""

    space: Space
    function: Callable[[Array, Any], Array]

    def __call__(self, rgb: Array, value: Any) -> Array:
        """Encoded RGB in 0..1 of shape (..., 3), edited."""
        return chain(rgb, [(self, value)])


def chain(rgb: Array, steps: Iterable[tuple[Pixelwise, Any]]) -> Array:
    """Run the steps on encoded RGB in 0..1 of shape (..., 3); neighbors in one space share it."""
    space = ENCODED
    for step, value in steps:
        rgb = step.function(convert(rgb, space, step.space), value)
        space = step.space
    return np.clip(convert(rgb, space, ENCODED), 0, 1)


def convert(color: Array, source: Space, target: Space) -> Array:
    """Colors of one space in another, by way of the nearest space above both."""
    up, down = source.path(), target.path()
    shared = sum(1 for here, there in zip(up, down, strict=False) if here is there)
    for space in reversed(up[shared:]):
        color = space.leave(color)
    for space in down[shared:]:
        color = space.enter(color)
    return color
