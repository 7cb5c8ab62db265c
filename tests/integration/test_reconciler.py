"""What a queue loses is sent again: every job ends, whatever the queues forget."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.support.waiting import until
from tests.support.world import HOUR, MINUTE, World

from abzug.jobs.database import upgrade
from abzug.jobs.records import TaskState
from abzug.queues.base import Depth
from abzug.service.reconciler import AT_ONCE, IN_HAND, UNSEEN, Silence
from abzug.settings import Settings

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # else most of the time is fsync's


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


def states(world: World) -> list[str]:
    return [task.state for job in world.jobs for task in world.tasks(job)]


def test_an_order_whose_requests_were_purged_is_done_all_the_same(world: World) -> None:
    world.order(3)
    world.purge("requests")

    world.live(10 * MINUTE, until=world.all_ended)

    assert states(world) == ["succeeded"] * 3
    assert [task.generation for task in world.tasks(world.jobs[0])] == [1, 1, 1]


def test_a_task_that_runs_when_its_request_is_lost_is_done_all_the_same(world: World) -> None:
    world.order()
    world.take()
    world.track()
    assert states(world) == ["running"]
    world.purge("requests")

    world.live(10 * MINUTE, until=world.all_ended)

    assert states(world) == ["succeeded"]


def test_a_task_whose_report_is_lost_is_asked_for_again(world: World) -> None:
    world.order()
    world.work()
    world.purge("status")
    world.live(10 * MINUTE, until=world.all_ended)

    assert states(world) == ["succeeded"]
    again = world.service.jobs.task("ann", world.tasks(world.jobs[0])[0].id)
    assert [attempt.outcome for attempt in again.attempts] == ["succeeded"]


def test_an_old_copy_of_the_queue_brings_nobody_to_an_end_twice(
    world: World, tmp_path: Path
) -> None:
    world.order(2)
    world.copy_queues(tmp_path / "old.db")
    world.live(MINUTE)
    before = world.tasks(world.jobs[0])
    later = world.order(2)

    world.restore_queues(tmp_path / "old.db")
    world.live(20 * MINUTE, until=world.all_ended)

    assert world.tasks(world.jobs[0]) == before
    assert [task.state for task in world.tasks(later)] == ["succeeded"] * 2


def test_lost_requests_are_found_while_others_are_waiting(world: World) -> None:
    world.order()
    world.purge("requests")
    while world.open_tasks(world.jobs[0]):
        assert world.now < 1_700_000_000 + HOUR / 2, "it is never sent again"
        world.order()  # there is always something younger in the queue
        world.track()
        world.now += 20
        world.work()
    assert states(world)[0] == "succeeded"


def test_a_backlog_that_waits_is_not_sent_again(world: World) -> None:
    world.order(3)
    for _ in range(100):
        world.now += 10 * MINUTE
        world.track()
    assert world.queue("requests").depth().visible == 3


def test_what_is_in_hand_is_not_sent_again(world: World) -> None:
    world.order()
    (message,) = world.take()
    for _ in range(100):
        world.now += 20
        world.queue("requests").change_visibility_batch([(message.receipt_handle, 30)])
        world.track()
    assert world.queue("requests").depth().visible == 0


def test_reports_that_wait_for_the_tracker_are_waited_for(world: World) -> None:
    world.order()
    world.work()
    world.now += HOUR
    world.trackers[0].keep_house()
    world.now += 2 * MINUTE
    world.trackers[0].keep_house()

    assert world.service.jobs.unsent(older_than=0, limit=10) == []


def test_one_look_at_an_empty_queue_is_not_believed(world: World) -> None:
    world.order()
    world.purge("requests")
    world.now += HOUR
    world.track()
    assert world.service.jobs.unsent(older_than=0, limit=10) == []
    world.now += MINUTE
    world.track()
    assert len(world.service.jobs.unsent(older_than=0, limit=10)) == 1


def test_of_two_trackers_one_looks(world: World) -> None:
    world.order()
    world.purge("requests")
    world.now += HOUR
    for _ in range(3):
        world.track(0)
        world.track(1)
        world.now += MINUTE
    world.now += MINUTE
    world.track(1)
    assert world.queue("requests").depth().visible == 1


def test_another_tracker_takes_over_when_the_first_is_gone(world: World) -> None:
    world.order()
    world.track(0)
    world.purge("requests")
    for _ in range(12):
        world.now += MINUTE
        world.track(1)
    assert world.queue("requests").depth().visible == 1


def test_many_lost_requests_are_sent_at_a_bounded_rate(world: World) -> None:
    world.order(AT_ONCE + 5)
    until(lambda: not world.service.jobs.unsent(older_than=0, limit=1))
    world.purge("requests")
    world.now += HOUR
    world.track()
    world.now += MINUTE
    world.track()
    assert len(world.service.jobs.unsent(older_than=0, limit=5000)) == AT_ONCE
    world.now += MINUTE
    world.track()
    world.now += 20
    world.track()
    assert world.queue("requests").depth().visible == AT_ONCE + 5


def test_a_dead_report_is_applied_and_one_that_cannot_be_read_is_kept(world: World) -> None:
    world.order()
    world.work()
    world.queue("status").send("of a version to come")
    for _ in range(world.settings.max_receives):
        assert world.queue("status").receive(visibility_timeout=1)
        world.now += 2
    assert world.queue("status").receive() == []

    world.track()

    assert states(world) == ["succeeded"]
    depth = world.queue("status_dead").depth()
    assert (depth.visible, depth.in_flight) == (0, 1)


@pytest.mark.parametrize(
    ("depth", "longest"),
    [
        (Depth(0, 0, 0, None), 210),
        (Depth(3, 0, 0, 100.0), 310),
        (Depth(3, 0, 0, None), UNSEEN + 210),
        (Depth(0, 1, 0, None), IN_HAND),
        (Depth(0, 0, 1, None), IN_HAND),
        (Depth(2, 1, 0, 5000.0), 5210),
    ],
)
def test_a_silence_is_explained_by_leases_and_by_the_backlog(depth: Depth, longest: float) -> None:
    assert Silence.of(Settings()).longest(depth) == longest


class Misfortunes(RuleBasedStateMachine):
    """Whatever is lost, restored or frozen, once the parts live again every job ends."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY)
        home = Path(self.folder.name)
        self.copy = home / "copy.db"
        self.world = World(home, self.template, max_receives=3)
        self.ended: dict[str, str] = {}

    @initialize()
    def begin(self) -> None:
        self.world.order(2)

    @rule(photos=st.integers(1, 3), sent=st.booleans())
    def order(self, photos: int, sent: bool) -> None:
        self.world.order(photos, sent=sent)

    @rule(most=st.integers(1, 5))
    def take(self, most: int) -> None:
        self.world.take(most)

    @precondition(lambda self: self.world.in_hand)
    @rule(
        data=st.data(), how=st.sampled_from(["succeeded", "failed", "released", "unheard", "died"])
    )
    def end(self, data: st.DataObject, how: str) -> None:
        """Also long after the lease ran out, as a worker does that was frozen."""
        at = data.draw(st.integers(0, len(self.world.in_hand) - 1))
        message = self.world.in_hand.pop(at)
        if how == "released":
            self.world.release(message)
        elif how == "unheard":
            self.world.queue("requests").delete_batch([message.receipt_handle])
        elif how != "died":
            self.world.finish(message, how)

    @rule(which=st.integers(0, 1))
    def track(self, which: int) -> None:
        self.world.track(which)

    @rule(seconds=st.sampled_from([1.0, 20.0, 61.0, 400.0, 4000.0]))
    def wait(self, seconds: float) -> None:
        self.world.now += seconds

    @rule(name=st.sampled_from(["requests", "status", "requests_dead", "status_dead"]))
    def purge(self, name: str) -> None:
        self.world.purge(name)

    @rule()
    def back_up(self) -> None:
        self.world.copy_queues(self.copy)

    @precondition(lambda self: self.copy.exists())
    @rule()
    def restore(self) -> None:
        self.world.restore_queues(self.copy)

    @rule(data=st.data(), what=st.sampled_from(["cancel", "retry"]))
    def decide(self, data: st.DataObject, what: str) -> None:
        job = data.draw(st.sampled_from(self.world.jobs))
        getattr(self.world, what)(job)
        if what == "retry":
            for task in self.world.tasks(job):
                self.ended.pop(task.id, None)

    @invariant()
    def what_has_ended_stays_so(self) -> None:
        for job in self.world.jobs:
            tasks = self.world.tasks(job)
            now = self.world.service.jobs.job(job.owner, job.id)
            for state in TaskState:
                assert getattr(now.counts, state) == sum(t.state == state for t in tasks)
            for task in tasks:
                before = self.ended.get(task.id)
                if before:
                    assert task.state == before
                if task.finished_at is not None or task.state == "cancelled":
                    self.ended[task.id] = task.state

    def teardown(self) -> None:
        try:
            self.world.live(8 * HOUR, until=self.world.all_ended)
            assert self.world.all_ended(), states(self.world)
            self.what_has_ended_stays_so()
        finally:
            self.world.close()
            self.folder.cleanup()


def test_every_job_ends_and_nothing_ends_twice(tmp_path: Path) -> None:
    Misfortunes.template = tmp_path / "template.db"
    upgrade(f"sqlite:///{Misfortunes.template}")
    run_state_machine_as_test(
        Misfortunes,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
