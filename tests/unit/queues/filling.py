"""Backlogs for the tests of the embedded queue, made without waiting for disks."""

from typing import Any

from abzug.queues.base import Outgoing
from abzug.queues.sqlite import SqliteQueue


def no_sync(_descriptor: int) -> None:
    """Takes the place of fdatasync where durability is not the question."""


def send_many(queue: SqliteQueue, count: int, **fields: Any) -> None:
    for start in range(0, count, 10):
        queue.send_batch(
            [Outgoing(str(number), **fields) for number in range(start, min(start + 10, count))]
        )
