"""Backlogs for the tests of the embedded queue, made without waiting for disks."""

from abzug.queues.base import Outgoing


def no_sync(_descriptor) -> None:
    """Takes the place of fdatasync where durability is not the question."""


def send_many(queue, count, **fields) -> None:
    for start in range(0, count, 10):
        queue.send_batch(
            [Outgoing(str(number), **fields) for number in range(start, min(start + 10, count))]
        )
