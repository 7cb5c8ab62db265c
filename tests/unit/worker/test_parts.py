"""The worker's reporter, leases and backoff against a queue that only writes down."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing import Pipe
from pathlib import Path
from typing import Any, cast

import pytest
from tests.support.waiting import until

from abzug.errors import QueueError
from abzug.messages import Notice, ReportError, ReportKind, StatusReport, StatusReports
from abzug.queues import limits
from abzug.queues.base import MAX_BODY, Outgoing, Queue
from abzug.queues.sqlite import SqliteQueue
from abzug.worker.lease import Leases
from abzug.worker.lookahead import Lookahead
from abzug.worker.loop import LONGEST_RELEASE, backoff
from abzug.worker.protocol import Failed, Voice, read_answer
from abzug.worker.reporter import Reporter, Step


class Recorder:
    """Stands for both queues: remembers the calls in order, fails as often as it is told."""

    def __init__(self, failures: int = 0, linger: float = 0) -> None:
        self.linger = linger
        self.calls: list[tuple[str, list[Any]]] = []
        self.failures = failures
        self.tries: Counter[str] = Counter()
        self.renewed = threading.Event()

    def _note(self, name: str, items: Iterable[Any]) -> None:
        self.tries[name] += 1
        if self.failures:
            self.failures -= 1
            raise QueueError("The queue does not answer.")
        self.calls.append((name, list(items)))

    def send_batch(self, messages: Sequence[Outgoing]) -> None:
        self._note("send", messages)

    def delete_batch(self, handles: Sequence[str]) -> None:
        self._note("delete", handles)

    def change_visibility_batch(self, changes: Sequence[tuple[str, float]]) -> list[str]:
        self._note("visibility", changes)
        self.renewed.set()
        return ["stale"]


def report(number: int, kind: ReportKind = ReportKind.succeeded) -> StatusReport:
    return StatusReport(
        kind=kind, task_id=f"tk_{number}", job_id="jb", owner="local",
        receive_count=1, worker="w", at=1.0,
    )  # fmt: skip


def parts(recorder: Recorder) -> tuple[Leases, Reporter]:
    queue = cast("Queue", recorder)
    leases = Leases(queue, 30)
    return leases, Reporter(queue, queue, leases)


def run(queue: Recorder, *steps: Step) -> None:
    _, reporter = parts(queue)
    for step in steps:
        reporter.add(step)
    reporter.start()
    reporter.stop(timeout=30)


def reported(queue: Recorder) -> list[list[str]]:
    """The tasks that each status message tells of."""
    bodies = [message.body for name, items in queue.calls if name == "send" for message in items]
    packs = [StatusReports.model_validate_json(body).reports for body in bodies]
    return [[one.task_id for one in pack] for pack in packs]


def test_a_request_is_deleted_only_after_its_report_was_sent() -> None:
    queue = Recorder()
    run(queue, Step(report(1), "handle 1", delete=True))
    assert [name for name, _ in queue.calls] == ["send", "delete"]
    assert queue.calls[1] == ("delete", ["handle 1"])


def test_nothing_is_deleted_while_the_report_cannot_be_sent() -> None:
    queue = Recorder(failures=2)
    run(queue, Step(report(1), "handle 1", delete=True))
    assert [name for name, _ in queue.calls] == ["send", "delete"]


def test_a_request_whose_report_was_never_sent_is_left_to_its_lease() -> None:
    queue = Recorder(failures=1_000_000)
    _, reporter = parts(queue)
    reporter.add(Step(report(1), "handle 1", delete=True))
    reporter.start()
    reporter.stop(timeout=0)
    assert queue.calls == []
    assert queue.tries["delete"] == queue.tries["visibility"] == 0


def test_what_waits_goes_in_one_message_and_is_deleted_ten_a_call() -> None:
    queue = Recorder()
    run(queue, *(Step(report(n), f"handle {n}", delete=True) for n in range(30)))
    calls = [(name, len(items)) for name, items in queue.calls]
    assert calls == [
        *[("send", 1), ("delete", 10), ("delete", 10)],
        *[("send", 1), ("delete", 10)],
    ]
    assert [len(tasks) for tasks in reported(queue)] == [20, 10]


def test_reports_that_one_message_cannot_hold_go_in_several() -> None:
    queue = Recorder()
    notices = (Notice(code="long", text="x" * (MAX_BODY // 3)),)
    long = [report(n).model_copy(update={"notices": notices}) for n in range(5)]
    run(queue, *(Step(one, "handle") for one in long))
    assert reported(queue) == [["tk_0", "tk_1"], ["tk_2", "tk_3"], ["tk_4"]]
    for message in queue.calls[0][1]:
        limits.check_outgoing(message)


@pytest.fixture
def patient() -> Iterator[tuple[Recorder, Leases, Reporter]]:
    """Calls are so dear that only an end of all that is in hand makes the reporter send."""
    queue = Recorder(linger=300)
    leases, reporter = parts(queue)
    reporter.start()
    yield queue, leases, reporter
    reporter.stop(timeout=30)


def test_a_lone_photos_end_waits_for_nothing(patient: tuple[Recorder, Leases, Reporter]) -> None:
    queue, leases, reporter = patient
    leases.hold("a")
    reporter.add(Step(report(1, ReportKind.started), "a"))
    reporter.add(Step(report(1), "a", delete=True))
    until(lambda: leases.held() == 0)
    assert reported(queue) == [["tk_1", "tk_1"]]


def test_where_calls_are_dear_reports_wait_for_what_else_is_in_hand(
    patient: tuple[Recorder, Leases, Reporter],
) -> None:
    queue, leases, reporter = patient
    for n in range(3):
        leases.hold(f"handle {n}")
    for n in range(3):
        reporter.add(
            Step(report(n), f"handle {n}", delete=n != 1, release_after=4 if n == 1 else None)
        )
    until(lambda: len(queue.calls) == 3)
    assert reported(queue) == [["tk_0", "tk_1", "tk_2"]]
    assert [name for name, _ in queue.calls] == ["send", "delete", "visibility"]


def test_twenty_ends_do_not_wait_for_more(patient: tuple[Recorder, Leases, Reporter]) -> None:
    queue, leases, reporter = patient
    for n in range(21):
        leases.hold(f"handle {n}")
    for n in range(20):
        reporter.add(Step(report(n), f"handle {n}", delete=True))
    until(lambda: leases.held() == 1)
    assert [name for name, _ in queue.calls] == ["send", "delete", "delete"]


def test_a_worker_looks_as_far_ahead_as_it_went_lately() -> None:
    now = [0.0]
    pace = Lookahead(2.0, lambda: now[0])
    for moment in (0.0, 0.5, 1.0, 2.25):
        now[0] = moment
        pace.mark()
    assert pace.ahead() == 3
    now[0] = 10
    assert pace.ahead() == 0


def test_where_calls_cost_nothing_a_worker_looks_no_further_than_it_must() -> None:
    pace = Lookahead(0.0, lambda: 0.0)
    pace.mark()
    assert pace.ahead() == 0


def test_a_released_request_is_reported_and_given_back_and_not_deleted() -> None:
    queue = Recorder()
    run(queue, Step(report(1, ReportKind.released), "handle 1", release_after=4.0))
    assert [name for name, _ in queue.calls] == ["send", "visibility"]
    assert queue.calls[1] == ("visibility", [("handle 1", 4.0)])


def test_held_leases_are_renewed_and_stale_ones_are_let_go() -> None:
    queue = Recorder()
    leases = Leases(cast("Queue", queue), visibility_timeout=0.15)
    leases.hold("stale")
    leases.hold("mine")
    leases.start()
    assert queue.renewed.wait(10)
    queue.renewed.clear()
    assert queue.renewed.wait(10)
    leases.stop()
    assert {handle for handle, _ in queue.calls[0][1]} == {"stale", "mine"}
    assert {handle for handle, _ in queue.calls[1][1]} == {"mine"}


def test_a_failure_is_not_reported_by_who_lost_the_lease() -> None:
    queue = Recorder()
    failed = [report(n, ReportKind.failed) for n in range(2)]
    run(queue, Step(failed[0], "stale", delete=True), Step(failed[1], "mine", delete=True))
    assert [name for name, _ in queue.calls] == ["visibility", "send", "delete"]
    assert reported(queue) == [["tk_1"]]
    assert queue.calls[2] == ("delete", ["mine"])


def test_a_photo_that_takes_longer_than_its_lease_is_not_given_to_another(tmp_path: Path) -> None:
    now = [1000.0]
    queue = SqliteQueue(tmp_path / "q.db", "requests", max_receives=5, clock=lambda: now[0])
    leases = Leases(queue, 30, clock=lambda: now[0])
    queue.send("edit this")
    (message,) = queue.receive(visibility_timeout=30)
    leases.hold(message.receipt_handle)
    for _ in range(40):
        now[0] += 30 / 6
        leases.renew_due()
        assert queue.receive(visibility_timeout=30) == []
    leases.let_go(message.receipt_handle)
    now[0] += 31
    assert [again.receive_count for again in queue.receive()] == [2]
    queue.close()


def test_a_lease_is_renewed_though_a_renewal_before_failed() -> None:
    queue = Recorder(failures=1)
    leases = Leases(cast("Queue", queue), visibility_timeout=0.15)
    leases.hold("mine")
    leases.start()
    assert queue.renewed.wait(10)
    leases.stop()


def test_the_pause_before_another_attempt_grows_and_is_bounded() -> None:
    longest = [backoff(count, rand=max) for count in range(1, 20)]
    assert longest == sorted(longest)
    assert longest[0] == 2
    assert longest[-1] == LONGEST_RELEASE
    assert backoff(10, rand=min) == 0.5


def test_what_threads_say_at_once_comes_out_note_by_note() -> None:
    ours, theirs = Pipe()
    voice = Voice(theirs)
    long = "x" * 200_000
    error = ReportError(code="some", message=long, permanent=False)

    def talk(token: int) -> None:
        for _ in range(5):
            voice.say(Failed(token=token, error=error))

    threads = [threading.Thread(target=talk, args=[token]) for token in range(8)]
    for thread in threads:
        thread.start()
    notes = [read_answer(ours) for _ in range(40)]
    for thread in threads:
        thread.join()
    assert all(isinstance(note, Failed) and note.error.message == long for note in notes)
