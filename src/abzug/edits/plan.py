"""What sizes a photo goes through and what is done to it in each, before a pixel is decoded.

The engine works by it, cost and memory are foretold by it: all speak of the same pixels.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from abzug.edits.operation import (
    GeometryOperation,
    Operation,
    OverlayOperation,
    PixelOperation,
    Stage,
)
from abzug.edits.outputs import Output
from abzug.edits.recipe import Kind, operations, operations_of
from abzug.edits.sizes import Size, scaled

Edits = Mapping[str, Any]
"""Typed: see typed_edits."""
Outputs = Sequence[Output]
"""At least one: see typed_outputs."""
Steps = list[tuple[PixelOperation, Any]]
"""Operations with their values, in the order of application."""

_SHRINKS = (8, 4, 2)
_NEARLY = 0.998
"""Sizes are whole numbers, so half of a size is often missed by a hair."""


class At(enum.Enum):
    """How large the photo is in a pass."""

    photo = enum.auto()
    """As it was decoded, and as geometry then makes it."""
    largest = enum.auto()
    """As the largest output, which the smaller ones are made from."""
    each = enum.auto()
    """As each output, the largest first."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Some stages, one after another."""

    at: At
    stages: tuple[Stage, ...]
    is_one: bool = False
    """All its operations are one pass over the pixels; else each of them is a pass of its own."""


PASSES = (
    Pass(At.photo, (Stage.retouch, Stage.geometry)),
    Pass(At.largest, (Stage.denoise,)),
    Pass(At.largest, (Stage.automatic, Stage.light, Stage.color), is_one=True),
    Pass(At.each, (Stage.detail, Stage.overlay)),
)
"""All that is done to a photo between decode and encode."""


@dataclass(frozen=True, slots=True)
class Plan:
    sizes: list[Size]
    """Of each output before its overlays, in the order of the outputs."""
    reduction: float
    """How many times smaller than it is the photo may be decoded."""
    is_sure: bool = True
    """Whether the sizes are; else they are those of a photo in which geometry finds nothing to do,
    and `plan_after_geometry` has the true ones."""

    @property
    def largest(self) -> Size:
        return max(self.sizes)

    @property
    def shrink(self) -> int:
        """The reduction as loaders offer it: to a half, a quarter or an eighth; 1 is none."""
        return next((by for by in _SHRINKS if self.reduction >= by * _NEARLY), 1)


def steps(edits: Edits, at: At) -> Steps:
    """What is done in that size by one operation after another."""
    of_pixels = of_kind(edits, PixelOperation)
    stages = {stage for one in PASSES if one.at is at and not one.is_one for stage in one.stages}
    return [(operation, value) for operation, value in of_pixels if operation.stage in stages]


def plan(size: Size, edits: Edits, outputs: Outputs) -> Plan:
    """The plan for an upright photo of that size."""
    moves = of_kind(edits, GeometryOperation)
    is_sure = all(operation.size or not operation.measure for operation, _ in moves)
    reduction = None if is_sure else 1.0
    for operation, value in moves:
        if operation.needs and is_sure:
            reduction = _ratio(size, operation.needs(size, value))
        size = operation.size_after(size, value)
    sizes = [_output_size(size, output.max_side, edits) for output in outputs]
    return Plan(sizes, reduction or _ratio(size, max(sizes)), is_sure)


def plan_after_geometry(size: Size, edits: Edits, outputs: Outputs) -> Plan:
    """What is left to plan for a photo that has that size after its geometry."""
    moved = {operation.name for operation, _ in of_kind(edits, GeometryOperation)}
    return plan(size, {name: edits[name] for name in edits if name not in moved}, outputs)


def of_stages(edits: Edits, stages: Collection[Stage]) -> list[Operation]:
    """The operations of some stages, in the order of application."""
    known = operations()
    return [known[name] for name in edits if known[name].stage in stages]


def of_kind(edits: Edits, kind: type[Kind]) -> list[tuple[Kind, Any]]:
    """The operations of a class with their values, in the order of application."""
    known = operations_of(kind)
    return [(known[name], value) for name, value in edits.items() if name in known]


def _ratio(size: Size, smaller: Size) -> float:
    return min(size[0] / smaller[0], size[1] / smaller[1])


def _output_size(size: Size, max_side: int | None, edits: Edits) -> Size:
    """`size` made to fit with what overlays put around it; nothing is enlarged."""
    whole = max(_overlaid(size, edits))
    if max_side is None or whole <= max_side:
        return size
    fitted = scaled(size, max_side / whole)
    over = max(_overlaid(fitted, edits)) - max_side  # a pixel or two, as the frame is rounded too
    return scaled(size, (max(fitted) - over) / max(size)) if over > 0 else fitted


def _overlaid(size: Size, edits: Edits) -> Size:
    for operation, value in of_kind(edits, OverlayOperation):
        size = operation.size_after(size, value)
    return size
