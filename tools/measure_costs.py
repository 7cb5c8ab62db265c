"""Measure what the edits cost, and write it to src/abzug/edits/cost_table.json.

`python -m tools.measure_costs` measures all; with names of operations only those, as `make
generated` does for new ones: their seconds are converted to those of the table's machine by the
yardstick.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import statistics
import sys
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks import measure, photos
from benchmarks.dear import ends
from tests.support.computed_photos import photo_folder
from tools.showcase import shown_values

from abzug.edits import cost, engine
from abzug.edits.cost import Piece, Table, encoding, megapixels
from abzug.edits.decoding.open import open_photo
from abzug.edits.operation import Operation
from abzug.edits.outputs import canonical_outputs, typed_outputs
from abzug.edits.plan import At, Outputs, plan, steps
from abzug.edits.recipe import canonical_edits, operations, typed_edits

FILE = Path(cost.__file__).with_name(cost.TABLE)
NAMES = photos.CAMERA, photos.PHONE
LARGE, SMALL = 12.0, 2.0
"""Megapixels."""
ROUNDS = 3
PLAIN = {"name": "plain", "format": "jpeg", "quality": 80, "metadata": "strip"}
SIDES = {"1": None, "2": 1900, "4": 900, "8": 450}
"""Longest sides that let 12 megapixels be decoded so many times smaller."""
OUTPUTS: tuple[dict[str, Any], ...] = (
    {"format": "jpeg", "quality": 85},
    {"format": "jpeg", "quality": 92},
    {"format": "jpeg", "quality": 85, "progressive": True},
    {"format": "jpeg", "quality": 92, "progressive": True},
    {"format": "webp", "quality": 85},
    {"format": "webp", "lossless": True},
    {"format": "png"},
    {"format": "tiff"},
    {"format": "gif"},
    {"format": "avif", "quality": 60},
    {"format": "avif", "quality": 92},
    {"format": "avif", "lossless": True},
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("operations", nargs="*", metavar="OPERATION")
    names = parser.parse_args().operations
    FILE.write_text(text(updated(known(), names) if names else measured()), encoding="utf-8")


def complete() -> str:
    """The table with what was added, and without what is gone."""
    raw = known()
    new = [name for name in shown() if name not in raw["operations"]]
    return text(updated(raw, new) if new else raw)


def known() -> dict[str, Any]:
    """What the file says of what there is still."""
    raw: dict[str, Any] = json.loads(FILE.read_bytes())
    raw["operations"] = {
        name: seconds for name, seconds in raw["operations"].items() if name in operations()
    }
    return raw


def shown() -> dict[str, Operation]:
    """The operations that can be measured: of the others there is no value to try."""
    return {name: operation for name, operation in operations().items() if shown_values(operation)}


def updated(raw: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """With these operations measured (again), in seconds of the table's machine."""
    prepare()
    table, faster = Table.of(raw), raw["yardstick"] / yardstick()
    for name in names:
        piece = [part * faster for part in typical(table, operations()[name])]
        say(name, piece)
        raw["operations"][name] = piece
    return raw


def prepare() -> None:
    engine.prepare_process(0)
    engine.warm_up()


def measured() -> dict[str, Any]:
    """The whole table, of this machine."""
    prepare()
    raw: dict[str, Any] = {"yardstick": yardstick(), "fixed": fixed()}
    raw["encode"] = encodings()
    say("encode", raw["encode"])
    rate = raw["encode"]["jpeg"]
    raw["resize"] = resizing()
    say("resize", raw["resize"])
    raw["decode"] = {"image/jpeg": decoding(rate, raw["resize"])} | others(rate)
    say("decode", raw["decode"])
    table = Table.of({**raw, "operations": {}, "max_bytes": 1.0})
    raw["max_bytes"] = files_made()
    raw["operations"] = {}
    for name, operation in shown().items():
        raw["operations"][name] = typical(table, operation)
        say(name, raw["operations"][name])
    return raw


def text(raw: dict[str, Any]) -> str:
    """The file, its operations in their order."""
    order = {name: raw["operations"][name] for name in operations() if name in raw["operations"]}
    return json.dumps(rounded({**raw, "operations": order}), indent=1) + "\n"


def yardstick() -> float:
    """CPU seconds of a fixed small computation, by which machines can be compared."""
    noise = hashlib.shake_256(b"abzug").digest(3_000_000)
    data = noise.translate(bytes(byte & 31 for byte in range(256)))
    return statistics.median(measure.cpu(partial(zlib.compress, data, 6)) for _ in range(7))


def run(data: bytes, edits: dict[str, Any], *outputs: dict[str, Any]) -> engine.Edited:
    named = [{**output, "name": f"o{number}"} for number, output in enumerate(outputs)]
    return engine.edit(data, canonical_edits(edits), canonical_outputs(named, max_outputs=16))


def fixed() -> float:
    """Of a photo that hardly has pixels."""
    tiny = photos.jpeg(photos.CAMERA, 0.001)
    return measure.in_turn({"tiny": partial(run, tiny, {}, PLAIN)}, 30)["tiny"]


def encodings() -> dict[str, float]:
    """Of pixels in memory: what an output beside a plain one adds, mean of the photos."""
    rates: dict[str, list[float]] = {}
    for name in NAMES:
        for output in OUTPUTS:
            side = {"max_side": 1500} if output["format"] == "avif" else {}
            size = 1.5 * 1.125 if side else SMALL
            data = photos.jpeg(name, SMALL)
            plain = {**PLAIN, **side}
            works = {
                "without": partial(run, data, {}, plain),
                "with": partial(run, data, {}, plain, {**output, **side}),
            }
            taken = measure.in_turn(works, ROUNDS)
            [typed] = typed_outputs(canonical_outputs([output], max_outputs=1))
            more = (taken["with"] - taken["without"]) / size
            rates.setdefault(encoding(typed), []).append(more)
    return {key: statistics.fmean(some) for key, some in rates.items()}


def resizing() -> dict[str, float]:
    """Least squares over several sizes of a photo in memory."""
    import pyvips

    data = photos.image(photos.CAMERA, LARGE).numpy()
    rows, seconds = [], []
    for before, after in ((LARGE, 3), (LARGE, 9), (3, 0.3), (3, 1.9), (LARGE, 0.5)):
        width = round((before * 4e6 / 3) ** 0.5)
        part = np.ascontiguousarray(data[: width * 3 // 4, :width])
        small = pyvips.Image.new_from_array(part)
        factor = (after / before) ** 0.5
        work = partial(_resize, small, factor)
        seconds.append(measure.in_turn({"resize": work}, ROUNDS)["resize"])
        rows.append((before, after))
    (taken, given), *_ = np.linalg.lstsq(np.array(rows), np.array(seconds))
    return {"in": max(0.0, float(taken)), "out": max(0.0, float(given))}


def _resize(image: Any, factor: float) -> None:
    image.resize(factor).copy_memory()


def decoding(encode: float, resize: dict[str, float]) -> dict[str, float]:
    """A JPEG by how many times smaller it is decoded, seconds a megapixel of its full size."""
    rates: dict[str, float] = {}
    for shrink, side in SIDES.items():
        taken = statistics.fmean(whole(photos.jpeg(name, LARGE), side) for name in NAMES)
        out = megapixels((side, side * 3 // 4)) if side else LARGE
        scaled = resize["in"] * LARGE / int(shrink) ** 2 + resize["out"] * out if side else 0.0
        rates[shrink] = max(0.0, taken - scaled - encode * out) / LARGE
    return rates


def whole(data: bytes, side: int | None = None) -> float:
    output = {**PLAIN, "max_side": side}
    return measure.in_turn({"whole": partial(run, data, {}, output)}, ROUNDS)["whole"]


def others(encode: float) -> dict[str, dict[str, float]]:
    """The other formats, at full size."""
    image = photos.image(photos.PHONE, SMALL)
    files = {
        "image/png": image.pngsave_buffer(),
        "image/webp": image.webpsave_buffer(Q=85),
        "image/gif": image.gifsave_buffer(),
        "image/tiff": image.tiffsave_buffer(compression="lzw"),
        "image/avif": image.heifsave_buffer(compression="av1", effort=0),
        "image/jxl": saved(image, "jxl"),
        "image/bmp": saved(image, "bmp"),
        "image/heic": (photo_folder() / photos.PHONE).read_bytes(),
    }
    rates = {}
    for media_type, data in files.items():
        size = megapixels(open_photo(data, max_pixels=10**9).size)
        rates[media_type] = {"1": max(0.0, whole(data) / size - encode)}
    raw = (photo_folder() / "raw-colorchart.dng").read_bytes()
    full = megapixels(open_photo(raw, max_pixels=10**9).size)
    rates[cost.RAW] = {"1": whole(raw) / full - encode, "2": whole(raw, 800) / full}
    return rates


def saved(image: Any, form: str) -> bytes:
    """By Pillow, what libvips cannot write here."""
    import pillow_jxl  # noqa: F401  it registers itself
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(image.numpy()).save(file, form)
    return file.getvalue()


def files_made() -> float:
    """How many files a limit of bytes makes, over limits that are wide, usual and narrow."""
    counts = []
    for name in NAMES:
        data = photos.jpeg(name, SMALL)
        file = len(run(data, {}, PLAIN).results[0].data)
        for share in (1.2, 0.7, 0.4, 0.2):
            limit = {"max_bytes": max(1000, round(share * file))}
            taken = measure.in_turn(
                {
                    "without": partial(run, data, {}, PLAIN, {**PLAIN}),
                    "with": partial(run, data, {}, PLAIN, {**PLAIN, **limit}),
                    "once": partial(run, data, {}, PLAIN),
                },
                3,
            )
            once = max(1e-3, taken["without"] - taken["once"])
            counts.append(max(1.0, (taken["with"] - taken["once"]) / once))
    return statistics.fmean(counts)


def typical(table: Table, operation: Operation) -> list[float]:
    """Fixed seconds, and seconds a megapixel, from photos of two sizes; the mean of its values."""
    values = ends(operation)
    large, small = (added(table, operation, values, size) for size in (LARGE, SMALL))
    pieces = [line(*two) for two in zip(large, small, strict=True)]
    return [
        statistics.fmean(piece.fixed for piece in pieces),
        statistics.fmean(piece.mega for piece in pieces),
    ]


def line(large: tuple[float, float], small: tuple[float, float]) -> Piece:
    """Through two points of megapixels and seconds; none of its parts is below 0."""
    mega = max(0.0, (large[1] - small[1]) / (large[0] - small[0]))
    return Piece(max(0.0, small[1] - mega * small[0]), mega)


def added(
    table: Table, operation: Operation, values: Sequence[Any], size: float
) -> list[tuple[float, float]]:
    """For each value at how many megapixels it works, and CPU seconds that it adds to a plain run.

    Where it makes the photo smaller, what that saves of the rest is no merit of its own.
    """
    data = photos.jpeg(photos.CAMERA, size)
    outputs = canonical_outputs([PLAIN], max_outputs=1)
    wanted = typed_outputs(outputs)
    asked = [canonical_edits({operation.name: value}) for value in values]
    works = {
        json.dumps(edits): partial(engine.edit, data, edits, outputs) for edits in ({}, *asked)
    }
    plain, *taken = measure.in_turn(works, ROUNDS).values()
    full = open_photo(data, max_pixels=10**9).size
    found = []
    for edits, seconds in zip(asked, taken, strict=True):
        saved = rest_of(table, full, {}, wanted) - rest_of(table, full, edits, wanted)
        typed = typed_edits(edits)
        at = full if steps(typed, At.photo) else plan(full, typed, wanted).largest
        found.append((megapixels(at), seconds - plain + saved))
    return found


def rest_of(table: Table, size: tuple[int, int], edits: dict[str, Any], outputs: Outputs) -> float:
    """What the table foretells of a run but its operations: there are none in it yet."""
    free = replace(table, operations={name: Piece(0, 0) for name in operations()})
    return cost.foretold(free, "image/jpeg", size, typed_edits(edits), outputs, frames=1)


def rounded(raw: Any) -> Any:
    """Three digits: more would only change from run to run."""
    if isinstance(raw, dict):
        return {key: rounded(value) for key, value in raw.items()}
    if isinstance(raw, Iterable) and not isinstance(raw, str):
        return [rounded(value) for value in raw]
    return float(f"{raw:.3g}") if isinstance(raw, float) else raw


def say(name: str, found: Any) -> None:
    print(f"  {name} {rounded(found)}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
