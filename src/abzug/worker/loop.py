"""The worker's loop: receive → edit → report → delete, under leases that are renewed."""

from __future__ import annotations

import itertools
import os
import random
import socket
import threading
import time
from collections.abc import Callable
from typing import TypedDict

import structlog
from pydantic import ValidationError

from abzug.errors import AbzugError, ConfigError, EditTimeout, QueueError, StoreError, WorkerCrash
from abzug.messages import EditRequest, ReportError, ReportKind, StatusReport
from abzug.queues.base import MAX_BATCH, MAX_WAIT, Outgoing, Queue, Received
from abzug.settings import Settings
from abzug.system import systemd
from abzug.worker.lease import Leases
from abzug.worker.lookahead import Lookahead
from abzug.worker.pool import Pool, Work
from abzug.worker.protocol import Dropped, Editing, Failed, Succeeded
from abzug.worker.reporter import Reporter, Step

LONGEST_RELEASE = 300.0
"""Seconds: the longest pause before a transient failure is tried again."""
PUT_BACK_FOR = 5.0
"""Seconds until a request is received again that was put back as the store is away."""
log = structlog.get_logger()


class Attempt(TypedDict):
    """What every report of an attempt says."""

    task_id: str
    job_id: str
    owner: str
    generation: int
    receive_count: int
    worker: str
    at: float


class Worker:
    """Takes requests until told to stop. Needs the two queues and, in its editors, the store."""

    def __init__(self, settings: Settings, requests: Queue, status: Queue) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}"
        self._settings = settings
        self._requests = requests
        self._leases = Leases(requests, settings.visibility_timeout)
        self._reporter = Reporter(requests, status, self._leases)
        editors = settings.editors or len(os.sched_getaffinity(0))
        self._pool = Pool(settings, editors, self._noted, self._crashed)
        self._lookahead = Lookahead(requests.linger)
        self._tokens = itertools.count(1)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; then finish what is begun and give the rest back.

        Raises ConfigError if no editing process can be started.
        """
        self._leases.start()
        self._reporter.start()
        self._pool.start()
        stopped = threading.Event()
        threading.Thread(target=self._wake_on, args=[stop, stopped], daemon=True).start()
        systemd.notify("READY=1")
        while not stop.is_set() and not self._pool.is_broken:
            self._take(stop)
            systemd.notify("WATCHDOG=1")  # from this very loop: a thread of its own would lie
        systemd.notify("STOPPING=1")
        unbegun = self._pool.drain(self._settings.drain_timeout)
        stopped.set()
        for work in unbegun:
            self._give_back(work)
        self._reporter.stop(timeout=10)
        self._leases.stop()
        if self._pool.is_broken:
            raise ConfigError(
                "No editing process can be started.",
                advice="What is wrong stands in the log; it may help to install Abzug anew.",
            )

    def _wake_on(self, stop: threading.Event, stopped: threading.Event) -> None:
        """End the long poll when it is time to stop; again and again, as one may just begin."""
        stop.wait()
        while not stopped.wait(0.1):
            self._requests.wake()

    def _take(self, stop: threading.Event) -> None:
        """Receive as many requests as can be begun soon, and no more.

        More would only be delivered once more than needed if this worker died, and could not be
        taken by another that is idle. But where calls are dear, soon is a little later.
        """
        room = self._pool.wait_for_room(timeout=0.5)
        if room <= 0:
            return
        try:
            messages = self._requests.receive(
                min(room + self._lookahead.ahead(), MAX_BATCH),
                visibility_timeout=self._settings.visibility_timeout,
                wait=MAX_WAIT,
            )
        except QueueError as error:
            log.warning("receive failed; trying again", error=error.message)
            stop.wait(random.uniform(0.5, 2))  # noqa: S311  no secret
            return
        for message in messages:
            self._leases.hold(message.receipt_handle)
        self._pool.give(filter(None, map(self._work, messages)))

    def _work(self, message: Received) -> Work | None:
        try:
            request = EditRequest.model_validate_json(message.body)
        except ValidationError as error:
            # not ours, or of another version: its lease runs out, and it ends as a dead letter
            log.warning("a request cannot be read", message=message.id, error=str(error))
            self._leases.let_go(message.receipt_handle)
            return None
        return Work(next(self._tokens), message, request)

    # what becomes of a work

    def _noted(self, work: Work, note: Editing | Succeeded | Failed | Dropped) -> None:
        if not isinstance(note, Editing):
            self._lookahead.mark()
        match note:
            case Editing():
                self._report(work, StatusReport(kind=ReportKind.started, **self._attempt(work)))
            case Succeeded():
                self._succeeded(work, note)
            case Failed(away=True):
                self._put_back(work, note)
            case Failed():
                self._failed(work, note.error, cpu_seconds=note.cpu_seconds)
            case Dropped(cancelled=True):
                self._reporter.add(Step(None, work.message.receipt_handle, delete=True))
            case Dropped():
                self._give_back(work)

    def _crashed(self, work: Work) -> None:
        error: AbzugError
        if work.timed_out:
            error = EditTimeout("Editing took too long and was stopped.")
        elif work.stuck:
            error = StoreError("The photo store did not answer in time.")
        else:
            error = WorkerCrash("The editing process died while it worked on this photo.")
        # at once: the photo is the suspect, and waiting would not make it better
        self._failed(work, ReportError.of(error), release_after=0.0)

    def _succeeded(self, work: Work, note: Succeeded) -> None:
        report = StatusReport(
            kind=ReportKind.succeeded,
            results=note.results,
            notices=note.notices,
            cpu_seconds=note.cpu_seconds,
            reused=note.reused,
            **self._attempt(work),
        )
        self._report(work, report, delete=True)

    def _failed(
        self,
        work: Work,
        error: ReportError,
        *,
        cpu_seconds: float | None = None,
        release_after: float | None = None,
    ) -> None:
        report = StatusReport(
            kind=ReportKind.failed if error.permanent else ReportKind.released,
            error=error,
            cpu_seconds=cpu_seconds,
            **self._attempt(work),
        )
        if error.permanent:
            self._report(work, report, delete=True)
            return
        if release_after is None:
            release_after = backoff(work.message.receive_count)
        self._report(work, report, release_after=release_after)

    def _put_back(self, work: Work, note: Failed) -> None:
        """The store was away: that is nobody's attempt, and a release would count as one. So the
        request is sent anew, and its deliveries begin again."""
        attempt = self._attempt(work)
        report = StatusReport(kind=ReportKind.released, error=note.error, **attempt)
        again = work.request.model_copy(update={"earlier": attempt["receive_count"]})
        instead = Outgoing(
            again.to_json(), group=work.message.group, cost=again.cost, delay=PUT_BACK_FOR
        )
        handle = work.message.receipt_handle
        self._reporter.add(Step(report, handle, delete=True, instead=instead))

    def _report(
        self,
        work: Work,
        report: StatusReport,
        *,
        delete: bool = False,
        release_after: float | None = None,
    ) -> None:
        handle = work.message.receipt_handle
        self._reporter.add(Step(report, handle, delete=delete, release_after=release_after))

    def _attempt(self, work: Work) -> Attempt:
        return Attempt(
            task_id=work.request.task_id,
            job_id=work.request.job_id,
            owner=work.request.owner,
            generation=work.request.generation,
            receive_count=(work.request.earlier or 0) + work.message.receive_count,
            worker=self.name,
            at=time.time(),
        )

    def _give_back(self, work: Work) -> None:
        self._reporter.add(Step(None, work.message.receipt_handle, release_after=0.0))


def backoff(receive_count: int, rand: Callable[[float, float], float] = random.uniform) -> float:
    """Seconds until the next attempt: doubles with each, with full jitter above a second."""
    return rand(0.5, min(LONGEST_RELEASE, 2.0**receive_count))
