"""Who follows a how-to to the letter gets what it promises, and touches no other file."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.how_to import follow, run_tests


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return tmp_path / "clone"


@pytest.mark.parametrize(
    ("kind", "name"), [("queue", "memory"), ("store", "memory"), ("fleet", "wish")]
)
def test_a_backend_is_one_file_and_keeps_the_promises(kind: str, name: str, clone: Path) -> None:
    touched = follow(f"add-a-{kind}.md", clone)

    assert touched == [f"src/abzug/{kind}s/{name}.py", f"tests/contract/{kind}_backends.py"]
    run_tests(clone, f"tests/contract/test_{kind}.py", "-k", name)


def test_a_route_is_one_file_and_a_line_and_is_documented(clone: Path) -> None:
    touched = follow("add-a-route.md", clone)

    assert touched == [
        "src/abzug/web/routes/estimates.py",
        "src/abzug/web/app.py",
        "docs/reference/http.md",
        "tests/integration/test_web_estimates.py",
    ]
    run_tests(clone, "tests/integration/test_web_estimates.py")
    run_tests(clone, "tests/unit/docs/test_docs.py", "-k", "call_of_the_api")


def test_a_component_of_the_page_is_shown(clone: Path) -> None:
    touched = follow("add-a-page-component.md", clone)

    assert len(set(touched)) == 6
    run_tests(clone, "tests/integration/page/test_count.py", "tests/unit/web/test_page_modules.py")
    run_tests(clone, "tests/unit/web/test_page_words.py")
