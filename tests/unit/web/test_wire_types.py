"""What the client and the page believe of the server's answers is what OpenAPI says of them."""

from __future__ import annotations

import re
import typing
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired

import pytest
from pydantic import BaseModel
from tests.support import ROOT

from abzug.client import types
from abzug.web import views
from abzug.web.routes import jobs, luts, ops, presets

CLIENT: dict[Any, type[BaseModel]] = {
    types.Photo: views.PhotoView,
    types.Lut: luts.LutView,
    types.PresetNote: presets.NoteView,
    types.ImportedPreset: presets.ImportedView,
    types.Counts: views.CountsView,
    types.Links: views.JobLinks,
    types.JobSummary: views.JobSummaryView,
    types.Job: views.JobView,
    types.TaskError: views.ErrorView,
    types.Notice: views.NoticeView,
    types.Attempt: views.AttemptView,
    types.Result: views.ResultView,
    types.Task: views.TaskView,
    types.DeadLetter: ops.DeadLetterView,
}
PAGE: dict[str, type[BaseModel]] = {
    "Failure": views.ErrorView,
    "Result": views.ResultView,
    "Notice": views.NoticeView,
    "Task": views.TaskSummaryView,
    "Counts": views.CountsView,
    "Job": views.JobSummaryView,
    "Photo": views.PhotoView,
    "PresetNote": presets.NoteView,
    "ImportedPreset": presets.ImportedView,
}
"""What a call gives and an event as well is compared with the event, which has less."""
PYTHON = {str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null"}


def of_view(view: type[BaseModel]) -> dict[str, str]:
    """The kind of each field: string, number, boolean, null, object, or a list or union of these;
    what an object has is told of its own view."""
    schema = view.model_json_schema(mode="serialization")
    assert set(schema["required"]) == schema["properties"].keys()
    return {name: _of_schema(field) for name, field in schema["properties"].items()}


def _of_schema(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return union(_of_schema(some) for some in schema["anyOf"])
    if "$ref" in schema:
        return "object"
    kind = "number" if schema["type"] == "integer" else schema["type"]
    return f"{_of_schema(schema['items'])}[]" if kind == "array" else kind


def union(kinds: typing.Iterable[str]) -> str:
    return " | ".join(sorted(set(kinds)))


def of_client(kind: Any) -> str:
    origin = typing.get_origin(kind)
    if origin is list:
        return f"{of_client(typing.get_args(kind)[0])}[]"
    if origin in (UnionType, typing.Union):
        return union(of_client(some) for some in typing.get_args(kind))
    return "string" if origin is Literal else PYTHON.get(kind, "object")


@pytest.mark.parametrize("kind", CLIENT, ids=lambda kind: kind.__name__)
def test_the_client_types_what_the_server_shows(kind: type) -> None:
    fields = typing.get_type_hints(kind, include_extras=True)

    sure = {name: hint for name, hint in fields.items() if typing.get_origin(hint) != NotRequired}

    assert {name: of_client(hint) for name, hint in sure.items()} == of_view(CLIENT[kind])


def test_a_job_that_was_waited_for_has_its_tasks() -> None:
    fields = {name: of_client(hint) for name, hint in typing.get_type_hints(types.Job).items()}

    assert fields == of_view(jobs.FinishedJobView)


def page_types() -> dict[str, dict[str, str]]:
    """The fields of each object in the page's types, without those that may be missing."""
    file = ROOT / "src/abzug/web/static/server/types.js"
    source = re.sub(r"\n \*\s*", " ", file.read_text(encoding="utf-8"))
    strings = dict.fromkeys(re.findall(r"@typedef \{\"[^{}]*\"\} (\w+)", source), "string")
    return {
        name: {
            field: union(_of_page(some, strings) for some in kind.split(" | "))
            for field, optional, kind in re.findall(r"(\w+)(\??): ((?:[^,<]|<[^>]*>)+)", body)
            if not optional
        }
        for body, name in re.findall(r"@typedef \{\{([^{}]*)\}\} (\w+)", source)
    }


def _of_page(kind: str, strings: dict[str, str]) -> str:
    if kind.endswith("[]"):
        return f"{_of_page(kind.removesuffix('[]'), strings)}[]"
    if kind in PYTHON.values():
        return kind
    return "string" if kind.startswith('"') else strings.get(kind, "object")


@pytest.mark.parametrize("name", PAGE)
def test_the_page_types_what_the_server_shows(name: str) -> None:
    believed = page_types()[name]

    shown = of_view(PAGE[name])

    assert believed
    assert believed == {field: shown.get(field) for field in believed}
