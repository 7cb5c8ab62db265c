"""Who is woken by what, and that nobody else is."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from tests.contract.queue_backends import Clock

from abzug.errors import QueueError
from abzug.queues import sqlite
from abzug.queues.sqlite import SqliteQueue


@pytest.fixture
def only_rings_wake(monkeypatch: pytest.MonkeyPatch) -> None:
    """A waiter that no ring reaches then waits longer than these tests do."""
    monkeypatch.setattr(sqlite, "LONGEST_NAP", 60.0)


def wait_until_polled(queue: SqliteQueue) -> None:
    """Until the poll has its FIFO in place, so that from now on a ring reaches it."""
    while not any(not entry.name.startswith(".") for entry in queue._bell._folder.iterdir()):
        pass


def poll_through(
    queue: SqliteQueue, pool: ThreadPoolExecutor, action: Callable[[], object], **arguments: Any
) -> list[str]:
    poll = pool.submit(queue.receive, wait=20, **arguments)
    wait_until_polled(queue)
    action()
    return [message.body for message in poll.result(timeout=15)]


@pytest.mark.usefixtures("only_rings_wake")
def test_a_send_wakes_the_waiter(open_queue: Callable[..., SqliteQueue]) -> None:
    with ThreadPoolExecutor(1) as pool:
        assert poll_through(open_queue(), pool, lambda: open_queue().send("x")) == ["x"]


@pytest.mark.usefixtures("only_rings_wake")
def test_a_message_that_is_given_back_wakes_the_waiter(
    open_queue: Callable[..., SqliteQueue],
) -> None:
    queue = open_queue()
    queue.send("x")
    (message,) = queue.receive()

    def give_back() -> None:
        queue.change_visibility_batch([(message.receipt_handle, 0)])

    with ThreadPoolExecutor(1) as pool:
        assert poll_through(open_queue(), pool, give_back) == ["x"]


@pytest.mark.usefixtures("only_rings_wake")
def test_a_dead_letter_wakes_who_waits_for_dead_letters(
    open_queue: Callable[..., SqliteQueue], clock: Clock
) -> None:
    queue, dead = open_queue(max_receives=1), open_queue("requests-dead", max_receives=1)
    queue.send("x")
    queue.receive(visibility_timeout=300)

    def die() -> None:
        clock.advance(301)
        queue.depth()

    with ThreadPoolExecutor(1) as pool:
        assert poll_through(dead, pool, die) == ["x"]


@pytest.mark.usefixtures("only_rings_wake")
def test_a_redriven_message_wakes_the_waiter(
    open_queue: Callable[..., SqliteQueue], clock: Clock
) -> None:
    queue, dead = open_queue(max_receives=1), open_queue("requests-dead", max_receives=1)
    queue.send("x")
    queue.receive(visibility_timeout=1)
    clock.advance(2)
    dead.depth()

    with ThreadPoolExecutor(1) as pool:
        assert poll_through(queue, pool, dead.redrive) == ["x"]


@pytest.mark.usefixtures("only_rings_wake")
@pytest.mark.parametrize("name", ["requests", "requests-dead"])
def test_a_waiter_wakes_when_a_lease_runs_out(
    open_queue: Callable[..., SqliteQueue], name: str
) -> None:
    """No process need watch the clock: dead letters get there while everybody only waits."""
    real = {"clock": time.time, "max_receives": 1 if name.endswith("dead") else 5}
    queue, waiting = open_queue(**real), open_queue(name, **real)
    queue.send("x")
    queue.receive(visibility_timeout=0.2)

    assert [message.body for message in waiting.receive(wait=20)] == ["x"]


@pytest.mark.usefixtures("only_rings_wake")
def test_a_message_sent_between_the_look_and_the_wait_is_not_missed(
    queue: SqliteQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, sent = queue._look, list[None]()

    def look_then_send() -> Any:
        seen = look()
        if not sent:
            sent.append(None)  # first: the send looks too
            queue.send("x")
            sent.append(None)
        return seen

    monkeypatch.setattr(queue, "_look", look_then_send)

    assert [message.body for message in queue.receive(wait=20)] == ["x"]


def test_a_send_does_not_wake_who_waits_at_another_queue(
    open_queue: Callable[..., SqliteQueue],
) -> None:
    requests, status = open_queue("requests"), open_queue("status")
    requests._bell.fileno()
    status.send("x")

    assert not requests._bell.wait(0)


def test_a_send_behind_others_rings_nobody_as_nobody_waits(queue: SqliteQueue) -> None:
    queue._bell.fileno()
    queue.send("first")
    assert queue._bell.wait(0)
    queue.send("second")

    assert not queue._bell.wait(0)


@pytest.mark.usefixtures("only_rings_wake")
def test_a_wake_just_before_the_poll_ends_it(queue: SqliteQueue) -> None:
    queue.wake()

    assert queue.receive(wait=20) == []


def test_an_idle_waiter_looks_no_more_than_it_must(
    queue: SqliteQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = mock.Mock(side_effect=queue._look)
    monkeypatch.setattr(queue, "_look", look)

    queue.receive(wait=0.5)

    assert look.call_count <= 4


def test_close_ends_a_poll_and_leaves_no_fifo(queue: SqliteQueue, path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(queue.receive, wait=20)
        wait_until_polled(queue)
        queue.close()

        assert poll.result(timeout=15) == []
    assert list(path.with_name("queue.db-bells").glob("requests/*")) == []


def test_a_closed_queue_says_so(queue: SqliteQueue) -> None:
    queue.close()
    queue.close()
    queue.wake()

    for call in (queue.receive, queue.depth, lambda: queue.send("x")):
        with pytest.raises(QueueError, match="closed"):
            call()
