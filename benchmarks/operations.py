"""Each operation by itself: CPU seconds for 12 megapixels, peak memory for 100. `make bench-engine`

The seconds are what it adds to a plain run of the engine, runs taken in turn; of its values and of
the kinds of photos the dearest counts, and all that come near the limit are told. The memory is
that of a fresh process that edits a photo of 100 megapixels, in 8 bits and in 16, or that refuses
it before it begins (memory.py).

`python -m benchmarks.operations [NAME …]` prints how long a photo of 100 megapixels takes, all of
it, with each operation at its dearest.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tools.showcase import shown_values

from abzug.edits import engine
from abzug.edits.operation import Operation
from abzug.edits.outputs import canonical_outputs
from abzug.edits.recipe import canonical_edits, operations
from benchmarks import dear, measure, memory, photos

MOST_SECONDS, MOST_OF_DENOISING = 0.6, 1.0
NEAR = 0.45
"""Seconds from which a setting is told of."""
DENOISING = {"noise_reduction", "color_noise_reduction"}
ROUNDS = 3
PLAIN = {"format": "jpeg", "quality": 80, "metadata": "strip"}

Figure = tuple[str, float, float, str]


def figures() -> Iterator[Figure]:
    engine.prepare_process(0)
    engine.warm_up()
    shown = [(op, values) for op in operations().values() if (values := shown_values(op))]
    kinds = dear.kinds(12)
    for op in operations().values():
        most = MOST_OF_DENOISING if op.name in DENOISING else MOST_SECONDS
        if values := dear.values(op):
            seconds = max(dearest(data, kind, op, values) for kind, data in kinds.items())
            yield f"operation_{op.name}_cpu_12mp", seconds, most, "at_most"
    for kind in ("rgb8", "rgb16"):
        with tempfile.TemporaryDirectory(prefix="abzug-bench-") as folder:
            file = memory.save(kind, 100, Path(folder))
            for op, values in shown:
                told = memory.run(file, {op.name: values[-1]})
                if told["said"] != "edited":
                    print(f"  {kind} {op.name}: {told['said']}", file=sys.stderr)
                figure = f"operation_{op.name}_mib_100mp_{kind}"
                yield figure, told["mib"], memory.MOST_MIB, "at_most"


def dearest(data: bytes, kind: str, op: Operation, values: Sequence[Any]) -> float:
    """The most CPU seconds that a value adds to a plain run; tells of those that come near."""
    outputs = canonical_outputs([PLAIN], max_outputs=1)
    works = {}
    for edits in ({}, *(canonical_edits({op.name: value}) for value in values)):
        assets = dear.stored(edits)
        works[json.dumps(edits)] = partial(engine.edit, data, edits, outputs, assets=assets)
    plain, *taken = measure.in_turn(works, ROUNDS).values()
    for value, seconds in zip(values, taken, strict=True):
        if seconds - plain > NEAR:
            print(f"  {op.name} {kind} {seconds - plain:.2f} {value}", file=sys.stderr)
    return max(taken) - plain


def print_seconds(names: Sequence[str]) -> None:
    """CPU and wall seconds of 100 megapixels from file to file, in 8 and in 16 bits."""
    engine.prepare_process(0)
    engine.warm_up()
    ways = {
        "JPEG": (photos.jpeg(photos.CAMERA, 100), PLAIN),
        "TIFF, 16 bits": (dear.deep(photos.image(photos.CAMERA, 100)), {"format": "tiff"}),
    }
    chosen: dict[str, Any] = {"none": {}}
    chosen |= {
        op.name: {op.name: values[-1]}
        for op in operations().values()
        if (values := dear.values(op)) and (not names or op.name in names)
    }
    for kind, (data, output) in ways.items():
        outputs = canonical_outputs([output], max_outputs=1)
        for name, asked in chosen.items():
            edits = canonical_edits(asked)
            start = time.monotonic()
            cpu = measure.cpu(partial(engine.edit, data, edits, outputs, assets=dear.stored(edits)))
            wall = time.monotonic() - start
            print(f"{kind:14} {name:24} cpu {cpu:5.1f} wall {wall:5.1f}", flush=True)


if __name__ == "__main__":
    print_seconds(sys.argv[1:])
