"""The tracker: what it must go on doing, whatever fails around it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.support.waiting import until
from tests.support.world import World

from abzug import tracker
from abzug.errors import DatabaseError


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, max_receives=1)
    yield world
    world.close()


@contextmanager
def running(world: World) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=world.trackers[0].run, args=[stop])
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def diligent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker, "HOUSEKEEPING", 0.01)


def test_what_was_not_sent_is_sent_by_the_tracker(world: World, diligent: None) -> None:
    world.order(2, sent=False)
    assert world.queue("requests").depth().visible == 1
    world.now += tracker.OUTBOX_AGE + 1
    with running(world):
        until(lambda: world.queue("requests").depth().visible == 2)
        until(lambda: not world.service.jobs.unsent(older_than=0, limit=10))


def test_a_database_that_fails_for_a_while_does_not_end_the_sending(
    world: World, diligent: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.order(2, sent=False)
    world.now += tracker.OUTBOX_AGE + 1
    outage = iter(range(3))
    look = world.service.jobs.unsent

    def failing(**what: float) -> object:
        if next(outage, None) is not None:
            raise DatabaseError("The jobs database did not answer.")
        return look(**what)  # type: ignore[arg-type]

    monkeypatch.setattr(world.service.jobs, "unsent", failing)
    with running(world):
        until(lambda: world.queue("requests").depth().visible == 2)


def test_reports_are_applied_again_after_an_outage_of_the_database(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.order()
    world.work()
    outage = iter(range(1))
    apply = world.service.jobs.apply
    failed = threading.Event()

    def failing(batch: object) -> object:
        if next(outage, None) is not None:
            failed.set()
            raise DatabaseError("The jobs database did not answer.")
        return apply(batch)  # type: ignore[arg-type]

    monkeypatch.setattr(world.service.jobs, "apply", failing)
    with running(world):
        assert failed.wait(60)
        world.order()
        world.work()
        until(lambda: not world.open_tasks(world.jobs[1]))
        world.now += 100  # what was received when the database was away comes again
        until(world.all_ended)


def test_a_report_that_was_applied_is_deleted(world: World) -> None:
    world.order(3)
    world.work()
    world.track()
    world.now += 1000
    assert world.queue("status").receive() == []
    assert world.queue("status_dead").receive() == []


def dead_letters(world: World) -> int:
    depth = world.queue("requests_dead").depth()
    return depth.visible + depth.in_flight


def died(world: World, photos: int) -> None:
    """An order whose requests were all received by workers that never told of them again."""
    world.order(photos)
    world.take()
    world.now += 40
    assert world.take() == []


def test_a_dead_letter_is_kept_for_as_long_as_an_operator_has_not_decided(world: World) -> None:
    died(world, 2)
    for _ in range(5):
        world.track()
        world.now += 40
    assert dead_letters(world) == 2


def test_a_dead_letter_goes_once_it_is_sent_again_or_dropped(world: World) -> None:
    died(world, 3)
    world.track()
    first, second, _ = world.tasks(world.jobs[0])
    world.service.redrive([first.id])
    world.service.discard([second.id])
    world.now += 40
    world.track()
    assert dead_letters(world) == 1


def test_each_dead_letter_is_told_once_in_the_log(world: World) -> None:
    died(world, 2)
    with capture_logs() as lines:
        for _ in range(3):
            world.track()
            world.now += 40
    told = [line["task"] for line in lines if line["event"].startswith("a dead letter")]
    assert sorted(told) == sorted(task.id for task in world.tasks(world.jobs[0]))
    assert {line["log_level"] for line in lines if "task" in line} == {"error"}
