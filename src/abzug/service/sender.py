"""Requests from the outbox onto the queue.

A task's row and its line in the outbox are written in one transaction; the line goes when the
queue has confirmed the request. So whatever ends in between, a request is sent at least once.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from abzug.errors import BackendError
from abzug.jobs.database import Jobs
from abzug.messages import EditRequest
from abzug.queues.base import MAX_BATCH, Outgoing, Queue

log = structlog.get_logger()
AT_ONCE = 1000
"""Requests that are sent before their order is answered; more are sent while it is."""
LARGE = 4
"""Orders of more than that whose requests may wait in memory; the next ones wait themselves."""
THREADS = 8
"""That send the requests of one big job: what a send waits for is a disk or a network."""
PACE_AGE = 30.0
"""Seconds for which the workers' pace is believed."""


class Sender:
    """Shared by all threads."""

    def __init__(self, jobs: Jobs, queue: Callable[[], Queue]) -> None:
        """queue: gives the queue, which may fail as well as a send does: it is connected late."""
        self._jobs = jobs
        self._queue = queue
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sender")
        self._background = ThreadPoolExecutor(1, thread_name_prefix="large orders")
        self._large = threading.BoundedSemaphore(LARGE)
        self._last_pace, self._next_pace = 1.0, 0.0

    def send(self, requests: Sequence[EditRequest]) -> None:
        """Put requests that are in the outbox on the queue, and take them out of the outbox; those
        of a large order after this returns.

        Never fails: what cannot be sent now stays in the outbox, and the tracker sends it later.
        """
        if len(requests) > AT_ONCE and self._large.acquire(blocking=False):
            self._background.submit(self._send_large, requests)
        elif requests:
            self._send(requests)

    def _send_large(self, requests: Sequence[EditRequest]) -> None:
        try:
            self._send(requests)
        except Exception:  # nobody asks how it went, and the outbox still has them
            log.exception("the requests of a large order wait in the outbox")
        finally:
            self._large.release()

    def _send(self, requests: Sequence[EditRequest]) -> None:
        batches = [requests[i : i + MAX_BATCH] for i in range(0, len(requests), MAX_BATCH)]
        send = self._threads.map if len(batches) > 2 else map
        try:
            for ids in send(self._send_batch, batches, itertools.repeat(self._pace())):
                self._jobs.mark_sent(ids)
        except BackendError as error:
            log.warning("requests wait in the outbox", error=error.message)

    def close(self) -> None:
        """Wait for what is being sent."""
        self._background.shutdown()
        self._threads.shutdown()

    def _send_batch(self, requests: Sequence[EditRequest], pace: float) -> list[str]:
        """A task's cost is in seconds of the machine that the table of costs was measured on; a
        message's is in seconds of the workers."""
        paced = [r.model_copy(update={"cost": r.cost * pace}) for r in requests]
        self._queue().send_batch([Outgoing(r.to_json(), group=r.owner, cost=r.cost) for r in paced])
        return [r.task_id for r in requests]

    def _pace(self) -> float:
        """Asked for now and then only: a single photo must not wait for sums over a thousand."""
        if time.monotonic() >= self._next_pace:
            self._last_pace = self._jobs.pace()
            self._next_pace = time.monotonic() + PACE_AGE
        return self._last_pace
