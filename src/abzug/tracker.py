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
from abzug.service.reconciler import Reconciler
from abzug.service.service import Service

OUTBOX_AGE = 10.0
"""Seconds after which a request that was not confirmed as sent is sent again."""
HOUSEKEEPING = 5.0
"""Seconds between looks at the outbox."""
LOOKS = 1000
"""Most batches of reports that are applied before dead letters are looked at."""
TOLD_AGAIN = 3600.0
"""Seconds until a dead report that cannot be read is told again."""
DAY = 86400.0
log = structlog.get_logger()
M = TypeVar("M", bound=BaseModel)


class Tracker:
    """Four loops, each in a thread: reports, dead ones, dead letters, housekeeping."""

    def __init__(self, service: Service, clock: Callable[[], float] = time.time) -> None:
        """clock: Unix seconds, for tests."""
        self._service = service
        self._clock = clock
        self._name = f"tracker-{uuid.uuid4().hex[:8]}"
        self._reconciler = Reconciler(service, self._name, clock)
        self._pruned = 0.0
        self._stop = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        self._stop = stop
        inboxes = self.inboxes()
        loops = [
            threading.Thread(target=self._consume, args=[queue, handle], name=name)
            for name, (queue, handle) in inboxes.items()
        ]
        for loop in loops:
            loop.start()
        self._housekeep()
        while any(loop.is_alive() for loop in loops):
            for queue, _ in inboxes.values():
                queue.wake()
            for loop in loops:
                loop.join(0.1)

    def inboxes(self) -> dict[str, tuple[Queue, Callable[[list[Received]], None]]]:
        """What is received, by name: from which queue, and what is done with it."""
        return {
            "reports": (self._service.status, self._apply),
            "dead reports": (self._service.status_dead, self._apply_dead),
            "dead letters": (self._service.requests_dead, self._bury),
        }

    def keep_house(self) -> None:
        """One round of what must not be forgotten. Raises BackendError."""
        self._send_outbox()
        self._reconciler.look()
        if abs(self._clock() - self._pruned) > DAY / 24:
            self._service.jobs.prune(events_older_than=DAY, idempotency_older_than=7 * DAY)
            self._pruned = self._clock()

    def _consume(self, queue: Queue, handle: Callable[[list[Received]], None]) -> None:
        while not self._stop.is_set():
            try:
                messages = queue.receive(
                    visibility_timeout=self._service.settings.visibility_timeout, wait=MAX_WAIT
                )
                if messages:
                    handle(messages)
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

    def _apply(self, messages: list[Received]) -> None:
        """The database first, durable, then the delete: a crash between the two repeats it."""
        self._take_in(self._service.status, _parse(StatusReports, messages))

    def _take_in(self, queue: Queue, parsed: list[tuple[Received, StatusReports]]) -> None:
        if parsed:
            self._service.jobs.apply([report for _, said in parsed for report in said.reports])
            queue.delete_batch([message.receipt_handle for message, _ in parsed])

    def _apply_dead(self, messages: list[Received]) -> None:
        """Reports that could not be applied when they came, as the database was away too often.

        What cannot be read is kept, as the next version of this program may know it, and told
        again after a while. Its task is not lost: the reconciler sends it once more.
        """
        parsed = _parse(StatusReports, messages)
        self._take_in(self._service.status_dead, parsed)
        known = {message.receipt_handle for message, _ in parsed}
        strange = [m.receipt_handle for m in messages if m.receipt_handle not in known]
        if strange:
            self._service.status_dead.change_visibility_batch([(h, TOLD_AGAIN) for h in strange])

    def _bury(self, messages: list[Received]) -> None:
        """Dead letters stay where they are, leased for a while; their tasks become failed.

        What their workers said before they died goes first: a state that ended stays.

        One whose task no longer waits for an operator (sent again, discarded, or it had ended) is
        stale and goes.
        """
        said = iter(self._reports_that_wait, [])
        for reports in itertools.islice(said, LOOKS):
            self._apply(reports)
        letters = _parse(EditRequest, messages)
        buried = self._service.jobs.mark_dead([request for _, request in letters])
        for task in (one.task for one in buried if one.is_new):
            log.error(
                "a dead letter: a task is given up",
                task=task.id,
                job=task.job_id,
                reason=task.error and task.error.message,
            )
        dead = {one.task.id for one in buried}
        stale = [m.receipt_handle for m, request in letters if request.task_id not in dead]
        if stale:
            self._service.requests_dead.delete_batch(stale)

    def _reports_that_wait(self) -> list[Received]:
        timeout = self._service.settings.visibility_timeout
        return self._service.status.receive(visibility_timeout=timeout)

    def _housekeep(self) -> None:
        while not self._stop.wait(HOUSEKEEPING):
            try:
                self.keep_house()
            except BackendError as error:
                log.warning("housekeeping failed; it is tried again", error=str(error))

    def _send_outbox(self) -> None:
        requests = self._service.jobs.unsent(older_than=OUTBOX_AGE, limit=1000)
        # one tracker at a time, else each of them sends the same requests
        if requests and self._service.jobs.acquire_lease("outbox", self._name, 4 * HOUSEKEEPING):
            log.info("sending requests whose send was not confirmed", requests=len(requests))
            self._service.send_again(requests)


def _parse(model: type[M], messages: list[Received]) -> list[tuple[Received, M]]:
    """Those that can be read; the others stay, for a newer tracker."""
    parsed = []
    for message in messages:
        try:
            parsed.append((message, model.model_validate_json(message.body)))
        except ValidationError as error:
            log.warning("a message cannot be read", message=message.id, error=str(error))
    return parsed
