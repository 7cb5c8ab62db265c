"""Reports first, deletes after: the one place where a request leaves the queue.

Whatever ends an attempt comes through here, so that no message is deleted before its report is
on the status queue (invariant 4). Ten go in one call where ten are waiting.
"""

from __future__ import annotations

import queue
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog

from abzug.errors import QueueError
from abzug.messages import StatusReport
from abzug.queues.base import MAX_BATCH, Outgoing, Queue
from abzug.worker.lease import Leases

LONGEST_BACKOFF = 10.0
log = structlog.get_logger()


@dataclass(frozen=True)
class Entry:
    """A report to send, then what becomes of the message.

    delete: the attempt settled the task. release_after: seconds until the message may be
    received again. Neither: the work goes on.
    """

    report: StatusReport | None
    receipt_handle: str
    delete: bool = False
    release_after: float | None = None


class Reporter:
    """One thread that sends, deletes and releases, in this order."""

    def __init__(self, requests: Queue, status: Queue, leases: Leases) -> None:
        self._requests = requests
        self._status = status
        self._leases = leases
        self._entries: queue.SimpleQueue[Entry | None] = queue.SimpleQueue()
        self._abandon = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reporter", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def add(self, entry: Entry) -> None:
        self._entries.put(entry)

    def stop(self, timeout: float) -> None:
        """Send what is waiting. What cannot be sent in time is redelivered by its lease."""
        self._entries.put(None)
        self._thread.join(timeout)
        self._abandon.set()
        self._thread.join()

    def _run(self) -> None:
        more = True
        while more:
            batch, more = self._next_batch()
            reports = [Outgoing(e.report.to_json()) for e in batch if e.report is not None]
            if reports and not self._try(partial(self._status.send_batch, reports)):
                return
            deleted = [e.receipt_handle for e in batch if e.delete]
            if deleted and not self._try(partial(self._requests.delete_batch, deleted)):
                return
            for handle in deleted:
                self._leases.let_go(handle)
            released = [
                (e.receipt_handle, e.release_after) for e in batch if e.release_after is not None
            ]
            for handle, _ in released:  # before: a renewal in between would undo the release
                self._leases.let_go(handle)
            if released and not self._try(
                partial(self._requests.change_visibility_batch, released)
            ):
                return

    def _next_batch(self) -> tuple[list[Entry], bool]:
        """Wait for one entry, then take what else is there; false once stopped."""
        batch: list[Entry] = []
        block = True
        while len(batch) < MAX_BATCH:
            try:
                entry = self._entries.get(block=block)
            except queue.Empty:
                break
            if entry is None:
                return batch, False
            batch.append(entry)
            block = False
        return batch, True

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
