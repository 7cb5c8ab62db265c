"""The page about limits has the tables that the figures give."""

from pathlib import Path

import pytest
from trials import capacity


@pytest.mark.parametrize("table", [capacity.measured_table(), capacity.asks_table(1000)])
def test_the_page_about_limits_has_the_tables_that_the_figures_give(table: str) -> None:
    assert table in capacity.PAGE.read_text(encoding="utf-8"), "make generated"


def test_tables_that_are_out_of_date_are_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = capacity.PAGE.read_text(encoding="utf-8")
    stale = tmp_path / "limits.md"
    stale.write_text(old.replace("| photos | 6", "| photos | 7"), encoding="utf-8")
    monkeypatch.setattr(capacity, "PAGE", stale)

    assert stale.read_text(encoding="utf-8") != old
    assert capacity.page() == old


def test_twice_the_instances_ask_for_twice_as_much() -> None:
    once, twice = capacity.asks(500), capacity.asks(1000)

    assert [ask.amount * 2 for ask in once] == pytest.approx([ask.amount for ask in twice])
