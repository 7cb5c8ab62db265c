"""What became of a preset's settings is told in the page's language, too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import expect
from tests.integration.page.conftest import BatchPage

from abzug import presets

READING = ("importing", "leftovers", "panels", "special")
"""The modules that write reasons."""


def sentences(node: ast.AST) -> Iterator[str]:
    """All that a module may tell of a setting, with 7 for what differs from case to case."""
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and _text_of(node.value)):
        return  # a refusal of the whole file, a docstring
    text = _text_of(node)
    if text and text.endswith("."):
        yield text
    elif not isinstance(node, ast.JoinedStr):
        for child in ast.iter_child_nodes(node):
            yield from sentences(child)


def _text_of(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text_of(part) or "7" for part in node.values)
    return ""


def test_every_reason_has_german_words(batch: BatchPage) -> None:
    folder = Path(presets.__file__).parent
    told = [
        sentence
        for module in READING
        for sentence in sentences(ast.parse((folder / f"{module}.py").read_text()))
    ]
    assert len(told) > 30
    told.append(f"7 is out of range. {told[0]}")
    batch.page.get_by_role("button", name="Deutsch").click()
    expect(batch.page.get_by_role("button", name="English")).to_be_visible()

    german = batch.page.evaluate(
        """async (told) => {
          const { reasonWords } = await import("/static/server/reasons.js");
          return told.map(reasonWords);
        }""",
        told,
    )

    assert [one for one, other in zip(told, german, strict=True) if one == other] == []
    assert [words for words in german if "{" in words or " is " in words] == []
    assert german[-1] == f"7 liegt außerhalb des Bereichs. {german[0]}"
