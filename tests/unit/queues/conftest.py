"""The embedded queue for its tests: a clock that stands still, and no waiting for disks."""

from contextlib import ExitStack

import pytest
from tests.contract.queue_backends import Clock
from tests.unit.queues.filling import no_sync

from abzug.queues import sqlite_file
from abzug.queues.sqlite import SqliteQueue

MAX_RECEIVES = 5


@pytest.fixture(autouse=True)
def at_sync(monkeypatch):
    """Call it with what shall take the place of fdatasync."""

    def replace(function) -> None:
        monkeypatch.setattr(sqlite_file, "fdatasync", function)

    replace(no_sync)
    return replace


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "queue.db"


@pytest.fixture
def open_queue(path, clock):
    with ExitStack() as opened:

        def open_queue(name="requests", **changes):
            arguments = {"max_receives": MAX_RECEIVES, "clock": clock} | changes
            return opened.enter_context(SqliteQueue(path, name, **arguments))

        yield open_queue


@pytest.fixture
def queue(open_queue):
    return open_queue()
