"""Each operation by itself: CPU seconds for 12 megapixels, peak memory for 100. `make bench-engine`

The seconds are what it adds to a plain run of the engine, runs taken in turn; of the values that
show the operation, the dearest counts. The memory is that of a fresh process that edits a photo of
100 megapixels, all of it, or that refuses it before it begins.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tools.showcase import shown_values

from abzug.edits import engine
from abzug.edits.base import Operation, canonical_edits, operations
from abzug.edits.outputs import canonical_outputs
from abzug.errors import EditImpossible, PhotoTooLarge
from abzug.settings import Settings
from benchmarks import measure, photos

MOST_SECONDS, MOST_OF_DENOISING, MOST_MIB = 0.6, 1.0, 900.0
DENOISING = {"noise_reduction", "color_noise_reduction"}
ROUNDS = 3
PLAIN = {"format": "jpeg", "quality": 80, "metadata": "strip"}

Figure = tuple[str, float, float, str]


def figures() -> Iterator[Figure]:
    engine.prepare_process(0)
    engine.warm_up()
    shown = [(op, values) for op in operations().values() if (values := shown_values(op))]
    data = photos.jpeg(photos.PHONE, 12)
    for op, values in shown:
        most = MOST_OF_DENOISING if op.name in DENOISING else MOST_SECONDS
        yield f"operation_{op.name}_cpu_12mp", max(added(data, op, values)), most, "at_most"
    with tempfile.TemporaryDirectory(prefix="abzug-bench-") as folder:
        file = Path(folder) / "photo.jpg"
        file.write_bytes(photos.jpeg(photos.CAMERA, 100))
        for op, values in shown:
            mib = peak_mib(file, op, values)
            yield f"operation_{op.name}_mib_100mp", mib, MOST_MIB, "at_most"


def distinct(values: Sequence[Any]) -> list[Any]:
    """The ends of a slider, or the examples: not the values half way."""
    return [values[0], values[-1]] if len(values) > 1 else list(values)


def added(data: bytes, op: Operation, values: Sequence[Any]) -> list[float]:
    """CPU seconds that each value adds to a plain run."""
    outputs = canonical_outputs([PLAIN], max_outputs=1)
    works = {
        json.dumps(edits): partial(engine.edit, data, edits, outputs)
        for edits in ({}, *(canonical_edits({op.name: value}) for value in distinct(values)))
    }
    plain, *others = measure.in_turn(works, ROUNDS).values()
    return [seconds - plain for seconds in others]


def peak_mib(file: Path, op: Operation, values: Sequence[Any]) -> float:
    """Of the last value, which is the strongest of a slider."""
    command = [sys.executable, "-m", "benchmarks.operations"]
    asked = json.dumps([str(file), {op.name: values[-1]}])
    done = subprocess.run([*command, asked], stdout=subprocess.PIPE, check=True)
    return float(done.stdout)


def edit_and_print_peak(file: str, edits: dict[str, Any]) -> None:
    """With the limits that a worker sets."""
    settings = Settings()
    engine.prepare_process(settings.memory_limit)
    limits = engine.Limits(max_pixels=settings.max_pixels, time_limit=settings.time_limit)
    outputs = canonical_outputs([PLAIN], max_outputs=1)
    try:
        engine.edit(Path(file).read_bytes(), canonical_edits(edits), outputs, limits=limits)
    except (EditImpossible, PhotoTooLarge) as refusal:
        print(f"  {edits} is refused: {refusal.message}", file=sys.stderr)
    print(measure.peak_mib())


if __name__ == "__main__":
    edit_and_print_peak(*json.loads(sys.argv[1]))
