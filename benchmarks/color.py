"""How exact and how fast the color pass is. `python -m benchmarks.color`

CPU seconds of one thread on 12 MP (4000 × 3000); accuracy in levels of 255 against the exact
functions, both rounded, on pixels of photos.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from tests.support.computed_photos import photo_folder

from abzug.edits.color import lut
from abzug.edits.color.color_pass import color_pass
from abzug.edits.recipe import canonical_edits, typed_edits
from benchmarks.recipes import TYPICAL

NAMES = ("camera-canon-a720.jpg", "orient-landscape-1.jpg", "prophoto.jpg", "redeye.png")
LIGHT = {"highlights": -60, "shadows": 50}

Pixels = npt.NDArray[np.uint8]
Figure = tuple[str, float, float, str]


def figures() -> Iterator[Figure]:
    """(name, value, target, "at_least" or "at_most") for each figure."""
    import cv2

    cv2.setNumThreads(1)
    off = differences()
    yield "color_lut_mean", float(off.mean()), 0.2, "at_most"
    yield "color_lut_p99", float(np.percentile(off, 99)), 1.7, "at_most"

    photo = next(photos())
    large = np.asarray(cv2.resize(photo, (4000, 3000), interpolation=cv2.INTER_CUBIC), np.uint8)
    color = typed_edits(canonical_edits(TYPICAL))
    both = typed_edits(canonical_edits(TYPICAL | LIGHT))
    yield "color_lut_cpu_12mp", cpu(lambda: color_pass(large.copy(), color)), 0.2, "at_most"
    yield "color_light_cpu_12mp", cpu(lambda: color_pass(large.copy(), both)), 0.6, "at_most"
    yield "color_bake_cpu", cpu(lambda: bake_again(color)), 0.1, "at_most"


def photos() -> Iterator[Pixels]:
    """RGB."""
    import cv2

    for name in NAMES:
        found: Any = cv2.imread(str(photo_folder() / name))
        yield np.ascontiguousarray(found[..., ::-1], np.uint8)


def differences() -> npt.NDArray[np.float64]:
    """The table against the exact functions, on 150,000 pixels of photos."""
    rng = np.random.default_rng(3)
    flat = [photo.reshape(-1, 3) for photo in photos()]
    picked = np.concatenate([colors[rng.integers(0, len(colors), 37_500)] for colors in flat])
    settings = lut.color_settings(typed_edits(canonical_edits(TYPICAL)))
    target = np.rint(lut.exact(picked / 255, settings) * 255)
    result = color_pass(picked.reshape(300, 500, 3).copy(), dict(settings)).reshape(-1, 3)
    return np.abs(result - target)


def bake_again(edits: dict[str, object]) -> None:
    """Bake as for the first photo of a job."""
    lut._bake.cache_clear()  # noqa: SLF001  the cache is what must not help here
    lut.bake(edits)


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds: the median of five, after one to warm up."""
    work()
    taken = []
    for _ in range(5):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


if __name__ == "__main__":
    for name, value, target, sense in figures():
        print(f"{name:24} {value:8.4f}  {sense.replace('_', ' ')} {target}")
