"""How near the predicted cost comes to what the engine takes. `make bench-engine ARGS=cost`

Real photos, each with several mixes of edits and outputs, drawn with a fixed seed. Predictions are
taken times the pace of these very runs, as the service does with what workers report.
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.support.computed_photos import photo_folder
from tools.showcase import shown_values

from abzug.edits import engine
from abzug.edits.cost import predicted_seconds
from abzug.edits.decoding.open import open_photo
from abzug.edits.outputs import canonical_outputs
from abzug.edits.recipe import canonical_edits, operations
from benchmarks import measure, photos

NAMES = (
    "camera-canon-a720.jpg",
    "orient-landscape-1.jpg",
    "orient-landscape-6.jpg",
    "gps-sunrise.jpg",
    "gps-sunrise.webp",
    "prophoto.jpg",
    "p3-gainmap-iphone13.jpg",
    "p3-logo-red.png",
    "redeye.png",
    "rgb16.tiff",
    "animated.gif",
    "heic-iphone8-p3-arrow.heic",
)
LARGE = (photos.CAMERA, 12.0), (photos.PHONE, 24.0)
"""Photos and the megapixels that they are brought to."""
MIXES = 5
ORDERS: tuple[list[dict[str, Any]], ...] = (
    [{"format": "jpeg", "quality": 85, "max_side": 2048}],
    [{"format": "jpeg", "quality": 92}],
    [{"format": "webp", "max_side": 1200}, {"format": "jpeg", "max_side": 400}],
    [{"format": "png", "max_side": 1600}],
    [{"format": "avif", "max_side": 800}],
    [{"format": "jpeg", "max_side": 1600, "max_bytes": 150_000}],
    [{"format": "jpeg", "quality": 95}, {"format": "webp", "max_side": 800}, {"format": "tiff"}],
)


def figures() -> Iterator[tuple[str, float, float, str]]:
    engine.prepare_process(0)
    engine.warm_up()
    pairs = list(compared())
    pace = sum(taken for _, taken, _ in pairs) / sum(foretold for _, _, foretold in pairs)
    errors = [abs(foretold * pace / taken - 1) for _, taken, foretold in pairs]
    raw = [abs(foretold / taken - 1) for _, taken, foretold in pairs]
    print(
        f"  {len(pairs)} edits: pace {pace:.2f}; error at pace 1: median "
        f"{statistics.median(raw):.0%}; at this pace: 90 % are below "
        f"{statistics.quantiles(errors, n=10)[-1]:.0%}",
        file=sys.stderr,
    )
    yield "cost_median_error", statistics.median(errors), 0.35, "at_most"


def compared() -> Iterator[tuple[str, float, float]]:
    """What each edit is, the CPU seconds that it takes, and those foretold."""
    draw = random.Random(4)
    shown = [(op.name, values) for op in operations().values() if (values := shown_values(op))]
    files = {name: (photo_folder() / name).read_bytes() for name in NAMES}
    files |= {f"{name} at {mega} MP": photos.jpeg(name, mega) for name, mega in LARGE}
    for name, data in files.items():
        photo = open_photo(data, max_pixels=10**9)
        for _ in range(MIXES):
            mix = draw.sample(shown, draw.choice((0, 2, 4, 6)))
            edits = canonical_edits({name: draw.choice(values) for name, values in mix})
            order = [{**out, "name": f"o{n}"} for n, out in enumerate(draw.choice(ORDERS))]
            outputs = canonical_outputs(order, max_outputs=16)
            work = {"edit": partial(engine.edit, data, edits, outputs)}
            taken = measure.in_turn(work, 1)["edit"]
            frames = photo.motion.frames if photo.motion else 1
            foretold = predicted_seconds(
                photo.format.media_type, photo.size, edits, outputs, frames=frames
            )
            told = f"{name} {edits} {[out['format'] for out in outputs]}"
            if not 0.4 < foretold / taken < 2.5:
                print(f"  {foretold:.3f} for {taken:.3f}: {told}", file=sys.stderr, flush=True)
            yield told, taken, foretold
