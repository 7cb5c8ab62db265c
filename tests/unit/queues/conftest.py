"""The embedded queue for its tests: a clock that stands still, and no waiting for disks."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.contract.queue_backends import Clock
from tests.unit.queues.filling import no_sync

from abzug.queues import sqlite_file
from abzug.queues.sqlite import SqliteQueue

MAX_RECEIVES = 5


@pytest.fixture(autouse=True)
def at_sync(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int], object]], None]:
    """Call it with what shall take the place of fdatasync."""

    def replace(function: Callable[[int], object]) -> None:
        monkeypatch.setattr(sqlite_file, "fdatasync", function)

    replace(no_sync)
    return replace


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.db"


@pytest.fixture
def open_queue(path: Path, clock: Clock) -> Iterator[Callable[..., SqliteQueue]]:
    with ExitStack() as opened:

        def open_queue(name: str = "requests", **changes: Any) -> SqliteQueue:
            arguments: dict[str, Any] = {"max_receives": MAX_RECEIVES, "clock": clock} | changes
            return opened.enter_context(SqliteQueue(path, name, **arguments))

        yield open_queue


@pytest.fixture
def queue(open_queue: Callable[..., SqliteQueue]) -> SqliteQueue:
    return open_queue()
