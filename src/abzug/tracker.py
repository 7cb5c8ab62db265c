"""The tracker: status queue → jobs database, and what else must not be forgotten.

Several may run at once: reports are applied idempotently, and the outbox is under a lease.
"""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from collections.abc import Callable
from typing import TypeVar

import structlog
from pydantic import BaseModel, ValidationError

from abzug.errors import BackendError
from abzug.messages import EditRequest, StatusReports
from abzug.queues.base import MAX_WAIT, Queue, Received
from abzug.service.service import Service

OUTBOX_AGE = 10.0
"""Seconds after which a request that was not confirmed as sent is sent again."""
HOUSEKEEPING = 5.0
"""Seconds between looks at the outbox."""
LOOKS = 1000
"""Most batches of reports that are applied before dead letters are looked at."""
DAY = 86400.0
log = structlog.get_logger()
M = TypeVar("M", bound=BaseModel)


class Tracker:
    """Four loops, each in a thread: reports, reports given up, dead letters, housekeeping."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._name = f"tracker-{uuid.uuid4().hex[:8]}"
        self._stop = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        self._stop = stop
        handlers = (
            (self._service.status, self._apply),
            # what an older tracker could not read, in the midst of an upgrade
            (self._service.status_dead, self._apply),
            (self._service.requests_dead, self._bury),
        )
        loops = [
            threading.Thread(target=self._consume, args=[queue, handle], name=queue.name)
            for queue, handle in handlers
        ]
        for loop in loops:
            loop.start()
        self._housekeep()
        while any(loop.is_alive() for loop in loops):
            for queue, _ in handlers:
                queue.wake()
            for loop in loops:
                loop.join(0.1)

    def _consume(self, queue: Queue, handle: Callable[[Queue, list[Received]], None]) -> None:
        while not self._stop.is_set():
            try:
                messages = queue.receive(
                    visibility_timeout=self._service.settings.visibility_timeout, wait=MAX_WAIT
                )
                if messages:
                    handle(queue, messages)
            except BackendError as error:
                log.warning("the tracker tries again", queue=queue.name, error=str(error))
                self._await_database()

    def _await_database(self) -> None:
        """Receive nothing while nothing can be applied: each receive counts, and a long outage
        would make dead letters of all reports.
        """
        while not self._stop.wait(1.0):
            try:
                self._service.jobs.ping()
            except BackendError:
                continue
            return

    def _apply(self, queue: Queue, messages: list[Received]) -> None:
        """The database first, durable, then the delete: a crash between the two repeats it."""
        parsed = _parse(StatusReports, messages)
        self._service.jobs.apply([report for _, said in parsed for report in said.reports])
        if parsed:
            queue.delete_batch([message.receipt_handle for message, _ in parsed])

    def _bury(self, queue: Queue, messages: list[Received]) -> None:
        """Dead letters stay where they are, leased for a while; their tasks become failed.

        What their workers said before they died goes first: a state that ended stays.

        One whose task no longer waits for an operator (sent again, discarded, or it had ended) is
        stale and goes.
        """
        said = iter(self._reports_that_wait, [])
        for reports in itertools.islice(said, LOOKS):
            self._apply(self._service.status, reports)
        letters = _parse(EditRequest, messages)
        dead = self._service.jobs.mark_dead([request for _, request in letters])
        stale = [m.receipt_handle for m, request in letters if request.task_id not in dead]
        if stale:
            queue.delete_batch(stale)

    def _reports_that_wait(self) -> list[Received]:
        timeout = self._service.settings.visibility_timeout
        return self._service.status.receive(visibility_timeout=timeout)

    def _housekeep(self) -> None:
        pruned = 0.0
        while not self._stop.wait(HOUSEKEEPING):
            try:
                self._send_outbox()
                if time.monotonic() - pruned > DAY / 24:
                    self._service.jobs.prune(events_older_than=DAY, idempotency_older_than=7 * DAY)
                    pruned = time.monotonic()
            except BackendError as error:
                log.warning("housekeeping failed; it is tried again", error=str(error))

    def _send_outbox(self) -> None:
        requests = self._service.jobs.unsent(older_than=OUTBOX_AGE, limit=1000)
        # one tracker at a time, else each of them sends the same requests
        if requests and self._service.jobs.acquire_lease("outbox", self._name, 4 * HOUSEKEEPING):
            log.info("sending requests whose send was not confirmed", requests=len(requests))
            self._service.send(requests)


def _parse(model: type[M], messages: list[Received]) -> list[tuple[Received, M]]:
    """Those that can be read; the others stay, for a newer tracker."""
    parsed = []
    for message in messages:
        try:
            parsed.append((message, model.model_validate_json(message.body)))
        except ValidationError as error:
            log.warning("a message cannot be read", message=message.id, error=str(error))
    return parsed
