"""The embedded queue does what its model does, order and counts included, whatever is called."""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
)
from tests.contract.queue_backends import MAX_RECEIVES, Clock
from tests.contract.queue_model import Line, Model

from abzug.queues.sqlite import SqliteQueue

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # else most of the time is fsync's
SECONDS = st.sampled_from([0, 1, 2, 5])


class QueueMachine(RuleBasedStateMachine):
    handles = Bundle("handles")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY)
        self.clock = Clock()
        self.model = Model(MAX_RECEIVES)
        path = Path(self.folder.name) / "queue.db"
        self.queues = {
            line: SqliteQueue(path, name, max_receives=MAX_RECEIVES, clock=self.clock)
            for line, name in (("source", "requests"), ("dead", "requests-dead"))
        }
        self.bodies = (str(number) for number in count())

    def line(self, name: str) -> tuple[SqliteQueue, Line]:
        return self.queues[name], getattr(self.model, name)

    @rule(
        group=st.sampled_from("abc"),
        cost=st.sampled_from([0.25, 1.0, 8.0]),
        delay=st.sampled_from([0, 0, 0, 2]),
    )
    def send(self, group: str, cost: float, delay: float) -> None:
        body = next(self.bodies)
        self.queues["source"].send(body, group=group, cost=cost, delay=delay)
        self.model.send(self.clock.now, body, group, cost, delay)

    @rule(
        target=handles,
        name=st.sampled_from(["source", "source", "source", "dead"]),
        most=st.sampled_from([1, 2, 10]),
        visibility=SECONDS,
    )
    def receive(self, name: str, most: int, visibility: float) -> MultipleResults[str]:
        queue, line = self.line(name)
        received = queue.receive(most, visibility_timeout=visibility)
        expected = self.model.receive(self.clock.now, line, most, visibility)

        assert [(x.body, x.group, x.receive_count) for x in received] == [
            (x.body, x.group, x.receives) for x in expected
        ]
        for message, letter in zip(received, expected, strict=True):
            assert message.sent_at == letter.sent_at
            letter.handle = message.receipt_handle
        return multiple(*(message.receipt_handle for message in received))

    @rule(handle=handles, name=st.sampled_from(["source", "source", "dead"]))
    def delete(self, handle: str, name: str) -> None:
        queue, line = self.line(name)
        assert (queue.delete_batch([handle]) == []) == self.model.delete(line, handle)

    @rule(handle=handles, name=st.sampled_from(["source", "source", "dead"]), seconds=SECONDS)
    def change_visibility(self, handle: str, name: str, seconds: float) -> None:
        queue, line = self.line(name)
        changed = queue.change_visibility_batch([(handle, seconds)]) == []
        assert changed == self.model.change(self.clock.now, line, handle, seconds)

    @rule(most=st.sampled_from([1, 100]))
    def redrive(self, most: int) -> None:
        assert self.queues["dead"].redrive(most) == self.model.redrive(most)

    @rule(seconds=SECONDS)
    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(name=st.sampled_from(["source", "dead"]))
    def count(self, name: str) -> None:
        queue, line = self.line(name)
        depth = queue.depth()
        expected = self.model.depth(self.clock.now, line)
        assert (depth.visible, depth.in_flight, depth.delayed) == expected

    @invariant()
    def leases_that_ran_out_are_counted(self) -> None:
        for name in self.queues:
            queue, line = self.line(name)
            assert queue.expired_leases() == line.expired_leases

    def teardown(self) -> None:
        assert self.queues["source"].integrity_check() == "ok"
        for queue in self.queues.values():
            queue.close()
        self.folder.cleanup()


QueueMachine.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestQueueMachine = QueueMachine.TestCase
