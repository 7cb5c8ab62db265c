"""The edit engine against the same libvips driven bare, and its memory for 100 megapixels.

Bare is what a script tuned for nothing but speed does: shrink on load, one resize, a 1-D table, a
matrix, a 3×3 convolution, encode. It has neither colors that keep their hue nor a sharpening that
spares noise; the engine has, and must not cost more than a tenth for it.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

from abzug.edits import engine
from abzug.edits.outputs import canonical_outputs
from abzug.edits.recipe import canonical_edits
from benchmarks import measure

Figure = tuple[str, float, float, str]

ROUNDS = 9
EDITS = {"exposure": 0.2, "contrast": 10, "vibrance": 15, "sharpening": {"amount": 40}}
JOB_A = {"max_side": 1600, "quality": 80, "metadata": "strip"}
JOB_B = {"quality": 90, "metadata": "strip"}


def figures() -> Iterator[Figure]:
    engine.prepare_process(0)
    engine.warm_up()
    data = photo(4000, 3000)
    yield "engine_job_a_vs_libvips", ratio(bare_a, JOB_A, data), 0.9, "at_least"
    yield "engine_job_b_vs_libvips", ratio(bare_b, JOB_B, data), 0.9, "at_least"
    yield "engine_100mp_mib", peak_mib(), 700, "at_most"


def ratio(bare: Callable[[bytes], bytes], output: dict[str, Any], data: bytes) -> float:
    """CPU seconds of the bare library over those of the engine, medians of runs taken in turn."""
    edits, outputs = canonical_edits(EDITS), canonical_outputs([output], max_outputs=1)
    pairs = [
        (measure.cpu(lambda: bare(data)), measure.cpu(lambda: engine.edit(data, edits, outputs)))
        for _ in range(ROUNDS)
    ]
    theirs, ours = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"  bare {theirs:.4f} s, engine {ours:.4f} s", file=sys.stderr)
    return theirs / ours


def loaded(data: bytes, shrink: int = 1) -> Any:
    """By the one way to load a JPEG that an editing process leaves open."""
    import pyvips

    source = pyvips.Source.new_from_memory(data)
    return pyvips.Image.jpegload_source(source, access="sequential", shrink=shrink)


def bare_a(data: bytes) -> bytes:
    """12 megapixels → 1600 pixels, tone, saturation, sharpening, JPEG 80."""
    image = loaded(data, shrink=2)
    image = image.resize(1600 / max(image.width, image.height))
    return _bare_edits(image).jpegsave_buffer(Q=80, keep="none")


def bare_b(data: bytes) -> bytes:
    """The same at full size, JPEG 90."""
    return _bare_edits(loaded(data)).jpegsave_buffer(Q=90, keep="none")


def _bare_edits(image: Any) -> Any:
    import pyvips

    curve = [max(0, min(255, round(1.1 * (1.12 * x - 128) + 128))) for x in range(256)]
    table = pyvips.Image.new_from_array([curve]).cast("uchar")
    mean, strength = (0.2126, 0.7152, 0.0722), 1.15
    saturation = [
        [m * (1 - strength) + strength * (row == column) for column, m in enumerate(mean)]
        for row in range(3)
    ]
    kernel = pyvips.Image.new_from_array([[0, -1, 0], [-1, 8, -1], [0, -1, 0]], scale=4)
    colored = image.maplut(table).recomb(pyvips.Image.new_from_array(saturation)).cast("uchar")
    return colored.conv(kernel, precision="integer")


def photo(width: int, height: int) -> bytes:
    """A JPEG with the statistics of a photo: contrast at every scale, color that varies slowly,
    some noise."""
    import cv2
    import numpy as np
    import pyvips

    random = np.random.default_rng(1)

    def clouds(cells: int, strength: float, channels: int) -> Any:
        shape = (max(2, cells * height // width), cells, channels)
        small = random.normal(0, strength, shape).astype(np.float32)
        return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)

    light = sum(clouds(cells, 90 / cells**0.5, 1) for cells in (4, 16, 64, 256, 1024))
    pixels = np.empty((height, width, 3), np.uint8)
    color = clouds(6, 18, 3)
    noise = random.normal(0, 2.5, (256, width, 1)).astype(np.float32)
    for top in range(0, height, 256):
        rows = slice(top, min(top + 256, height))
        strip = 118 + light[rows, :, None] + color[rows] + noise[: rows.stop - rows.start]
        pixels[rows] = np.clip(strip, 0, 255)
    image = pyvips.Image.new_from_memory(pixels.data, width, height, 3, "uchar")
    return bytes(image.copy(interpretation="srgb").jpegsave_buffer(Q=90))


def peak_mib() -> float:
    """Peak memory of a fresh process that does job B on 100 megapixels."""
    image = loaded(photo(4000, 2500)).copy_memory().replicate(2, 5)
    data = bytes(image.jpegsave_buffer(Q=90))
    command = [sys.executable, "-m", "benchmarks.engine", "--peak"]
    done = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True)
    return float(done.stdout)


def _print_peak() -> None:
    engine.prepare_process(0)
    data = sys.stdin.buffer.read()
    outputs = canonical_outputs([JOB_B], max_outputs=1)
    edited = engine.edit(data, canonical_edits(EDITS), outputs)
    assert edited.results[0].width == 8000
    print(measure.peak_mib())


if __name__ == "__main__":
    if "--peak" in sys.argv:
        _print_peak()
    else:
        for name, value, target, sense in figures():
            print(f"{name} {value:.3g} ({sense.replace('_', ' ')} {target:g})")
