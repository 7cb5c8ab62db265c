"""A number gives a case: a source, what is done to it, and what is asked of the result."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

from abzug.edits.outputs import canonical_outputs
from abzug.edits.recipe import canonical_edits
from tests.support.fuzz import boxes, bytewise, gif, jpeg, png, riff, tiff

_OF_FORMAT = {
    "jpg": (jpeg.damage,),
    "png": (png.damage,),
    "webp": (riff.damage,),
    "gif": (gif.damage,),
    "tif": (tiff.damage, tiff.damage_values),
    "tiff": (tiff.damage, tiff.damage_values),
    "dng": (tiff.damage, tiff.damage_values),
    **dict.fromkeys(("arw", "cr2", "nef", "orf", "pef", "rw2"), (tiff.damage, tiff.damage_values)),
    "cr3": (boxes.damage,),
    "raf": (bytewise.set_header_bytes,),
    "avif": (boxes.damage,),
    "heic": (boxes.damage,),
    "jxl": (boxes.damage, bytewise.set_header_bytes),
    "bmp": (bytewise.set_header_bytes,),
}


@dataclass(frozen=True)
class Order:
    """What is asked for. is_stamp: of a sound photo, on which the damaged one is the watermark."""

    name: str
    edits: dict[str, Any]
    outputs: list[dict[str, Any]]
    is_stamp: bool = False


def _order(name: str, edits: dict[str, Any], *outputs: dict[str, Any]) -> Order:
    return Order(name, canonical_edits(edits), canonical_outputs(list(outputs), max_outputs=9))


SMALL_SIDE = 20
WHOLE = _order("whole", {}, {"format": "png", "metadata": "keep"})
"""What can be held against another decoder, pixel by pixel."""
ORDERS = (
    WHOLE,
    _order("small", {}, {"format": "png", "max_side": SMALL_SIDE}),
    _order(
        "edited",
        {"straighten": 3, "shadows": 40, "contrast": 10, "sharpening": {"amount": 40}},
        {"name": "a", "format": "jpeg", "metadata": "keep", "icc": "keep"},
        {"name": "b", "format": "tiff", "metadata": "no-location", "max_side": 50, "icc": "p3"},
    ),
    _order(
        "formats",
        {"rotate": 90, "crop": {"aspect": "1:1"}, "border": {"width": 4}},
        {"name": "a", "format": "webp", "metadata": "keep", "max_side": 64},
        {"name": "b", "format": "png", "metadata": "copyright", "max_side": 40},
    ),
    _order(
        "frames",
        {"straighten": 2, "saturation": 20},
        {"name": "a", "format": "gif", "max_side": 50},
        {"name": "b", "format": "webp", "max_side": 40},
    ),
    replace(_order("stamp", {"sepia": 50}, {"format": "jpeg"}), is_stamp=True),
)
_CHANCES = (12, 4, 2, 2, 2, 1)


@dataclass(frozen=True)
class Case:
    """`seed` makes it again. `is_cut`: nothing was done but to end the file too early."""

    seed: str
    source: str
    change: str
    is_cut: bool
    data: bytes
    order: Order


def make_case(seed: str, sources: dict[str, bytes]) -> Case:
    rng = random.Random(seed)
    source = rng.choice(sorted(sources))
    whole, order = sources[source], rng.choices(ORDERS, _CHANCES)[0]
    if rng.random() < 0.12:
        change, data = bytewise.cut(rng, whole)
        return Case(seed, source, change, True, data or b"\0", order)
    changes, data = [], whole
    for _ in range(rng.choice([1, 1, 1, 1, 2, 3])):
        what, data = _damage(rng, source, data or whole, sources)
        changes.append(what)
    return Case(seed, source, "; ".join(changes), False, data or b"\0", order)


def _damage(
    rng: random.Random, source: str, data: bytes, sources: dict[str, bytes]
) -> tuple[str, bytes]:
    if rng.random() < 0.6:
        return rng.choice(_OF_FORMAT[source.rpartition(".")[2]])(rng, data)
    if rng.random() < 0.1:
        other = rng.choice(sorted(sources))
        what, data = bytewise.splice(rng, data, sources[other])
        return f"{what} of {other}", data
    return rng.choice(bytewise.ANYWHERE)(rng, data)
