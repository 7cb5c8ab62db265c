"""What pydantic finds wrong with a request, as JSON pointers and in words of the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from abzug.errors import FieldError, json_pointer

_OF_PYTHON = {
    "dict_type": "Input should be an object",
    "model_type": "Input should be an object",
    "tuple_type": "Input should be a list",
}
"""What pydantic calls dictionaries, instances and tuples: it does not know that JSON was sent."""


def field_errors(error: ValidationError, root: str, body: Any = None) -> tuple[FieldError, ...]:
    """Pydantic's findings as JSON pointers below `root`.

    Where a value may be of several types, pydantic puts the name of each into its path; with the
    `body` at hand, only what is in it gets into the pointer.
    """
    return tuple(
        FieldError(root + json_pointer(_path(found, body)), _message(found))
        for found in error.errors(include_url=False, include_context=False, include_input=False)
    )


def _message(found: ErrorDetails) -> str:
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
