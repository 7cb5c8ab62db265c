"""What is written stays small enough to be read at one glance."""

from __future__ import annotations

import ast

from tests.support import ROOT

FILES = sorted((ROOT / "src/abzug").rglob("*.py"))
STEPS = ROOT / "src/abzug/jobs/migrations"
"""Tells what a database was made of, table by table: nobody changes it."""


def test_no_file_has_more_than_400_lines() -> None:
    lengths = {str(file): len(file.read_text(encoding="utf-8").splitlines()) for file in FILES}

    assert {file: lines for file, lines in lengths.items() if lines > 400} == {}


def test_no_function_has_more_than_50_lines() -> None:
    lengths = {
        f"{file}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for file in FILES
        if not file.is_relative_to(STEPS)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {function: lines for function, lines in lengths.items() if lines > 50} == {}
