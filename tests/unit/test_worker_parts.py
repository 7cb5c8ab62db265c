"""The worker's reporter, leases and backoff against a queue that only writes down."""

from __future__ import annotations

import threading

from abzug.errors import QueueError
from abzug.messages import ReportKind, StatusReport
from abzug.worker.lease import Leases
from abzug.worker.loop import LONGEST_RELEASE, backoff
from abzug.worker.reporter import Entry, Reporter


class Recorder:
    """Stands for both queues: remembers the calls in order, fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.calls: list[tuple[str, list]] = []
        self.failures = failures
        self.renewed = threading.Event()

    def _note(self, name: str, items) -> None:
        if self.failures:
            self.failures -= 1
            raise QueueError("The queue does not answer.")
        self.calls.append((name, list(items)))

    def send_batch(self, messages):
        self._note("send", messages)

    def delete_batch(self, handles):
        self._note("delete", handles)

    def change_visibility_batch(self, changes):
        self._note("visibility", changes)
        self.renewed.set()
        return ["stale"]


def report(number: int, kind: ReportKind = ReportKind.succeeded) -> StatusReport:
    return StatusReport(
        kind=kind, task_id=f"tk_{number}", job_id="jb", owner="local",
        receive_count=1, worker="w", at=1.0,
    )  # fmt: skip


def run(queue: Recorder, *entries: Entry) -> None:
    reporter = Reporter(queue, queue, Leases(queue, 30))
    for entry in entries:
        reporter.add(entry)
    reporter.start()
    reporter.stop(timeout=30)


def test_a_request_is_deleted_only_after_its_report_was_sent():
    queue = Recorder()
    run(queue, Entry(report(1), "handle 1", delete=True))
    assert [name for name, _ in queue.calls] == ["send", "delete"]
    assert queue.calls[1] == ("delete", ["handle 1"])


def test_nothing_is_deleted_while_the_report_cannot_be_sent():
    queue = Recorder(failures=2)
    run(queue, Entry(report(1), "handle 1", delete=True))
    assert [name for name, _ in queue.calls] == ["send", "delete"]


def test_ten_that_wait_go_in_one_call():
    queue = Recorder()
    run(queue, *(Entry(report(n), f"handle {n}", delete=True) for n in range(20)))
    assert [len(items) for _, items in queue.calls] == [10, 10, 10, 10]


def test_a_released_request_is_reported_and_given_back_and_not_deleted():
    queue = Recorder()
    run(queue, Entry(report(1, ReportKind.released), "handle 1", release_after=4.0))
    assert [name for name, _ in queue.calls] == ["send", "visibility"]
    assert queue.calls[1] == ("visibility", [("handle 1", 4.0)])


def test_held_leases_are_renewed_and_stale_ones_are_let_go():
    queue = Recorder()
    leases = Leases(queue, visibility_timeout=0.15)
    leases.hold("stale")
    leases.hold("mine")
    leases.start()
    assert queue.renewed.wait(10)
    queue.renewed.clear()
    assert queue.renewed.wait(10)
    leases.stop()
    assert {handle for handle, _ in queue.calls[0][1]} == {"stale", "mine"}
    assert {handle for handle, _ in queue.calls[1][1]} == {"mine"}


def test_the_pause_before_another_attempt_grows_and_is_bounded():
    longest = [backoff(count, rand=max) for count in range(1, 20)]
    assert longest == sorted(longest)
    assert longest[0] == 2
    assert longest[-1] == LONGEST_RELEASE
    assert backoff(10, rand=min) == 0.5
