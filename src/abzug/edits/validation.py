"""What pydantic finds wrong with a request, as JSON pointers and in words of the API."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from abzug.errors import MAX_FIELD_ERRORS, FieldError, InvalidRequest, json_pointer

_WORDS = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field",
    "string_type": "a text is wanted",
    "int_type": "a whole number is wanted",
    "int_parsing": "a whole number is wanted",
    "int_from_float": "a whole number is wanted",
    "float_type": "a number is wanted",
    "float_parsing": "a number is wanted",
    "finite_number": "a number is wanted",
    "bool_type": "true or false is wanted",
    "bool_parsing": "true or false is wanted",
    "list_type": "a list is wanted",
    "tuple_type": "a list is wanted",
    "dict_type": "an object is wanted",
    "model_type": "an object is wanted",
    "model_attributes_type": "an object is wanted",
    "literal_error": "one of these is wanted: {expected}",
    "enum": "one of these is wanted: {expected}",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "greater_than": "more than {gt}",
    "less_than": "less than {lt}",
    "too_short": "a list of at least {min_length}, not of {actual_length}",
    "too_long": "a list of at most {max_length}, not of {actual_length}",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "it must look like {pattern}",
}
"""By pydantic's types of errors; its own words are those of Python, and of its insides."""
_LONGEST_NAME = 64
"""Letters of a name for which a similar one is looked up: that takes their square."""

Finding = Mapping[str, Any]
"""One of pydantic's errors."""


def invalid(
    message: str, error: ValidationError, root: str, body: Any, schema: Mapping[str, Any]
) -> InvalidRequest:
    """Pydantic's findings as JSON pointers below `root`.

    Where a value may be of several types, pydantic puts the name of each into its path; only what
    is in the `body` gets into the pointer. schema: the JSON Schema of what is wanted, which has the
    names that may have been meant.
    """
    found = error.errors(include_url=False)
    told = [
        FieldError(root + json_pointer(_path(one, body)), in_our_words(one, schema))
        for one in found[:MAX_FIELD_ERRORS]
    ]
    return InvalidRequest(message, told, count=len(found))


def in_our_words(found: Finding, schema: Mapping[str, Any]) -> str:
    """What is wrong with one field. Its `loc` begins where `schema` does."""
    said = _WORDS.get(found["type"])
    if said is None:
        return str(found["msg"]).removeprefix("Value error, ")
    context = {name: _plain(value) for name, value in found.get("ctx", {}).items()}
    return said.format(**context) + _meant(found, schema)


def _plain(value: Any) -> str:
    """5.0 as 5, and names without Python's quotes."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace("'", "")


def _meant(found: Finding, schema: Mapping[str, Any]) -> str:
    """`; did you mean …?` where a name is like one that there is."""
    if found["type"] == "extra_forbidden":
        wrong, known = found["loc"][-1], _names(schema, found["loc"][:-1])
    elif found["type"] == "literal_error":
        wrong, known = found["input"], found["ctx"]["expected"].split("'")[1::2]
    else:
        return ""
    like = difflib.get_close_matches(str(wrong)[:_LONGEST_NAME].lower(), known, 1)
    return f"; did you mean {like[0]}?" if like else ""


def _names(schema: Mapping[str, Any], path: Sequence[str | int]) -> list[str]:
    """The fields that there may be at the end of a path."""
    at = list(_shapes(schema, schema))
    for part in path:
        inner = [shape for one in at for shape in _inner(schema, one, part)]
        at = inner or at  # else it is a type's name, which pydantic puts there
    return [name for one in at for name in one.get("properties", {})]


def _inner(
    schema: Mapping[str, Any], shape: Mapping[str, Any], part: str | int
) -> Iterator[Mapping[str, Any]]:
    below = shape.get("items") if isinstance(part, int) else shape.get("properties", {}).get(part)
    if isinstance(below, Mapping):
        yield from _shapes(schema, below)


def _shapes(schema: Mapping[str, Any], shape: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What a part of a schema may be: references and alternatives followed."""
    if "$ref" in shape:
        yield from _shapes(schema, schema["$defs"][shape["$ref"].rpartition("/")[2]])
    for one in (*shape.get("anyOf", ()), *shape.get("oneOf", ())):
        yield from _shapes(schema, one)
    yield shape


def _path(found: Finding, body: Any) -> Sequence[str | int]:
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
