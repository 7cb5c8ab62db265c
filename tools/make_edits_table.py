"""docs/reference/edits.md, the tables of all operations, from the operations themselves."""

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from abzug.edits.recipe import edits_schema

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "edits.md"
TITLE = """# Edits

What can be done to a photo: one object, each operation at most once, in any order, for the engine
fixes theirs. An operation that is left out, or has its default, changes nothing. `GET /v1/edits`
tells the same as a JSON Schema. A part of an operation stands behind a dot, one of a list behind
`[]`; `x/y` stands for x and for y.

```json
{"exposure": 0.5, "contrast": 20, "crop": {"aspect": "4:5"}, "sharpening": {"amount": 40}}
```

This page is written by `make generated`: change the operations, not the page.
"""
HEAD = "| edit | value | unit | default | meaning |\n|---|---|---|---|---|"

Schema = Mapping[str, Any]


def page() -> str:
    """All of it: a table for each group of operations, in the order of the form."""
    schema = edits_schema()
    groups: dict[str, list[str]] = {}
    for name, operation in schema["properties"].items():
        groups.setdefault(operation["x-group"], []).extend(rows(name, operation, schema["$defs"]))
    tables = ["\n".join([f"## {group}\n", HEAD, *lines]) for group, lines in groups.items()]
    return "\n\n".join([TITLE.rstrip(), *tables]) + "\n"


def rows(
    name: str, field: Schema, known: Schema, unit: str = "", *, required: bool = False
) -> Iterator[str]:
    """A row for a field, and one for each part of it."""
    unit = field.get("x-unit", unit)
    shared = {"examples": field["examples"]} if "examples" in field else {}
    shapes = [{**shared, **solid(shape, known)} for shape in field.get("anyOf", [field])]
    is_number = any(shape.get("type") in {"number", "integer"} for shape in shapes)
    told = dict.fromkeys([field.get("description"), *(one.get("description") for one in shapes)])
    cells = [
        f"`{name}`",
        " or ".join(value_words(shape, known) for shape in shapes),
        unit if is_number else "",
        "required" if required else default_words(field),
        " ".join(" ".join(filter(None, told)).split()),
    ]
    yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    for shape in shapes:
        yield from parts(name, shape, known, unit)


def parts(name: str, shape: Schema, known: Schema, unit: str) -> Iterator[str]:
    """The rows of what an object, or an object of a list, is made of; like parts share theirs."""
    if "items" in shape:
        kinds = [solid(kind, known) for kind in shape["items"].get("oneOf", [shape["items"]])]
        # what all kinds have is said once
        yield from dict.fromkeys(
            row for kind in kinds for row in parts(f"{name}[]", kind, known, unit)
        )
    needed = shape.get("required", ())
    for _, alike in itertools.groupby(shape.get("properties", {}).items(), key=without_name):
        names, fields = zip(*alike, strict=True)
        whole = f"{name}.{'/'.join(names)}"
        yield from rows(whole, fields[0], known, unit, required=names[0] in needed)


def without_name(part: tuple[str, Schema]) -> str:
    return json.dumps({key: value for key, value in part[1].items() if key != "title"})


def solid(shape: Schema, known: Schema) -> Schema:
    """The shape itself, where it is a reference to one that is described elsewhere."""
    return known[shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape


def value_words(shape: Schema, known: Schema) -> str:
    if "enum" in shape or "const" in shape:
        return ", ".join(f"`{json.dumps(one)}`" for one in shape.get("enum", [shape.get("const")]))
    match shape["type"]:
        case "integer" | "number":
            return number_words(shape)
        case "string":
            return text_words(shape)
        case "array":
            return list_words(shape, known)
        case other:
            return {"boolean": "`true`, `false`", "null": "`null`"}.get(other, "object")


def number_words(shape: Schema) -> str:
    low = shape.get("minimum", shape.get("exclusiveMinimum", ""))
    high = shape.get("maximum", shape.get("exclusiveMaximum", ""))
    but = [shape[key] for key in ("exclusiveMinimum", "exclusiveMaximum") if key in shape]
    without = f", but not {' or '.join(f'{one:g}' for one in but)}" if but else ""
    whole = ", whole" if shape["type"] == "integer" else ""
    return f"{plain(low)}…{plain(high)}{without}{whole}"


def text_words(shape: Schema) -> str:
    if shape.get("pattern", "").startswith("^#"):
        return '`"#rrggbb"`'
    if examples := shape.get("examples"):
        return "text like " + ", ".join(f"`{json.dumps(one)}`" for one in examples)
    length = f", at most {shape['maxLength']} characters" if "maxLength" in shape else ""
    return f"text{length}"


def list_words(shape: Schema, known: Schema) -> str:
    if "prefixItems" in shape:
        inner = (value_words(solid(one, known), known) for one in shape["prefixItems"])
        return f"[{', '.join(inner)}]"
    kinds = [solid(kind, known) for kind in shape["items"].get("oneOf", [shape["items"]])]
    inside = " or ".join(dict.fromkeys(value_words(kind, known) for kind in kinds))
    least, most = shape.get("minItems", 0), shape.get("maxItems", "any number")
    return f"list of {least if least == most else f'{least}…{most}'}: {inside}"


def default_words(field: Schema) -> str:
    """Nothing for an object: its parts have their own."""
    default = field.get("default", {})
    return "" if isinstance(default, dict) else f"`{plain(default)}`"


def plain(value: Any) -> str:
    """As in JSON, but 0 for 0.0, and nothing for a bound that there is not."""
    return "" if value == "" else re.sub(r"(?<=\d)\.0\b", "", json.dumps(value))
