"""LUT: a look from a `.cube` file, which its owner has stored."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from abzug.edits.color.colorspace import Array, planes
from abzug.edits.color.cube import Cube, read_cube
from abzug.edits.color.lut_nodes import CURVE_SIZE
from abzug.edits.color.pixelwise import ENCODED, ColorOperation, Pixelwise, Table
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


def table(look: LoadedLook) -> Table | None:
    """The look as the file has it, instead of sampled between its nodes, which would round off
    every bend. None where neither its nodes nor its rows can tell part of the way."""
    cube, share = look.cube, look.strength / 100
    if cube.curve is None and cube.colors is not None and cube.colors_range.is_whole:
        nodes = planes(np.meshgrid(*[np.linspace(0, 1, cube.size)] * 3, indexing="ij"))
        return Table(nodes + (cube.colors - nodes) * share)
    rows = CURVE_SIZE
    if cube.curve is not None and cube.curve_range.is_whole:
        rows = len(cube.curve)
    color = np.repeat(np.linspace(0, 1, rows)[:, None], 3, axis=1)
    if cube.colors is None:
        return Table(_CORNERS, color + (cube.shaped(color) - color) * share)
    shaper = cube.colors_range.share(cube.shaped(color))
    return Table(cube.colors, shaper) if share == 1 else None


_CORNERS = planes(np.meshgrid(*[np.array([0.0, 1.0])] * 3, indexing="ij"))
"""Of the cube of colors, which change nothing between them."""

OPERATION = ColorOperation(
    name="lut",
    label="LUT",
    group="Color",
    order=90,  # last: a look is made for finished colors
    place=117,
    value=Annotated[Look | None, AfterValidator(_canonical)],
    neutral=None,
    run=Pixelwise(ENCODED, apply),
    own_table=table,
    doc="Gives the photo the look of a `.cube` file, after all other colors.",
    from_store=FromStore(assets, load),
)
