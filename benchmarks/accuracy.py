"""How near the color table is to the exact functions, for strong settings, on each real photo.

`python -m benchmarks accuracy` prints figures, of the photo that is farthest off; `python -m
benchmarks.accuracy [GRID...]` a table: all photos together, the farthest one, the largest error and
how many nodes. With grids, only tables of so many nodes along an edge are made, as for 49 alone.

In levels of 255 before rounding, on 10,000 pixels of each photo, developed as
for a result in sRGB.
"""

from __future__ import annotations

import functools
import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from tests.support.computed_photos import photo_folder

from abzug.edits import engine
from abzug.edits.color import lut
from abzug.edits.color.colorspace import Array, planes
from abzug.edits.operations.lut import LoadedLook
from abzug.edits.outputs import canonical_outputs
from abzug.edits.recipe import canonical_edits, typed_edits
from benchmarks.recipes import cubes, recipes

PHOTOS = (
    "camera-canon-a720.jpg",
    "orient-landscape-1.jpg",
    "prophoto.jpg",
    "redeye.png",
    "gps-sunrise.jpg",
    "heic-iphone8-p3-arrow.heic",
    "p3-gainmap-iphone13.jpg",
    "p3-logo-red.png",
    "rec2020-linear-16bit.png",
    "raw-colorchart.dng",
    "cmyk-adobe.jpg",
    "rgb16.tiff",
)
PIXELS = 10_000
MEAN, P99 = 0.4, 4.0
TYPICAL_MEAN, TYPICAL_P99 = 0.2, 1.7
"""Of all photos together; the strong ones hold for each."""

Figure = tuple[str, float, float, str]


@dataclass(frozen=True)
class Off:
    """errors: levels of 255, (photos, pixels, 3). nodes: along an edge. shaped: by a curve."""

    errors: npt.NDArray[np.float32]
    nodes: int
    shaped: bool

    def means(self) -> Array:
        """Of each photo."""
        return np.asarray(self.errors.mean((1, 2)), float)

    def p99s(self) -> Array:
        return np.asarray(np.percentile(self.errors, 99, axis=(1, 2)), float)

    def line(self) -> str:
        """Of all together, of the farthest photo, and the largest."""
        means, p99s = self.means(), self.p99s()
        names = [PHOTOS[int(each.argmax())].partition(".")[0] for each in (means, p99s)]
        return (
            f"{self.nodes}{'s' if self.shaped else ' '}".rjust(4)
            + f"  {self.errors.mean():5.2f} {np.percentile(self.errors, 99):5.1f}"
            + f"  {means.max():5.2f} {p99s.max():5.1f}  {self.errors.max():4.0f}"
            + f"  {'ok   ' if means.max() <= MEAN and p99s.max() <= P99 else 'short'}"
            + f"  {names[0]}, {names[1]}"
        )


def figures() -> Iterator[Figure]:
    for name, settings in all_settings():
        found = off(settings, lut.GRIDS)
        if name == "typical":
            yield "color_typical_mean", float(found.errors.mean()), TYPICAL_MEAN, "at_most"
            yield (
                "color_typical_p99",
                float(np.percentile(found.errors, 99)),
                TYPICAL_P99,
                "at_most",
            )
        yield f"color_{name}_mean", float(found.means().max()), MEAN, "at_most"
        yield f"color_{name}_p99", float(found.p99s().max()), P99, "at_most"


def all_settings() -> Iterator[tuple[str, lut.Settings]]:
    """Every recipe by name, as the table is baked from it."""
    for name, edits in recipes():
        yield name, lut.color_settings(typed_edits(canonical_edits(edits)))
    for name, file in cubes():
        look = LoadedLook(hashlib.sha256(file).hexdigest(), 100.0, file)
        yield name, (("lut", look),)


def off(settings: lut.Settings, grids: Sequence[int]) -> Off:
    """The table against the exact functions on all photos."""
    colors = pixels()
    exact = lut.exact(planes([*np.moveaxis(colors / 255, -1, 0)]), settings)
    table = lut._bake.__wrapped__(settings, tuple(grids))  # noqa: SLF001  none of it is kept
    made: Any = np.empty(colors.shape, np.float32)  # it writes floats as well
    table.apply_to((colors / 255).astype(np.float32), made)
    errors = np.abs(made - exact) * 255
    return Off(errors.astype(np.float32), len(table.nodes), table.shaper is not None)


@functools.cache
def pixels() -> npt.NDArray[np.uint8]:
    """Of each photo, (photos, PIXELS, 3)."""
    engine.prepare_process(0)
    return np.stack([_some(name) for name in PHOTOS])


def _some(name: str) -> npt.NDArray[np.uint8]:
    import cv2

    output: Any = {"format": "png", "icc": "srgb", "metadata": "strip"}
    outputs = canonical_outputs([output], max_outputs=1)
    [result] = engine.edit((photo_folder() / name).read_bytes(), {}, outputs).results
    image: Any = cv2.imdecode(np.frombuffer(result.data, np.uint8), cv2.IMREAD_COLOR)
    colors = image[..., ::-1].reshape(-1, 3)
    picked: npt.NDArray[np.uint8] = colors[
        np.random.default_rng(3).integers(0, len(colors), PIXELS)
    ]
    return picked


def main() -> None:
    grids = tuple(int(word) for word in sys.argv[1:]) or lut.GRIDS
    print(f"{'':36}nodes  all together  farthest photo  most")
    for name, settings in all_settings():
        print(f"{name:36}{off(settings, grids).line()}", flush=True)


if __name__ == "__main__":
    main()
