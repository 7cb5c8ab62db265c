"""What an edit will cost: CPU seconds, foretold from what is asked and never from the pixels.

    fixed + decode + the PASSES of plan.py, each at its size + encode for each output

Every piece is a number of seconds a megapixel (an operation has a fixed part too), measured by
`python -m tools.measure_costs` and kept in cost_table.json. They are seconds of the machine that
the table was measured on; how fast the workers at hand are, their reports tell (Jobs.pace).
"""

from __future__ import annotations

import functools
import json
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from abzug.edits.decoding.animation import MAX_FRAMES
from abzug.edits.operation import Operation, Stage
from abzug.edits.outputs import Canonical, Output, typed_outputs
from abzug.edits.plan import PASSES, At, Edits, Outputs, Pass, of_stages, plan, steps
from abzug.edits.recipe import operations, typed_edits
from abzug.edits.sizes import Size

TABLE = "cost_table.json"
LEAST, MOST = 0.001, 3600.0
"""Seconds. What nobody can foretell, as a mask of a hundred million pixels, is bounded all the
same: one message must not outweigh all others of its owner for ever."""
RAW = "image/x-raw"
"""Cameras' RAW files have many types, and one figure."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Seconds that something takes."""

    fixed: float
    """What is worked out on a small copy of about a megapixel (light, faces); of a photo that is
    smaller itself, it takes that much less."""
    mega: float
    """For each megapixel."""

    def seconds(self, size: Size) -> float:
        return self.fixed * min(1.0, megapixels(size)) + self.mega * megapixels(size)


@dataclass(frozen=True)
class Table:
    yardstick: float
    """Seconds of tools.measure_costs.yardstick() on the machine that measured."""
    fixed: float
    """Seconds of a photo that hardly has pixels."""
    decode: Mapping[str, Mapping[str, float]]
    """By media type and how many times smaller ("1", "2", …), seconds a megapixel of the photo."""
    resize: Mapping[str, float]
    """Seconds a megapixel of what goes "in" and of what comes "out"."""
    operations: Mapping[str, Piece]
    encode: Mapping[str, float]
    """By `encoding`, seconds a megapixel."""
    max_bytes: float
    """How many files are made, on the average, to find one that is small enough."""

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Table:
        own = {name: Piece(*piece) for name, piece in raw["operations"].items()}
        return cls(**{**raw, "operations": own})

    def operation(self, operation: Operation) -> Piece:
        """What it costs; of one that was not measured yet, what others of its stage cost."""
        if found := self.operations.get(operation.name):
            return found
        alike = [
            piece
            for name, piece in self.operations.items()
            if (known := operations().get(name)) and known.stage is operation.stage
        ] or list(self.operations.values())
        return Piece(
            statistics.fmean(piece.fixed for piece in alike),
            statistics.fmean(piece.mega for piece in alike),
        )

    def loading(self, media_type: str, shrink: int) -> tuple[float, int]:
        """Seconds a megapixel of a photo, and how many times smaller it then is."""
        known = self.decode.get(RAW if media_type.startswith("image/x-") else media_type)
        if known is None:  # a format without a figure: as dear as the dearest, none is free
            return max(one["1"] for one in self.decode.values()), 1
        offered = max(times for times in map(int, known) if times <= shrink)
        return known[str(offered)], offered


@functools.cache
def cost_table() -> Table:
    """The table in the code."""
    return Table.of(json.loads(resources.files(__package__).joinpath(TABLE).read_bytes()))


def predicted_seconds(
    media_type: str, size: Size, edits: Mapping[str, Any], outputs: Canonical, *, frames: int = 1
) -> float:
    """CPU seconds that a photo of that type and upright size takes, on the table's machine.

    frames: those of an animation, which outputs that move have edited one by one. `edits` and
    `outputs` are canonical, the outputs at least one. Above 0, at most MOST.
    """
    typed, wanted = typed_edits(edits), typed_outputs(outputs)
    found = foretold(cost_table(), media_type, size, typed, wanted, frames=frames)
    return round(min(max(found, LEAST), MOST), 4)


def foretold(
    table: Table, media_type: str, size: Size, edits: Edits, outputs: Outputs, *, frames: int
) -> float:
    moving = [output for output in outputs if frames > 1 and output.can_move]
    still = [output for output in outputs if output not in moving]
    seconds = table.fixed
    if still:
        seconds += _picture(table, media_type, size, edits, still)
    if moving:
        # a frame has what is fixed of a photo too: libraries are called as often
        each = table.fixed + _picture(table, media_type, size, edits, moving, in_full=True)
        seconds += min(frames, MAX_FRAMES) * each
    return seconds


def _picture(
    table: Table,
    media_type: str,
    size: Size,
    edits: Edits,
    outputs: Outputs,
    *,
    in_full: bool = False,
) -> float:
    """A photo, or one frame; in_full: decoded in its own size, however small it will be."""
    planned = plan(size, edits, outputs)
    rate, shrink = table.loading(media_type, 1 if in_full else planned.shrink)
    seconds = rate * megapixels(size)
    now = max(1, size[0] // shrink), max(1, size[1] // shrink)
    for operation, value in steps(edits, At.photo):
        seconds += table.operation(operation).seconds(now)
        now = operation.size_after(now, value)
    for smaller in sorted(set(planned.sizes), reverse=True):
        seconds += _resizing(table, now, smaller)
        for one in PASSES:
            if one.at is At.each or (one.at is At.largest and smaller == planned.largest):
                seconds += _passing(table, one, smaller, edits)
        now = smaller
    return seconds + sum(
        _encoding(table, its, output) for its, output in zip(planned.sizes, outputs, strict=True)
    )


def _resizing(table: Table, before: Size, after: Size) -> float:
    if before == after:
        return 0.0
    return table.resize["in"] * megapixels(before) + table.resize["out"] * megapixels(after)


def _passing(table: Table, one: Pass, size: Size, edits: Edits) -> float:
    """The operations of a pass.

    Light is one map and color one table, however many operations there are: the pixels of each are
    paid for once, by the dearest. What is automatic sets colors, and then that is what it costs.
    """
    found = of_stages(edits, one.stages)
    groups = [[operation] for operation in found]
    if one.is_one:
        light = [operation for operation in found if operation.stage is Stage.light]
        groups = [light, [operation for operation in found if operation not in light]]
    shared = [[table.operation(operation) for operation in group] for group in groups if group]
    return sum(
        Piece(sum(p.fixed for p in pieces), max(p.mega for p in pieces)).seconds(size)
        for pieces in shared
    )


def _encoding(table: Table, size: Size, output: Output) -> float:
    rate = table.encode.get(encoding(output), max(table.encode.values()))
    files = table.max_bytes if output.is_lossy and output.max_bytes else 1.0
    return rate * megapixels(size) * files


def encoding(output: Output) -> str:
    """What of an output makes its file dear, as the table names it: "jpeg progressive fine"."""
    is_fine = output.is_lossy and output.quality >= output.saver.fine_from
    words = [
        output.format,
        "progressive" if output.progressive else "",
        "lossless" if output.lossless and output.saver.lossless else "",
        "fine" if is_fine else "",
    ]
    return " ".join(filter(None, words))


def megapixels(size: Size) -> float:
    return size[0] * size[1] / 1e6
