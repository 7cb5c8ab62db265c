"""Values that show what an operation does, and photos edited with them, for pictures of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import annotated_types
import pyvips

from abzug.edits.engine import edit
from abzug.edits.operation import Operation
from abzug.edits.outputs import canonical_outputs
from abzug.edits.recipe import canonical_edits

NAMES = (
    "redeye.png",
    "gps-sunrise.jpg",
    "camera-canon-a720.jpg",
    "orient-landscape-1.jpg",
    "p3-gainmap-iphone13.jpg",
)
"""A portrait, a low sun, an indoor, a landscape and a phone's photo."""
SIDE = 2048
"""Edited at the size of a preview; shown smaller."""


def reduced(path: Path, side: int = SIDE) -> bytes:
    """A photo as a file of at most `side` pixels in sRGB, upright, without loss."""
    options: Any = {"size": "down", "export_profile": "srgb"}
    image: Any = pyvips.Image.thumbnail(str(path), side, height=side, **options)
    png: bytes = image.pngsave_buffer(compression=1, keep="icc")
    return png


def shown_values(op: Operation) -> Sequence[Any]:
    """Its examples, or both ends of its slider and half way to them.

    Nothing for what is neither: an edit that needs a stored object, like the table of `lut`.
    """
    if op.examples:
        return op.examples
    found = [m for arg in get_args(op.value) for m in (arg, *getattr(arg, "metadata", ()))]
    lows = [float(str(m.ge)) for m in found if isinstance(m, annotated_types.Ge)]
    highs = [float(str(m.le)) for m in found if isinstance(m, annotated_types.Le)]
    far = [v for v in (*lows, *highs) if v != op.neutral]
    return sorted([*far, *((value + op.neutral) / 2 for value in far)])


def edited(photo: bytes, op: Operation) -> Iterator[tuple[Any, bytes | memoryview]]:
    """The photo before, and after each value: (value or None, PNG file)."""
    output = canonical_outputs([{"name": "shown", "format": "png"}], max_outputs=1)
    yield None, edit(photo, {}, output).results[0].data
    for value in shown_values(op):
        yield value, edit(photo, canonical_edits({op.name: value}), output).results[0].data
