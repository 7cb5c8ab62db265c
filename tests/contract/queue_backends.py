"""The queue backends that the contract is held against: a new one is one more entry in BACKENDS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from abzug.queues.base import Queue
from abzug.queues.sqlite import SqliteQueue

MAX_RECEIVES = 3


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass(frozen=True)
class Backend:
    """open: a queue by its name, MAX_RECEIVES deliveries. advance: let so many seconds pass."""

    open: Callable[[str], Queue]
    advance: Callable[[float], None]


@contextmanager
def sqlite(folder: Path) -> Iterator[Backend]:
    clock = Clock()
    with ExitStack() as opened:

        def open_queue(name: str) -> Queue:
            queue = SqliteQueue(folder / "queue.db", name, max_receives=MAX_RECEIVES, clock=clock)
            return opened.enter_context(queue)

        yield Backend(open_queue, clock.advance)


BACKENDS = {"sqlite": sqlite}
