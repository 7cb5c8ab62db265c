"""Whatever the page can show, it can say in each of its languages. Read off the catalogs' text: no
browser is needed, for Biome keeps their form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support import ROOT

from abzug.edits.notices import Told
from abzug.edits.outputs import output_schema
from abzug.edits.recipe import edits_schema
from abzug.errors import AbzugError, BackendError, PhotoError, WorkerCrash
from abzug.jobs.states import DEAD_LETTERED
from abzug.messages import Catalog
from abzug.presets.reasons import Reason

STATIC = ROOT / "src" / "abzug" / "web" / "static"
ENTRY = re.compile(r'^  (?:"([^"]+)"|(\w+)):(.*?)(?=^  \S|^\};)', re.MULTILINE | re.DOTALL)
TOLD: dict[str, type[Catalog]] = {"notice": Told, "reason": Reason}
"""What the server tells in codes and values, by the beginning of the page's keys."""
BY_THE_PAGE = {"error.undevelopable", "advice.undevelopable", "advice.upload"}
"""Errors that only the page tells apart."""


def catalog(language: str) -> dict[str, str]:
    """The messages by their keys, as they stand in the code."""
    parts = ("", "notices.", "operations.", "reasons.")
    files = [STATIC / "messages" / f"{part}{language}.js" for part in parts]
    found = [ENTRY.findall(file.read_text()) for file in files]
    return {quoted or bare: text for entries in found for quoted, bare, text in entries}


def parts_of(schema: Any) -> Iterator[dict[str, Any]]:
    """The schema and all schemas in it."""
    if isinstance(schema, dict):
        yield schema
    for part in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(part, dict | list):
            yield from parts_of(part)


def fields(schema: dict[str, Any]) -> set[str]:
    return {name for part in parts_of(schema) for name in part.get("properties", ())}


def choices(schema: dict[str, Any]) -> set[str]:
    """Those that are words: numbers are the same in every language."""
    given = {
        value
        for part in parts_of(schema)
        for value in (*part.get("enum", ()), part.get("const"))
        if isinstance(value, str)
    }
    return {value for value in given if not value.isdigit()}


def sections() -> set[str]:
    return {field["x-group"].lower() for field in edits_schema()["properties"].values()}


def errors() -> dict[str, str]:
    """What can go wrong with a photo, by its code, each with its advice."""
    kinds: list[type[AbzugError]] = [PhotoError, BackendError, WorkerCrash]
    for kind in kinds:  # which grows on the way
        kinds += kind.__subclasses__()
    told_by_workers = dict.fromkeys((AbzugError.code, DEAD_LETTERED, "original_gone"), "…")
    return {kind.code: kind.advice for kind in kinds} | told_by_workers


def needed() -> set[str]:
    """The keys of all that the server names."""
    edits, output = edits_schema(), output_schema()
    curves = {"points"}  # the page has a word of its own for the curve of all channels
    return {
        *(f"op.{name}" for name in fields(edits) - curves),
        *(f"out.{name}" for name in fields(output)),
        *(f"option.{value}" for value in choices(edits) | choices(output)),
        *(f"section.{name}" for name in sections()),
        *(f"error.{code}" for code in errors()),
        *(f"advice.{code}" for code, advice in errors().items() if advice),
    }


def test_all_that_the_server_names_has_german_words() -> None:
    assert needed() - catalog("de").keys() == set()


def test_no_words_are_left_of_what_the_server_names_no_more() -> None:
    keys = catalog("en").keys() | catalog("de").keys()

    assert {
        key for key in keys if key.startswith(("op.", "out.", "option.", "section."))
    } <= needed()


@pytest.mark.parametrize("kind", TOLD)
def test_the_page_says_in_english_what_the_server_says(kind: str) -> None:
    texts = {key: text for key, text in catalog("en").items() if key.startswith(f"{kind}.")}

    assert {key: json.loads(text.strip().removesuffix(",")) for key, text in texts.items()} == {
        f"{kind}.{told.name}": told.value for told in TOLD[kind]
    }


def test_each_format_of_results_is_told_about() -> None:
    formats = {f"about.{name}" for name in output_schema()["properties"]["format"]["enum"]}

    assert formats
    assert formats <= catalog("en").keys()
    assert formats <= catalog("de").keys()


def test_units_are_symbols() -> None:
    """The form shows them as they are, in every language."""
    schemas = (edits_schema(), output_schema())
    units = {part.get("x-unit", "") for schema in schemas for part in parts_of(schema)}

    assert {unit for unit in units if len(unit) > 2} == set()


def test_both_catalogs_say_the_same_things() -> None:
    english, german = catalog("en"), catalog("de")

    assert english.keys() <= german.keys()
    assert german.keys() - english.keys() <= needed() | BY_THE_PAGE
    for key, text in english.items():
        assert _placeholders(text) == _placeholders(german[key]), key


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{\w+(?::.)?\}", text))


def test_every_message_that_the_code_names_is_in_the_catalog() -> None:
    code = "\n".join(path.read_text() for path in STATIC.rglob("*.js"))
    named = set(re.findall(r"""\bt\(\s*"([^"]+)\"""", code))

    assert len(named) > 100
    assert named <= catalog("en").keys()
