"""Setting the machine's clock neither keeps a lease for longer nor ends it sooner."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from abzug.queues.sqlite import SqliteQueue
from abzug.queues.sqlite_clock import steady_clock
from abzug.queues.sqlite_file import SqliteFile

SECOND = 1_000_000


@pytest.fixture
def since_boot(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [500.0]
    monkeypatch.setattr("abzug.queues.sqlite_clock._since_boot", lambda: now[0])
    return now


@pytest.fixture
def file(path: Path) -> Iterator[SqliteFile]:
    opened = SqliteFile(path)
    yield opened
    opened.close()


def boot(name: str) -> Callable[[], str]:
    return lambda: name


@pytest.mark.parametrize("step", [-3600.0, 3600.0])
def test_a_lease_lasts_as_long_as_it_was_to_whoever_sets_the_clock(
    path: Path, since_boot: list[float], monkeypatch: pytest.MonkeyPatch, step: float
) -> None:
    with SqliteQueue(path, "requests", max_receives=5) as killed:
        killed.send("edit this")
        assert killed.receive(visibility_timeout=30)
    wall = time.time
    monkeypatch.setattr(time, "time", lambda: wall() + step)
    with SqliteQueue(path, "requests", max_receives=5) as queue:
        assert queue.receive() == []
        since_boot[0] += 29
        assert queue.receive() == []
        since_boot[0] += 2
        assert [message.receive_count for message in queue.receive()] == [2]


def test_all_processes_since_the_start_of_the_machine_count_alike(
    file: SqliteFile, since_boot: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = steady_clock(file, SECOND, boot("one"))
    monkeypatch.setattr(time, "time", lambda: 0.0)
    since_boot[0] += 7
    assert steady_clock(file, SECOND, boot("one"))() == first()


def test_after_a_restart_of_the_machine_nobody_holds_anything(
    path: Path, file: SqliteFile, since_boot: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    steady_clock(file, SECOND, boot("one"))
    with SqliteQueue(path, "requests", max_receives=5, clock=lambda: 2e9) as queue:
        queue.send("edit this")
        queue.receive(visibility_timeout=30)
        monkeypatch.setattr(time, "time", lambda: 1e9)  # its battery is empty
        clock = steady_clock(file, SECOND, boot("two"))
    since_boot[0] += 1
    with SqliteQueue(path, "requests", max_receives=5, clock=clock) as queue:
        assert [message.receive_count for message in queue.receive()] == [2]


def test_where_the_system_does_not_tell_its_start_the_time_of_day_counts(file: SqliteFile) -> None:
    assert steady_clock(file, SECOND, boot("")) is time.time
