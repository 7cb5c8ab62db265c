"""The page of limits says what the code does."""

from __future__ import annotations

import importlib
import re

import pytest
from tests.support import ROOT

PAGE = ROOT / "docs" / "reference" / "limits.md"
UNITS = {"": 1, "s": 1, "KiB": 2**10, "MiB": 2**20}
ROW = re.compile(r"^\|[^|]+\| ([\d,]+) \| (\w*) ?\| `([\w.]+)\.(\w+)` \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE.read_text(encoding="utf-8"))


def test_every_row_of_the_table_names_its_place_in_the_code() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("|--:|---|---|\n")[2].partition("\n\n")[0]

    assert len(ROWS) == len(table.splitlines()) >= 20


@pytest.mark.parametrize(("number", "unit", "module", "name"), ROWS)
def test_a_bound_is_documented_as_it_is(number: str, unit: str, module: str, name: str) -> None:
    bound = getattr(importlib.import_module(module), name)

    assert int(number.replace(",", "")) * UNITS[unit] == bound
