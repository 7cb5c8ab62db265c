"""What an operation is, and how a set of them is read, checked and described.

An operation is one file in `operations/`: it sets OPERATION there, and that is all. The name of
the file is the operation's name in the API, on the command line and in the docs.
"""

from __future__ import annotations

import enum
import functools
import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model
from pydantic_core import ErrorDetails

from abzug.errors import FieldError, InvalidRequest

ENGINE_VERSION = "2"
"""Part of every result's key: raise it when equal requests begin to give other pixels."""


class Stage(enum.IntEnum):
    """The passes, in their fixed order; within one pass operations go by their `order`.

    Where nothing else is said, an operation's `run(pixels, value)` takes pixels of shape
    (height, width, 3), C-contiguous and in the working color space (sRGB or Display P3, which
    share their curve), changes them in place where it can, and returns those to go on with. They
    are uint8, or uint16 of a photo with more bits (pixels.py): `level` and `in_8_bits` help.
    """

    retouch = 1
    """On the whole upright photo, before anything moves: red eye, redact."""
    geometry = 2
    """Crop, straighten, rotate, flip, resize. `run` takes 3 or 4 channels, the fourth being alpha,
    and may return a view; `size` foretells what comes out of it."""
    denoise = 3
    """At the size of the largest output, before light would raise the noise that is measured."""
    automatic = 4
    """Looks at the photo and sets sliders of the stages after it. `run(photo, edits)` takes a small
    copy as float64 (height, width, 3), 0..1, and all typed edits, and gives those to be set; it is
    automatic.py's business."""
    light = 5
    """Local light: one gain map for all of them. `run` is color_pass's business (color.py)."""
    color = 6
    """Pixel by pixel; all of them baked into one 3-D LUT, by color_pass as well."""
    detail = 7
    """At the size of each output: sharpening, texture, grain."""
    overlay = 8
    """On top of the finished picture, or around it: watermark, border. `run` takes 3 or 4 channels,
    and `size` foretells what comes out of it."""


_OF_PYTHON = {
    "dict_type": "Input should be an object",
    "model_type": "Input should be an object",
    "tuple_type": "Input should be a list",
}
"""What pydantic calls dictionaries, instances and tuples: it does not know that JSON was sent."""
Size = tuple[int, int]
"""Width and height, in pixels."""
Box = tuple[int, int, int, int]
"""Left, top, width, height, in pixels."""


class Parameters(BaseModel):
    """Base of an operation's parameter object: unknown names are refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


def at_rest_without_amount(value: Any) -> Any:
    """For a value that does nothing where its `amount` is 0: then it is the neutral one, whatever
    else it says. Equal edits have one form."""
    return value if value.amount else type(value)()


@dataclass(frozen=True, slots=True)
class Asset:
    """Something stored that an edit needs beside the photo; it is of the photo's owner too.

    id: a photo's, or the SHA-256 of a LUT in hex.
    """

    kind: Literal["photo", "lut"]
    id: str


Stored = Mapping[Asset, bytes]
"""The bytes of assets, as they lie in the store."""


@dataclass(frozen=True)
class Operation:
    """One thing that can be done to a photo.

    value: what the API takes, as a type that pydantic understands: an `Annotated` number, a
    Parameters model, a list of one. neutral: the value that changes nothing, and the default.
    run: what it does; its signature is that of its stage. light: what an operation of a later stage
    adds to the local light, with the signature of a `run` of Stage.light. label, group, unit, step,
    place (lower comes first): how a form shows it. examples: values that show what it does, where
    the ends of a slider do not; pictures in the docs and contact sheets are made of them. Geometry
    that changes the size says how, so that a photo is decoded no larger than need be: `size` is
    what `run` makes of a picture of that size; `needs`, of an operation that counts in pixels, is
    the size that a picture must have at least to be given to `run`. measure: of retouch and
    geometry that depend on what is seen: it looks at the pixels, and what it gives is given to
    `run` in place of the value, for all frames of an animation, unless it `is_of_frame`; of
    geometry with no `size` beside it, the photo is decoded in full, and planned anew when its size
    is known. told: what was measured, as sliders that would do the same, for a notice. remark: what
    else the person should know of it, in words. takes_alpha: `run` wants alpha as a fourth channel
    even in a stage that keeps it away from the others. holds: how much memory `run` takes beside
    the larger of what it is given and what it gives, in times of the smaller: 1 for a new picture,
    0 for what is changed in place, a few rows at a time. An operation that needs more than the
    photo says so: `assets` gives what a value asks for, each by the JSON pointer below the value
    that names it, and `load` turns the value into what `run` takes, with the assets made ready: a
    photo as RGBA pixels in the working color space, a LUT as its bytes. notices: what, of a value
    that `run` takes, cannot be done as asked on this machine, for the person to know.
    """

    name: str
    label: str
    group: str
    stage: Stage
    order: int
    value: Any
    neutral: Any
    run: Callable[..., Any]
    doc: str
    unit: str = ""
    step: float | None = None
    place: int = 100
    examples: Sequence[Any] = ()
    light: Callable[..., Any] | None = None
    size: Callable[[Size, Any], Size] | None = None
    needs: Callable[[Size, Any], Size] | None = None
    measure: Callable[..., Any] | None = None
    told: Callable[[Any], Mapping[str, Any]] | None = None
    remark: Callable[[Any], str | None] | None = None
    is_of_frame: bool = False
    takes_alpha: bool = False
    holds: float = 1.0
    assets: Callable[[Any], Mapping[str, Asset]] | None = None
    load: Callable[[Any, Mapping[Asset, Any]], Any] | None = None
    notices: Callable[[Any], Sequence[str]] | None = None


@functools.cache
def operations() -> Mapping[str, Operation]:
    """All operations by name, in the order in which they are applied."""
    package = importlib.import_module("abzug.edits.operations")
    found = [
        importlib.import_module(f"{package.__name__}.{module.name}").OPERATION
        for module in pkgutil.iter_modules(package.__path__)
    ]
    return {op.name: op for op in sorted(found, key=lambda op: (op.stage, op.order, op.name))}


@functools.cache
def edits_model() -> type[BaseModel]:
    """The pydantic model of all edits: each operation at most once, all optional."""
    fields: dict[str, Any] = {op.name: (op.value, op.neutral) for op in operations().values()}
    model: type[BaseModel] = create_model("Edits", __base__=Parameters, **fields)
    return model


def canonical_edits(raw: Any) -> dict[str, Any]:
    """Check edits and bring them into the one form that is hashed: defaults gone, keys sorted.

    Raises InvalidRequest, with a pointer below /edits to each field that is wrong.
    """
    try:
        edits = edits_model().model_validate(raw)
    except ValidationError as error:
        msg = "The edits are not right."
        raise InvalidRequest(msg, field_errors(error, "/edits", raw)) from None
    kept = {
        name: value
        for name, value in edits.model_dump(mode="json", exclude_defaults=True).items()
        if getattr(edits, name) != operations()[name].neutral
    }
    canonical: dict[str, Any] = json.loads(json.dumps(kept, sort_keys=True, allow_nan=False))
    return canonical


def typed_edits(canonical: Mapping[str, Any]) -> dict[str, Any]:
    """Canonical edits with their values as the operations' `run` wants them, in pass order."""
    model = edits_model().model_validate(canonical)
    return {name: getattr(model, name) for name in operations() if name in canonical}


def assets_of(canonical: Mapping[str, Any]) -> dict[str, Asset]:
    """What canonical edits need beside the photo, by the JSON pointers that name it."""
    if not any(operations()[name].assets for name in canonical):
        return {}  # as nearly always, and then there is no need to read them
    return {
        f"/{name}{pointer}": asset
        for name, value in typed_edits(canonical).items()
        if (find := operations()[name].assets) is not None
        for pointer, asset in find(value).items()
    }


def field_errors(error: ValidationError, root: str, body: Any = None) -> tuple[FieldError, ...]:
    """Pydantic's findings as JSON pointers below `root`.

    Where a value may be of several types, pydantic puts the name of each into its path; with the
    `body` at hand, only what is in it gets into the pointer.
    """
    return tuple(
        FieldError(
            "/".join([root, *map(_escaped, _path(found, body))]),
            _said(found),
        )
        for found in error.errors(include_url=False, include_context=False, include_input=False)
    )


def _said(found: ErrorDetails) -> str:
    """Pydantic's words, but those that are Python's."""
    if found["type"] in _OF_PYTHON:
        return _OF_PYTHON[found["type"]]
    said = found["msg"].removeprefix("Value error, ")
    return said.replace("Tuple should", "List should").replace(" after validation,", ",")


def _path(found: ErrorDetails, body: Any) -> Sequence[str | int]:
    if body is None:
        return found["loc"]
    path = []
    for depth, part in enumerate(found["loc"], start=1):
        is_missing = found["type"] == "missing" and depth == len(found["loc"])
        if is_missing or _has(body, part):
            path.append(part)
            body = None if is_missing else body[part]
    return path


def _has(body: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(body, list) and part < len(body)
    return isinstance(body, dict) and part in body


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def edits_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of the edits; forms, command line and docs are made from it.

    Beside the standard words each property has `title` (label), `x-group`, `x-unit`, `x-step`,
    `x-stage`, `x-order` within it, and `description`; they come in the order of a form.
    `x-only-with`, of a part of a value, says which values of its neighbors it says nothing without.
    """
    schema: dict[str, Any] = edits_model().model_json_schema()
    properties = schema["properties"]
    in_form_order = sorted(operations().values(), key=lambda op: op.place)
    schema["properties"] = {op.name: properties[op.name] for op in in_form_order}
    for name, op in operations().items():
        prop = properties[name]
        prop |= {"title": op.label, "description": op.doc, "x-group": op.group}
        prop |= {"x-stage": op.stage.name, "x-order": op.order, "x-unit": op.unit}
        if op.step is not None:
            prop["x-step"] = op.step
        if op.examples:
            prop["examples"] = list(op.examples)
        prop["default"] = TypeAdapter(op.value).dump_python(op.neutral, mode="json")
    return schema
