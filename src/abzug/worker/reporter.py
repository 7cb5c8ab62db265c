"""Reports first, deletes after: the one place where a request leaves the queue.

Whatever ends an attempt comes through here, so that no message is deleted before its report is
on the status queue: a process that dies between the two has a photo edited again, and loses none.
A failure is reported only by who still holds the lease: a worker that was stopped for longer than
that must not fail a photo that another one edits meanwhile.
What is waiting goes in one message and one call; where calls are dear (`Queue.linger`) it waits
for more while there is more in hand, a lone photo never.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import structlog

from abzug.errors import QueueError
from abzug.messages import ReportKind, StatusReport, StatusReports
from abzug.queues.base import MAX_BATCH, MAX_BODY, Outgoing, Queue
from abzug.worker.lease import Leases

LONGEST_BACKOFF = 10.0
MOST_ENDINGS = 2 * MAX_BATCH
"""Attempts that end in one batch: one message to the status queue, two calls of deletes."""
MOST_STEPS = 5 * MAX_BATCH
ENVELOPE = 64
"""Bytes of a status message besides its reports, and more."""
T = TypeVar("T")
log = structlog.get_logger()


@dataclass(frozen=True)
class Step:
    """A step of an attempt: a report to send, then what becomes of the message.

    delete: the attempt settled the task. release_after: seconds until the message may be
    received again. instead: what is sent in place of the message, before it is deleted: a new one
    has all its deliveries before it. None of them: the work goes on.
    """

    report: StatusReport | None
    receipt_handle: str
    delete: bool = False
    release_after: float | None = None
    instead: Outgoing | None = None

    @property
    def ends(self) -> bool:
        return self.delete or self.release_after is not None

    @property
    def needs_lease(self) -> bool:
        fails = self.report is not None and self.report.kind is ReportKind.failed
        return fails or self.instead is not None


class Reporter:
    """One thread that sends, deletes and releases, in this order."""

    def __init__(self, requests: Queue, status: Queue, leases: Leases) -> None:
        self._requests = requests
        self._status = status
        self._leases = leases
        self._steps: queue.SimpleQueue[Step | None] = queue.SimpleQueue()
        self._abandon = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reporter", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def add(self, step: Step) -> None:
        self._steps.put(step)

    def stop(self, timeout: float) -> None:
        """Send what is waiting. What cannot be sent in time is redelivered by its lease."""
        self._steps.put(None)
        self._thread.join(timeout)
        self._abandon.set()
        self._thread.join()

    def _run(self) -> None:
        more = True
        while more:
            batch, more = self._next_batch()
            if not self._send(batch):
                return

    def _send(self, batch: list[Step]) -> bool:
        """False if it was given up."""
        lost: list[str] = []
        failed = [step.receipt_handle for step in batch if step.needs_lease]
        if not self._each_ten(lambda some: lost.extend(self._leases.renew(some)), failed):
            return False
        batch = [step for step in batch if not (step.ends and step.receipt_handle in lost)]
        messages = list(pack(step.report for step in batch if step.report is not None))
        if not self._each_ten(self._status.send_batch, messages):
            return False
        instead = [step.instead for step in batch if step.instead is not None]
        if not self._each_ten(self._requests.send_batch, instead):
            return False
        deleted = [step.receipt_handle for step in batch if step.delete]
        if not self._each_ten(self._requests.delete_batch, deleted):
            return False
        released = [
            (step.receipt_handle, step.release_after)
            for step in batch
            if step.release_after is not None
        ]
        # released: before the call, as a renewal in between would undo it
        for handle in (*deleted, *(handle for handle, _ in released)):
            self._leases.let_go(handle)
        return self._each_ten(self._requests.change_visibility_batch, released)

    def _next_batch(self) -> tuple[list[Step], bool]:
        """Wait for one step, then take what else comes in time; false once stopped."""
        batch: list[Step] = []
        endings = 0
        until = 0.0
        while len(batch) < MOST_STEPS and endings < MOST_ENDINGS:
            timeout = max(0.0, until - time.monotonic()) if batch else None
            if batch and self._leases.held() <= endings:
                timeout = 0.0  # nothing is in hand that could have more to say
            try:
                step = self._steps.get(timeout=timeout)
            except queue.Empty:
                break
            if step is None:
                return batch, False
            if not batch:
                until = time.monotonic() + self._status.linger
            batch.append(step)
            endings += step.ends
        return batch, True

    def _each_ten(self, call: Callable[[list[T]], object], items: list[T]) -> bool:
        return all(
            self._try(partial(call, items[i : i + MAX_BATCH]))
            for i in range(0, len(items), MAX_BATCH)
        )

    def _try(self, call: Callable[[], object]) -> bool:
        """Until it succeeds, with full jitter; the leases are kept meanwhile."""
        backoff = 0.1
        while True:
            try:
                call()
            except QueueError as error:
                log.warning("queue call failed; trying again", error=error.message)
                if self._abandon.wait(random.uniform(0, backoff)):  # noqa: S311  no secret
                    return False
                backoff = min(2 * backoff, LONGEST_BACKOFF)
            else:
                return True


def pack(reports: Iterable[StatusReport]) -> Iterator[Outgoing]:
    """The reports in as few messages as hold them."""
    packed: list[StatusReport] = []
    size = ENVELOPE
    for report in reports:
        length = len(report.to_json().encode()) + 1
        if packed and size + length > MAX_BODY:
            yield Outgoing(StatusReports(reports=tuple(packed)).to_json())
            packed, size = [], ENVELOPE
        packed.append(report)
        size += length
    if packed:
        yield Outgoing(StatusReports(reports=tuple(packed)).to_json())
