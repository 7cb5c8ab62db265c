"""The queue backends that the contract is held against: a new one is one more entry in BACKENDS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.endpoints import REGION, Ministack

from abzug.backends import load
from abzug.queues.base import Queue
from abzug.queues.sqlite import SqliteQueue
from abzug.settings import Settings

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
    """open: a queue by its name, MAX_RECEIVES deliveries. advance: let so many seconds pass.

    What the protocol leaves open, or an emulator gets wrong, is said here, and a test asserts
    the one or the other:

    knows_ages: depth() tells how old the oldest message is.
    any_look_buries: depth(), and a look at the dead-letter queue, move what died; else only a
    receive from the queue itself does, as on SQS.
    redrives_leased: a redrive takes dead letters that somebody has leased as well.
    keeps_ids: a redriven message keeps its id.
    renews_expired: a lease that ran out can be renewed while nobody else has the message. Amazon
    refuses it, MiniStack does not.
    """

    open: Callable[[str], Queue]
    advance: Callable[[float], None]
    knows_ages: bool = True
    any_look_buries: bool = True
    redrives_leased: bool = True
    keeps_ids: bool = True
    renews_expired: bool = False


@contextmanager
def sqlite(folder: Path, _request: pytest.FixtureRequest) -> Iterator[Backend]:
    clock = Clock()
    with ExitStack() as opened:

        def open_queue(name: str) -> Queue:
            queue = SqliteQueue(folder / "queue.db", name, max_receives=MAX_RECEIVES, clock=clock)
            return opened.enter_context(queue)

        yield Backend(open_queue, clock.advance)


@contextmanager
def sqs(folder: Path, request: pytest.FixtureRequest) -> Iterator[Backend]:
    """On MiniStack, whose clock is moved. Each test has queues of its own."""
    endpoint: Ministack = request.getfixturevalue("ministack")
    url = f"sqs://{REGION}/{endpoint.new_name()}?endpoint={endpoint.url}"
    settings = Settings(home=folder, max_receives=MAX_RECEIVES)
    module = load("queues", url)
    module.create(url, ["requests", "status"], settings)
    with ExitStack() as opened:

        def open_queue(name: str) -> Queue:
            return opened.enter_context(module.connect(url, name, settings))

        yield Backend(
            open_queue,
            endpoint.advance,
            knows_ages=False,
            any_look_buries=False,
            redrives_leased=False,
            keeps_ids=False,
            renews_expired=True,
        )


BACKENDS = {"sqlite": sqlite, "sqs": sqs}
