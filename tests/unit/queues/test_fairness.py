"""Start-time fair queueing between owners."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from tests.contract.queue_backends import Clock
from tests.unit.queues.filling import no_sync, send_many

from abzug.queues import sqlite, sqlite_file
from abzug.queues.base import Received
from abzug.queues.sqlite import SqliteQueue

COSTS = [0.01, 1.0, 500.0]


def groups_in(messages: Iterable[Received]) -> list[str]:
    return [message.group for message in messages]


@pytest.fixture(scope="module")
def backlogs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files with 5,000 messages of the group `busy`, by the cost of each; made only once."""
    folder = tmp_path_factory.mktemp("backlogs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_file, "fdatasync", no_sync)
        for cost in COSTS:
            with SqliteQueue(folder / f"{cost}.db", "requests", max_receives=5) as queue:
                send_many(queue, 5000, group="busy", cost=cost)
    return folder


@pytest.mark.parametrize("own_cost", COSTS)
@pytest.mark.parametrize("their_cost", COSTS)
def test_one_message_behind_another_owners_5000_is_received_among_the_first(
    open_queue: Callable[..., SqliteQueue],
    path: Path,
    backlogs: Path,
    own_cost: float,
    their_cost: float,
) -> None:
    shutil.copy(backlogs / f"{their_cost}.db", path)
    queue = open_queue()
    for _ in range(3):
        queue.receive()
    queue.send("single", group="quiet", cost=own_cost)

    assert queue.depth().visible == 5000 - 30 + 1
    assert "quiet" in groups_in(queue.receive(2))


def test_owners_who_wait_get_equal_shares_of_cost(queue: SqliteQueue) -> None:
    send_many(queue, 100, group="small-photos", cost=1)
    send_many(queue, 100, group="large-photos", cost=4)

    served = groups_in(message for _ in range(5) for message in queue.receive())

    assert served.count("large-photos") == 10
    assert served.count("small-photos") == 40


def test_messages_of_one_group_come_in_the_order_they_were_sent(queue: SqliteQueue) -> None:
    send_many(queue, 30)

    received = [message.body for _ in range(3) for message in queue.receive()]

    assert received == [str(number) for number in range(30)]


def test_who_comes_later_gets_no_more_than_an_equal_share(queue: SqliteQueue) -> None:
    send_many(queue, 50, group="early")
    for _ in range(3):
        queue.receive()
    send_many(queue, 50, group="late")

    served = groups_in(queue.receive() + queue.receive())

    assert served.count("late") in {10, 11}


def test_an_endless_line_of_newcomers_does_not_starve_a_backlog(queue: SqliteQueue) -> None:
    send_many(queue, 100, group="backlog")
    served = []
    for number in range(400):
        queue.send("x", group=f"newcomer-{number}")
        served += groups_in(queue.receive(1))

    assert served[:200].count("backlog") >= 2
    assert served[200:].count("backlog") >= 2


def test_a_newcomer_waits_for_little_more_after_a_costly_message(queue: SqliteQueue) -> None:
    send_many(queue, 100, group="cheap", cost=1)
    queue.send("x", group="costly", cost=80)
    assert "costly" in groups_in(queue.receive(2))
    queue.send("single", group="newcomer")

    assert "newcomer" in groups_in(queue.receive(80 // 16 + 1))


def test_a_crowd_that_comes_back_together_does_not_delay_a_single_message(
    queue: SqliteQueue, clock: Clock
) -> None:
    send_many(queue, 500, group="outage")
    while messages := queue.receive(visibility_timeout=60):
        queue.change_visibility_batch([(message.receipt_handle, 30) for message in messages])
    clock.advance(31)
    queue.receive(1)
    queue.send("single", group="quiet")

    assert "quiet" in groups_in(queue.receive(3))


def test_a_retry_does_not_wait_behind_the_backlog_of_its_own_owner(
    queue: SqliteQueue, clock: Clock
) -> None:
    queue.send("retry", group="busy")
    queue.receive(visibility_timeout=1)
    send_many(queue, 500, group="busy")
    clock.advance(2)

    assert "retry" in [message.body for message in queue.receive(2)]


def test_a_delayed_crowd_does_not_delay_a_single_message(queue: SqliteQueue, clock: Clock) -> None:
    send_many(queue, 100, group="delayed", delay=10)
    clock.advance(11)
    queue.receive(1)
    queue.send("single", group="quiet")

    assert "quiet" in groups_in(queue.receive(2))


def group_rows(queue: SqliteQueue) -> int:
    ((rows,),) = queue._file.read("SELECT count(*) FROM groups")
    return rows


def test_owners_are_forgotten_once_nobody_waits(queue: SqliteQueue) -> None:
    for number in range(50):
        queue.send("x", group=f"owner-{number}")
        queue.receive(1)

    assert group_rows(queue) == 0


def test_owners_are_forgotten_while_a_backlog_never_ends(
    queue: SqliteQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "TIDY_EVERY", 8)
    send_many(queue, 200, group="backlog")
    for number in range(300):
        queue.receive(1)
        queue.send("x", group=f"owner-{number}")

    assert group_rows(queue) < 100
