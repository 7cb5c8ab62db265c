"""Every light and color slider on real photos, to be looked at: before | −100 | −50 | +50 | +100.

`python -m benchmarks.contact_sheets OUTDIR [PHOTO...]` writes one PNG for each slider, a row for
each photo. Look for halos, posterized skies, grey or red skin, flipped hues.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

import annotated_types
import numpy as np
import numpy.typing as npt
import pyvips

from abzug.edits.base import Operation, Stage, operations
from abzug.edits.color import color_pass

PHOTOS = Path(__file__).parents[2] / "shared" / "photos"
NAMES = (
    "redeye.png",
    "gps-sunrise.jpg",
    "camera-canon-a720.jpg",
    "orient-landscape-1.jpg",
    "p3-gainmap-iphone13.jpg",
)
SIDE, TILE = 2048, 380
"""Edited at the size of a preview, shown smaller: local light works on 1024 px."""


def load(path: Path, side: int) -> npt.NDArray[np.uint8]:
    """A photo as sRGB (H, W, 3), at most `side` pixels high and wide."""
    image = pyvips.Image.thumbnail(str(path), side, height=side, size="down")
    return np.ascontiguousarray(image.colourspace("srgb").numpy()[..., :3])


def values(op: Operation) -> list[object]:
    """The values to show: both ends of a slider and half way, else the switch on."""
    bounds = [part for part in get_args(op.value) if hasattr(part, "metadata")]
    low = [m.ge for b in bounds for m in b.metadata if isinstance(m, annotated_types.Ge)]
    high = [m.le for b in bounds for m in b.metadata if isinstance(m, annotated_types.Le)]
    if not low:
        return [True]
    return [low[0], low[0] / 2, high[0] / 2, high[0]]


def sheet(op: Operation, photos: list[npt.NDArray[np.uint8]]) -> pyvips.Image:
    """One slider on all photos."""
    edited = [
        color_pass(photo.copy(), {op.name: value})
        for photo in photos
        for value in (op.neutral, *values(op))
    ]
    tiles = [pyvips.Image.new_from_array(p).thumbnail_image(TILE, height=TILE) for p in edited]
    return pyvips.Image.arrayjoin(tiles, across=1 + len(values(op)), shim=4)


def main() -> None:
    """Write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("photos", type=Path, nargs="*")
    asked = parser.parse_args()
    photos = [load(path, SIDE) for path in asked.photos or [PHOTOS / name for name in NAMES]]
    asked.folder.mkdir(parents=True, exist_ok=True)
    for op in operations().values():
        if op.stage in {Stage.light, Stage.color}:
            sheet(op, photos).pngsave(str(asked.folder / f"{op.name}.png"))


if __name__ == "__main__":
    main()
