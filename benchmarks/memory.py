"""Peak memory of each operation on large photos, each in a process of its own.

`python -m benchmarks.memory [KIND …] [--megapixels 100] [--operations NAME …] [--format tiff]`
prints for each operation what became of the photo, its peak (VmHWM) beside the one that is foretold
for the edit, and its seconds. Kinds: rgb, rgba, grey, cmyk of 8 and of 16 bits, such as rgb16; and
raw. The memory is all that a process has which a worker has started: libraries, the file as it is
fetched, pixels, results.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from tests.support import raws
from tools.showcase import shown_values

from abzug.edits import engine
from abzug.edits.decoding.open import open_photo
from abzug.edits.memory import depth_for, resident
from abzug.edits.on_disk import on_disk
from abzug.edits.outputs import canonical_outputs, typed_outputs
from abzug.edits.recipe import canonical_edits, operations, typed_edits
from abzug.errors import PhotoError
from abzug.settings import Settings
from benchmarks import measure, photos

MOST_MIB = 900.0
KINDS = ("rgb8", "rgb16", "rgba8", "rgba16", "grey8", "grey16", "cmyk8", "cmyk16", "raw")
PLAIN = {"format": "jpeg", "quality": 80, "metadata": "strip"}
MIB = 2**20

Told = dict[str, Any]


def edits_of_all() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each operation by itself, at the last of its shown values: the strongest of a slider."""
    yield "(none)", {}
    for name, op in operations().items():
        if values := shown_values(op):
            yield name, {name: values[-1]}


def save(kind: str, megapixels: float, folder: Path) -> Path:
    """A photo of a kind as a file: JPEG, or TIFF, uncompressed, where that cannot hold it."""
    if kind == "raw":
        file = folder / "photo.dng"
        height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
        file.write_bytes(dng(height * 4 // 3, height))
        return file
    image = photos.image(photos.CAMERA, megapixels)
    if kind.endswith("16"):
        image = (image.cast("ushort") * 257).cast("ushort").copy(interpretation="rgb16")
    if kind.startswith("cmyk"):
        depth = int(kind.removeprefix("cmyk"))
        image = image.icc_transform("cmyk", input_profile="srgb", depth=depth)
    if kind.startswith("grey"):
        image = image.colourspace("grey16" if kind.endswith("16") else "b-w")
    if kind.startswith("rgba"):
        image = image.bandjoin(200 if kind == "rgba8" else 50_000)
        image = image.copy(interpretation="srgb" if kind == "rgba8" else "rgb16")
    file = folder / ("photo.jpg" if kind in {"rgb8", "grey8", "cmyk8"} else "photo.tif")
    image.write_to_file(str(file), **({"Q": 90} if file.suffix == ".jpg" else {}))
    return file


def dng(width: int, height: int) -> bytes:
    """A RAW that becomes brighter from left to right."""
    ramp = np.linspace(1_000, 14_000, width).astype(np.uint16)
    sides: raws.Tags = {256: (4, [width]), 257: (4, [height]), 278: (4, [height])}
    return raws.dng(np.zeros((2, 2, 3)), sides, pack=lambda _: np.tile(ramp, (height, 1)).tobytes())


def run(file: Path, edits: dict[str, Any], output: dict[str, Any] = PLAIN) -> Told:
    """The edit in a fresh process, with a worker's settings."""
    asked = json.dumps([str(file), edits, output])
    command = [sys.executable, "-m", "benchmarks.memory", "--one", asked]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    told: Told = json.loads(done.stdout)
    return told


def one(file: str, edits: dict[str, Any], output: dict[str, Any]) -> Told:
    settings = Settings()
    engine.prepare_process(settings.memory_limit)
    engine.warm_up()
    limits = engine.Limits(
        max_pixels=settings.max_pixels,
        time_limit=settings.time_limit,
        photo_memory=settings.photo_memory,
        memory=settings.memory_limit,
    )
    data = on_disk(Path(file).read_bytes())
    wanted, outputs = canonical_edits(edits), canonical_outputs([output], max_outputs=1)
    cpu, wall = time.process_time(), time.monotonic()
    try:
        edited = engine.edit(data, wanted, outputs, limits=limits)
        said = " ".join(["edited", *(notice.text for notice in edited.notices)])
    except PhotoError as refusal:
        said = f"refused: {refusal.message}"
    told = {
        "said": said,
        "mib": measure.peak_mib(),
        "cpu": time.process_time() - cpu,
        "wall": time.monotonic() - wall,
    }
    try:
        photo = open_photo(data, max_pixels=settings.max_pixels)
        typed = typed_edits(wanted), typed_outputs(outputs)
        bits = depth_for(photo, *typed, settings.photo_memory).bits
        return told | {"bits": bits, "foretold": resident(photo, *typed, bits) / MIB}
    except PhotoError:
        return told | {"bits": 0, "foretold": 0.0}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=" ".join(KINDS))
    parser.add_argument("--megapixels", type=float, default=100)
    parser.add_argument("--operations", nargs="*", metavar="NAME")
    parser.add_argument("--format", default="jpeg")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(one(*json.loads(asked.one))))
        return 0
    if unknown := set(asked.kinds) - set(KINDS):
        parser.error(f"no such kind: {', '.join(sorted(unknown))}")
    most = 0.0
    for kind in asked.kinds or ("rgb8", "rgb16"):
        with tempfile.TemporaryDirectory(prefix="abzug-bench-", dir="/var/tmp") as folder:
            file = save(kind, asked.megapixels, Path(folder))
            for name, edits in edits_of_all():
                if asked.operations and name not in asked.operations:
                    continue
                told = run(file, edits, PLAIN | {"format": asked.format})
                most = max(most, told["mib"])
                print(
                    f"{kind:7}{name:22}{told['mib']:6.0f} MiB (foretold {told['foretold']:.0f}, "
                    f"{told['bits']} bits) cpu {told['cpu']:.1f} s, wall {told['wall']:.1f} s: "
                    f"{told['said']}",
                    flush=True,
                )
    print(f"most: {most:.0f} MiB, {'within' if most < MOST_MIB else 'over'} {MOST_MIB:.0f}")
    return 0 if most < MOST_MIB else 1


if __name__ == "__main__":
    sys.exit(main())
