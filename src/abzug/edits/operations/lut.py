"""LUT: a look from a `.cube` file, which its owner has stored."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator, Field

from abzug.edits.color.colorspace import Array
from abzug.edits.color.cube import Cube, read_cube
from abzug.edits.color.pixelwise import ENCODED, ColorOperation, Pixelwise
from abzug.edits.operation import Asset, FromStore, Parameters


class Look(Parameters):
    id: Annotated[
        str,
        Field(title="File (.cube)", pattern="^[0-9a-f]{64}$", json_schema_extra={"x-asset": "lut"}),
    ]
    """SHA-256 of the `.cube` file, as `POST /v1/luts` gives it."""
    strength: Annotated[float, Field(strict=True, ge=0, le=100)] = 100.0


def _canonical(look: Look | None) -> Look | None:
    return look if look and look.strength else None


@dataclass(frozen=True)
class LoadedLook:
    """A look with its file, which its id stands for: equal ones are baked once."""

    id: str
    strength: float
    data: bytes = field(compare=False, repr=False)

    @functools.cached_property
    def cube(self) -> Cube:
        return read_cube(self.data)


def assets(look: Look) -> dict[str, Asset]:
    return {"/id": Asset("lut", look.id)}


def load(look: Look, ready: Mapping[Asset, bytes]) -> LoadedLook:
    return LoadedLook(look.id, look.strength, ready[Asset("lut", look.id)])


def apply(color: Array, look: LoadedLook) -> Array:
    """Part of the way to what the cube makes of encoded colors."""
    return color + (look.cube(color) - color) * (look.strength / 100)


OPERATION = ColorOperation(
    name="lut",
    label="LUT",
    group="Color",
    order=90,  # last: a look is made for finished colors
    place=117,
    value=Annotated[Look | None, AfterValidator(_canonical)],
    neutral=None,
    run=Pixelwise(ENCODED, apply),
    doc="Gives the photo the look of a `.cube` file, after all other colors.",
    from_store=FromStore(assets, load),
)
