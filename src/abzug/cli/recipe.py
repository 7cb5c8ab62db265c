"""Edits and outputs from the command line: one option an operation, made from the schema.

A value is a number, true, a name, `part=value,part=value`, or JSON:
`--exposure 0.5 --crop aspect=4:5 --watermark text=hello,position=bottom-right`.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from abzug.cli.files import FIELDS
from abzug.errors import FieldError, InvalidRequest, PhotoError

PREFIX = "edit_"
OUTPUT = "[NAME=]FORMAT[:QUALITY[:MAX_SIDE]][,FIELD=VALUE]…"
Photos = Annotated[list[Path], typer.Argument(help="Photos, or folders of them.")]
Outputs = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        metavar=OUTPUT,
        help="A result wanted of each photo: jpeg:85:2048, or "
        "jpeg:85,max_bytes=500000,metadata=strip; may be given several times.",
    ),
]
_JSON = "{", "["
"""How JSON begins that is no number, nor a word."""


def with_edit_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command one option for each operation; it gets them as its parameter `edits`."""
    from abzug.edits.recipe import edits_schema, operations

    def wrapper(**given: Any) -> None:
        texts = {name: given.pop(PREFIX + name) for name in operations()}
        edits = {name: read_value(name, text) for name, text in texts.items() if text is not None}
        command(edits=edits, **given)

    signature = inspect.signature(command, eval_str=True)
    own = [p for p in signature.parameters.values() if p.name != "edits"]
    options = [
        inspect.Parameter(
            PREFIX + name,
            inspect.Parameter.KEYWORD_ONLY,
            default=typer.Option(
                None,
                f"--{name.replace('_', '-')}",
                help=field["description"],
                metavar=_range(field),
            ),
            annotation=str | None,
        )
        for name, field in edits_schema()["properties"].items()
    ]
    parameters = [*own, *options]
    wrapper.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    wrapper.__annotations__ = {p.name: p.annotation for p in parameters}
    wrapper.__name__, wrapper.__doc__ = command.__name__, command.__doc__
    return wrapper


def _range(field: Mapping[str, Any]) -> str:
    """What may stand behind an option: its range and unit, or its values, else VALUE."""
    if "enum" in field:
        return "|".join(map(str, field["enum"]))
    if "minimum" not in field:
        return "true" if field.get("type") == "boolean" else "VALUE"
    unit = f" {field['x-unit']}" if field["x-unit"] else ""
    return f"{field['minimum']:g}…{field['maximum']:g}{unit}"


def read_value(name: str, text: str) -> Any:
    """The JSON value that an option's text stands for."""
    from abzug.edits.recipe import operations

    try:
        if text.lstrip().startswith(_JSON):
            return json.loads(text)
        value = _parts(name, text) if "=" in text else _scalar(text)
    except json.JSONDecodeError as error:
        raise InvalidRequest(
            "An option is not right.", (FieldError(f"/{name}", f"bad JSON: {error.msg}"),)
        ) from None
    wants_list = isinstance(operations()[name].neutral, list | tuple)
    return [value] if wants_list else _with_its_part(name, value)


def _with_its_part(name: str, value: Any) -> Any:
    """`-40` as the amount of a vignette, `16:9` as the aspect of a crop: the first part of an edit
    that takes such a value."""
    from pydantic import TypeAdapter

    from abzug.edits.recipe import operations

    kinds = {"string"} if isinstance(value, str) else {"number", "integer"}
    schema = TypeAdapter(operations()[name].value).json_schema()
    if name in FIELDS or isinstance(value, bool | dict | list) or "properties" not in schema:
        return value
    for part, field in schema["properties"].items():
        if kinds & {one.get("type") for one in (field, *field.get("anyOf", ()))}:
            return {part: value}
    return value


def _parts(name: str, text: str) -> dict[str, Any]:
    """`part=value,part=value`; a comma that no part follows belongs to the value before it."""
    texts = _parts_of_text(name)
    pairs = [part.partition("=") for part in re.split(r",(?=\s*\w+=)", text)]
    return {
        key.strip(): value.strip() if key.strip() in texts else _scalar(value)
        for key, _, value in pairs
    }


def _parts_of_text(name: str) -> set[str]:
    """The parts of an edit that are text, like a number as they may look: a watermark of 2026."""
    from pydantic import TypeAdapter

    from abzug.edits.recipe import operations

    schema = TypeAdapter(operations()[name].value).json_schema()
    return {
        part
        for shape in [schema, *schema.get("$defs", {}).values()]
        for part, field in shape.get("properties", {}).items()
        if field.get("type") == "string"
    }


def _scalar(text: str) -> Any:
    """A number as people write it (`.5`, `+20`), true, false, JSON, or the text itself."""
    if text.lstrip().startswith(_JSON):
        return json.loads(text)
    for read in (int, float, {"true": True, "false": False}.__getitem__):
        with contextlib.suppress(ValueError, KeyError):
            return read(text.strip())
    return text.strip()


def read_output(text: str) -> dict[str, Any]:
    """OUTPUT as an output: `jpeg:85:2048`, `print=tiff,icc=keep,dpi=300`."""
    from abzug.edits.outputs import output_schema

    head, *fields = text.split(",")
    name, _, rest = head.rpartition("=")
    form, *numbers = rest.split(":")
    if len(numbers) > 2 or not all("=" in field for field in fields):
        raise InvalidRequest("An output is not right.", (FieldError(f"/{text}", OUTPUT),))
    output: dict[str, Any] = {"name": name or "edited", "format": _format_of(form)}
    for key, number in zip(("quality", "max_side"), numbers, strict=False):
        if number:
            output[key] = _scalar(number)
    described = output_schema()["properties"]
    for key, _, value in (field.partition("=") for field in fields):
        is_text = described.get(key.strip(), {}).get("type") == "string"  # a bit depth of "8"
        output[key.strip()] = value.strip() if is_text else _scalar(value)
    return output


def _format_of(text: str) -> str:
    """A format by its name, or by an extension of its files: jpg, tif."""
    from abzug.edits.formats.registry import format_named, savers

    known = (name for name in savers() if text.lower() in {name, *format_named(name).extensions})
    return next(known, text)


def read_outputs(texts: list[str]) -> list[dict[str, Any]]:
    """Several outputs; those without a name are called after their format."""
    outputs = [read_output(text) for text in texts] or [{"name": "edited"}]
    if len(outputs) > 1:
        for i, output in enumerate(outputs):
            if output["name"] == "edited":
                output["name"] = f"{output['format']}{i + 1}"
    return outputs


def find_photos(paths: list[Path]) -> list[Path]:
    """Files as given, folders as all photos in them and below, in order of name; how many files
    there are no photos is told.

    Raises InvalidRequest for a path that is not there, and if there is no photo.
    """
    found: list[Path] = []
    left_out = 0
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and p.name[0] != ".")
            of_photos = [p for p in inside if _is_photo(p)]
            left_out += len(inside) - len(of_photos)
            found += of_photos
        elif path.is_file():
            found.append(path)
        else:
            raise InvalidRequest("A photo is missing.", (FieldError(f"/{path}", "not there"),))
    if left_out:
        typer.echo(f"{left_out} files in folders are no photos, and are left out.", err=True)
    if not found:
        raise InvalidRequest("There is no photo to be edited.")
    return list(dict.fromkeys(found))


def _is_photo(path: Path) -> bool:
    """By its name or by its first bytes: a damaged photo is one, and fails with its reason."""
    from abzug.edits.formats.registry import read_formats
    from abzug.edits.formats.sniff import HEAD, sniff

    known = {extension for one in read_formats() for extension in one.extensions}
    if path.suffix.lower().removeprefix(".") in known:
        return True
    try:
        with path.open("rb") as file:
            sniff(file.read(HEAD))
    except (PhotoError, OSError):
        return False
    return True


def claim_name(folder: Path, stem: str, suffix: str) -> Path:
    """Make an empty file in `folder` where none was: STEM.SUFFIX, STEM (2).SUFFIX, …

    Of two programs that want the same name each gets one of its own. Raises OSError.
    """
    path, number = folder / f"{stem}.{suffix}", 1
    while True:
        try:
            path.open("xb").close()
        except FileExistsError:
            number += 1
            path = folder / f"{stem} ({number}).{suffix}"
        else:
            return path
