"""A set of edits: read, checked, brought into one form and described."""

from __future__ import annotations

import functools
import importlib
import json
import pkgutil
from collections.abc import Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError, create_model

from abzug.edits.operation import Asset, Group, Operation, Parameters
from abzug.edits.validation import invalid

Kind = TypeVar("Kind", bound=Operation)

ENGINE_VERSION = "3"
"""Part of every result's key: raise it when equal requests begin to give other pixels."""


@functools.cache
def operations() -> Mapping[str, Operation]:
    """All operations by name, in the order in which they are applied."""
    package = importlib.import_module("abzug.edits.operations")
    found = [
        importlib.import_module(f"{package.__name__}.{module.name}").OPERATION
        for module in pkgutil.iter_modules(package.__path__)
    ]
    return {op.name: op for op in sorted(found, key=lambda op: (op.stage, op.order, op.name))}


def operations_of(kind: type[Kind]) -> dict[str, Kind]:
    """Those of one class."""
    return {name: op for name, op in operations().items() if isinstance(op, kind)}


@functools.cache
def edits_model() -> type[BaseModel]:
    """The pydantic model of all edits: each operation at most once, all optional."""
    fields: dict[str, Any] = {op.name: (op.value, op.neutral) for op in operations().values()}
    model: type[BaseModel] = create_model("Edits", __base__=Parameters, **fields)
    return model


@functools.cache
def _names_of_edits() -> dict[str, Any]:
    return edits_model().model_json_schema()


def canonical_edits(raw: Any) -> dict[str, Any]:
    """Check edits and bring them into the one form that is hashed: defaults gone, keys sorted.

    Raises InvalidRequest, with a pointer below /edits to each field that is wrong.
    """
    try:
        edits = edits_model().model_validate(raw)
    except ValidationError as error:
        msg = "The edits are not right."
        raise invalid(msg, error, "/edits", raw, _names_of_edits()) from None
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
    if not any(operations()[name].from_store for name in canonical):
        return {}  # as nearly always, and then there is no need to read them
    return {
        f"/{name}{pointer}": asset
        for name, value in typed_edits(canonical).items()
        if (store := operations()[name].from_store) is not None
        for pointer, asset in store.assets(value).items()
    }


def edits_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of the edits; forms, command line and docs are made from it.

    Beside the standard words each property has `title` (label), `x-group`, `x-unit`, `x-step`,
    `x-stage`, `x-order` within it, and `description`; they come in the order of a form, by group.
    `x-only-with`, of a part of a value, says which values of its neighbors it says nothing without.
    """
    schema: dict[str, Any] = edits_model().model_json_schema()
    properties = schema["properties"]
    groups = get_args(Group)
    in_form_order = sorted(operations().values(), key=lambda op: (groups.index(op.group), op.place))
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
