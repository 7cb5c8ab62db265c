"""What sizes a photo goes through, known before a pixel is decoded.

The engine works by it and the cost is predicted by it, so that both speak of the same pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from abzug.edits.operation import Operation, Stage
from abzug.edits.outputs import Output
from abzug.edits.recipe import operations
from abzug.edits.sizes import Size, scaled

Edits = Mapping[str, Any]
"""Typed: see typed_edits."""
Outputs = Sequence[Output]
"""At least one: see typed_outputs."""

_SHRINKS = (8, 4, 2)
_NEARLY = 0.998
"""Sizes are whole numbers, so half of a size is often missed by a hair."""


@dataclass(frozen=True, slots=True)
class Plan:
    """sizes: of each output before its overlays, in the order of the outputs. reduction: how many
    times smaller than it is the photo may be decoded. is_sure: whether the sizes are; else they are
    those of a photo in which geometry finds nothing to do, and `rest` has the true ones."""

    sizes: list[Size]
    reduction: float
    is_sure: bool = True

    @property
    def largest(self) -> Size:
        return max(self.sizes)

    @property
    def shrink(self) -> int:
        """The reduction as loaders offer it: to a half, a quarter or an eighth; 1 is none."""
        return next((by for by in _SHRINKS if self.reduction >= by * _NEARLY), 1)


def plan(size: Size, edits: Edits, outputs: Outputs) -> Plan:
    """The plan for an upright photo of that size."""
    moves = of_stage(edits, Stage.geometry)
    is_sure = all(operation.size or not operation.measure for operation, _ in moves)
    reduction = None if is_sure else 1.0
    for operation, value in moves:
        if operation.needs and is_sure:
            reduction = _ratio(size, operation.needs(size, value))
        size = operation.size(size, value) if operation.size else size
    sizes = [_output_size(size, output.max_side, edits) for output in outputs]
    return Plan(sizes, reduction or _ratio(size, max(sizes)), is_sure)


def plan_after_geometry(size: Size, edits: Edits, outputs: Outputs) -> Plan:
    """What is left to plan for a photo that has that size after its geometry."""
    moved = {operation.name for operation, _ in of_stage(edits, Stage.geometry)}
    return plan(size, {name: edits[name] for name in edits if name not in moved}, outputs)


def of_stage(edits: Edits, *stages: Stage) -> list[tuple[Operation, Any]]:
    """The operations of some stages with their values, in the order of application."""
    known = operations()
    return [(known[name], value) for name, value in edits.items() if known[name].stage in stages]


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
    for operation, value in of_stage(edits, Stage.overlay):
        size = operation.size(size, value) if operation.size else size
    return size
