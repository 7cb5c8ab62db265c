"""Every operation on photos, to be looked at: before | −100 | −50 | +50 | +100.

`python -m benchmarks.contact_sheets OUTDIR [--only NAME...] [PHOTO...]` writes one PNG for each
operation, a row for each photo. Look for halos, posterized skies, grey or red skin, flipped hues.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pyvips
from tests.support.computed_photos import photo_folder
from tools.showcase import NAMES, edited, reduced, shown_values

from abzug.edits.operation import Operation
from abzug.edits.recipe import operations

TILE = 380


def sheet(op: Operation, photos: list[bytes]) -> pyvips.Image:
    """One operation on all photos."""
    tiles = [tile(png) for photo in photos for _, png in edited(photo, op)]
    return pyvips.Image.arrayjoin(tiles, across=1 + len(shown_values(op)), shim=4)


def tile(png: bytes | memoryview) -> pyvips.Image:
    """A result, small, on grey where it is transparent."""
    image = pyvips.Image.thumbnail_buffer(png, TILE, height=TILE)
    return image.flatten(background=[128]) if image.hasalpha() else image


def main() -> None:
    """Write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("photos", type=Path, nargs="*")
    parser.add_argument("--only", action="append", metavar="NAME", choices=operations())
    asked = parser.parse_intermixed_args()
    photos = [reduced(path) for path in asked.photos or [photo_folder() / name for name in NAMES]]
    asked.folder.mkdir(parents=True, exist_ok=True)
    for name in asked.only or operations():
        sheet(operations()[name], photos).pngsave(str(asked.folder / f"{name}.png"))


if __name__ == "__main__":
    main()
