"""The page about limits has the tables that the figures give."""

import pytest
from tests.support import ROOT
from trials import capacity

PAGE = ROOT / "docs" / "explanation" / "limits.md"


@pytest.mark.parametrize("table", [capacity.measured_table(), capacity.asks_table(1000)])
def test_the_page_about_limits_has_the_tables_that_the_figures_give(table: str) -> None:
    assert table in PAGE.read_text(encoding="utf-8")


def test_twice_the_instances_ask_for_twice_as_much() -> None:
    once, twice = capacity.asks(500), capacity.asks(1000)

    assert [ask.amount * 2 for ask in once] == pytest.approx([ask.amount for ask in twice])
