"""The jobs database: photos, jobs, tasks and their timelines, and the events that tell of them.

Jobs ties the parts together: each method is one transaction of one of the modules beside this
one, and rings the bell after a commit that wrote events.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, make_url

from abzug.jobs import control, outbox, pace, photos, queries, reports, silent, submit, upkeep
from abzug.jobs.changes import Change
from abzug.jobs.records import (
    Buried,
    Event,
    Job,
    NewJob,
    Page,
    Photo,
    Task,
    TaskState,
    WorkerSeen,
)
from abzug.jobs.transactions import Database, Waker
from abzug.messages import EditRequest, ResultRef, StatusReport

R = TypeVar("R", Photo, Task)


def connect(url: str, home: Path, clock: Callable[[], float] | None = None) -> Jobs:
    """Open the database of a URL (`sqlite:///PATH`, `postgresql://…`); it must be upgraded.

    home: folder whose `bells/jobs` wakes the listeners of SQLite across processes. clock: Unix
    seconds, for tests. Raises ConfigError, DatabaseError.
    """
    database = Database(url)
    return Jobs(database, database.backend.waker(home), clock)


def is_new(url: str) -> bool:
    """Whether the file of this URL (`sqlite:///PATH`) is not there, or empty; it is not made."""
    path = Path(make_url(url).database or "")
    return not path.exists() or path.stat().st_size == 0


def upgrade(url: str) -> None:
    """Create the tables, or bring them to what this code needs. Safe from several processes.

    Raises ConfigError, DatabaseError.
    """
    database = Database(url)
    try:
        database.check()
        with database.read() as connection:
            if upkeep.is_upgraded(connection):
                return  # every start comes here: it must not take the second that Alembic needs
        with database.write() as connection:
            database.backend.lock_tables(connection)
            _migrate(connection)
    finally:
        database.close()


def downgrade(url: str, revision: str = "base") -> None:
    """Take the migrations after `revision` back, with what is in their tables and columns."""
    database = Database(url)
    try:
        with database.write() as connection:
            database.backend.lock_tables(connection)
            _migrate(connection, down_to=revision)
    finally:
        database.close()


def _migrate(connection: Connection, *, down_to: str | None = None) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "abzug.jobs:migrations")
    config.attributes["connection"] = connection
    if down_to is None:
        command.upgrade(config, "head")
    else:
        command.downgrade(config, down_to)


class Jobs:
    """For many threads and processes at once.

    Every method raises DatabaseError if the database does not answer, and NotFound for what is
    not there or is another owner's. limit: 1 or more. cursor: from the page before, else None.
    """

    def __init__(
        self, database: Database, waker: Waker, clock: Callable[[], float] | None = None
    ) -> None:
        self._database = database
        self._waker = waker
        self._clock = clock or time.time
        # one clock for the leases of all processes, however wrong their own are
        self._lease_clock = (lambda _: clock()) if clock else database.backend.now

    # photos

    def add_photo(self, photo: Photo) -> None:
        """Write down an upload, durable on return."""
        self._database.run(lambda c: photos.add(c, photo))

    def photo(self, owner: str, photo_id: str) -> Photo:
        with self._database.read() as connection:
            return photos.get(connection, owner, photo_id)

    def photos_by_id(self, owner: str, ids: Sequence[str]) -> dict[str, Photo]:
        """Those of the photos that are there, by id."""
        with self._database.read() as connection:
            return photos.by_id(connection, owner, ids)

    def list_photos(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[Photo]:
        """Newest first."""
        with self._database.read() as connection:
            return photos.page(connection, owner, limit, cursor)

    def delete_photo(self, owner: str, photo_id: str) -> Photo:
        """Forget a photo; the caller deletes its object. Conflict while a job still needs it."""
        return self._database.run(lambda c: photos.remove(c, owner, photo_id, self._clock()))

    # jobs: what people want

    def create_job(self, new: NewJob) -> tuple[Job, list[EditRequest], bool]:
        """The job, the requests to send, and whether it is new; durable on return.

        The same idempotency key with the same body gives the first job again and no requests.
        Raises InvalidIdempotencyKey for another body, NotFound for a photo that is not there,
        InvalidRequest without tasks. Call `mark_sent` when the requests are sent.
        """
        draft = submit.draft(new, self._clock())
        result = self._database.run(lambda c: submit.create(c, new, draft))
        if result[2]:
            self._tell()
        return result

    def unsent(self, *, older_than: float, limit: int) -> list[EditRequest]:
        """Requests whose sending nobody has confirmed for `older_than` seconds, oldest first."""
        with self._database.read() as connection:
            return outbox.unsent(connection, self._clock() - older_than, limit)

    def mark_sent(self, task_ids: Sequence[str]) -> None:
        """Confirm that these tasks' requests are in the queue. Lost, they are sent once more."""
        now = self._clock()

        def step(connection: Connection) -> None:
            outbox.remove(connection, task_ids)
            silent.sent(connection, task_ids, now)

        self._database.run(step, durable=False)

    def send_silent(self, *, before: float, limit: int) -> int:
        """Put unfinished tasks back into the outbox that are silent since before that Unix time:
        the caller knows that their requests are lost. Gives how many there were, up to `limit`."""
        now = self._clock()

        def step(connection: Connection) -> int:
            found = silent.find(connection, before, limit)
            silent.send_again(connection, found, now)
            return len(found)

        return self._database.run(step)

    def succeeded_before(
        self, owner: str, fingerprints: Sequence[str]
    ) -> dict[str, list[ResultRef]]:
        """Those of the fingerprints (of submit.fingerprint) that a task has succeeded with, and
        its results."""
        with self._database.read() as connection:
            return queries.succeeded(connection, owner, fingerprints)

    def cancel(self, owner: str, job_id: str) -> Job:
        """Cancel what is not finished; again is no error. Conflict if all had finished."""
        now = self._clock()
        job, changed = self._database.run(lambda c: control.cancel(c, owner, job_id, now))
        if changed:
            self._tell()
        return job

    def retry(
        self,
        owner: str,
        job_id: str,
        task_ids: Sequence[str] | None = None,
        *,
        lost: Collection[str] = (),
        silent_for: float = 0.0,
    ) -> tuple[Job, list[EditRequest]]:
        """Queue failed and cancelled tasks again, all or those of `task_ids`, and send those again
        of which nothing was heard for `silent_for` seconds; others are left as they are.

        lost: ids of tasks that succeeded, and whose results have to be made again. Gives the job
        and the requests to send. Conflict, with the reason, if there is nothing to be done.
        """
        now = self._clock()
        job, requests = self._database.run(
            lambda c: control.retry(
                c, owner, job_id, task_ids, lost=lost, now=now, silent_for=silent_for
            )
        )
        self._tell()
        return job, requests

    # what became of it

    def apply(self, batch: Sequence[StatusReport]) -> int:
        """Take in workers' reports, twice, late or out of order; durable on return.

        Gives how many tasks look different now. Reports of unknown tasks are passed over.
        """
        result = self._changing(lambda c, now: reports.apply(c, batch, now))
        return sum(change.shows for change in result)

    def mark_dead(self, requests: Sequence[EditRequest]) -> list[Buried]:
        """Fail the tasks whose requests are in the dead-letter queue, unless they are finished.

        Gives those of the tasks that wait for an operator now. The letters of the others are
        stale: their task was retried, discarded, or had ended.
        """
        result = self._changing(lambda c, now: reports.mark_dead(c, requests, now))
        letters = {(request.task_id, request.generation) for request in requests}
        return [
            Buried(task, is_new=change.shows)
            for change in result
            if (task := change.after).dead_at is not None and (task.id, task.generation) in letters
        ]

    def discard_dead(self, task_ids: Sequence[str]) -> int:
        """Take tasks off the list of dead letters; they stay failed. Gives how many there were.

        An operator's dead letters are sent again by `retry`.
        """
        result = self._changing(lambda c, now: reports.discard_dead(c, task_ids, now))
        return sum(change.before.dead_at is not None for change in result)

    def job(self, owner: str, job_id: str) -> Job:
        with self._database.read() as connection:
            return queries.job(connection, owner, job_id)

    def list_jobs(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[Job]:
        """Newest first, without the proxies that the service makes for itself."""
        with self._database.read() as connection:
            return queries.list_jobs(connection, owner, limit, cursor)

    def task(self, owner: str, task_id: str) -> Task:
        with self._database.read() as connection:
            return queries.task(connection, owner, task_id)

    def tasks(
        self,
        owner: str,
        job_id: str,
        *,
        limit: int,
        cursor: str | None = None,
        state: TaskState | None = None,
    ) -> Page[Task]:
        """In the order of the job's photos; `state` keeps only tasks in that state."""
        with self._database.read() as connection:
            return queries.list_tasks(
                connection, owner, job_id, limit=limit, cursor=cursor, state=state
            )

    def succeeded(self, owner: str, job_id: str) -> Iterator[Task]:
        """The job's tasks that have results, in the order of its photos."""
        cursor: str | None = None
        while True:
            page = self.tasks(owner, job_id, limit=1000, cursor=cursor, state=TaskState.succeeded)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    # events

    def events(self, owner: str, *, after: int, limit: int) -> list[Event]:
        """An owner's events after the one with this id, oldest first."""
        with self._database.read() as connection:
            return queries.events_after(connection, owner, after, limit)

    def newest_events(self, *, after: int) -> dict[str, int]:
        """The owners of the events after the one with this id, each with the newest one's id."""
        with self._database.read() as connection:
            return queries.newest_events(connection, after)

    def last_event_id(self) -> int:
        """The id of the newest event of all owners; 0 if there is none."""
        with self._database.read() as connection:
            return queries.last_event_id(connection)

    def wait(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for events of any process; true if there may be some.

        One thread at a time. The first call starts the listening: make it with 0 before the
        first look at the events, or what happens in between is only seen later.
        """
        return self._waker.wait(timeout)

    def nudge(self) -> None:
        """Wake the thread of this process that waits; works without the database, too."""
        self._waker.nudge()

    def notify(self) -> None:
        """Wake everybody who waits."""
        self._waker.ring()

    # for operators and for the service itself; these see all owners

    def dead_tasks(self, *, limit: int, cursor: str | None = None) -> Page[Task]:
        """Tasks that failed because their request reached the dead-letter queue, newest first."""
        with self._database.read() as connection:
            return queries.dead_tasks(connection, limit, cursor)

    def every_photo(self) -> Iterator[Photo]:
        """Of all owners, but those that were deleted."""
        return self._every(photos.after)

    def every_success(self) -> Iterator[Task]:
        """Tasks with results, of all owners, without their timelines."""
        return self._every(queries.successes_after)

    def workers(self) -> list[WorkerSeen]:
        """The workers that the newest few thousand attempts tell of, last heard of first."""
        with self._database.read() as connection:
            return queries.workers(connection)

    def acquire_lease(self, name: str, holder: str, ttl: float) -> bool:
        """Take or renew a role for `ttl` seconds; false while another holds it."""
        return self._database.run(
            lambda c: upkeep.acquire_lease(c, name, holder, ttl, self._lease_clock(c)),
            durable=False,
        )

    def stats(self) -> dict[str, Any]:
        """Sums over everything.

        `tasks` (number by state), `attempts`, `expired_leases` (deliveries that came because
        the lease before ran out), `cpu_seconds`, `dead_letters` (tasks that wait for an
        operator), `waiting_cpu_seconds` (foretold for the queued tasks), `pace`.
        """
        with self._database.read() as connection:
            return upkeep.stats(connection)

    def pace(self) -> float:
        """CPU seconds that the workers take for each that a task's cost foretells."""
        with self._database.read() as connection:
            return pace.pace(connection)

    def prune(self, *, events_older_than: float, idempotency_older_than: float) -> None:
        """Forget events and idempotency keys older than so many seconds."""
        now = self._clock()
        run = functools.partial(self._database.run, durable=False)
        run(lambda c: upkeep.prune_keys(c, now - idempotency_older_than))
        while run(lambda c: upkeep.prune_events(c, now - events_older_than)):
            pass

    def ping(self) -> None:
        """Raises DatabaseError if the database does not answer, is not upgraded, or is damaged."""
        self._database.check()
        with self._database.read() as connection:
            upkeep.ping(connection)

    def close(self) -> None:
        self._waker.close()
        self._database.close()

    def _every(self, after: Callable[[Connection, str, int], Sequence[R]]) -> Iterator[R]:
        """Rows by their ids, some at a time: one long read would let the log of SQLite grow."""
        last = ""
        while True:
            with self._database.read() as connection:
                some = after(connection, last, 1000)
            if not some:
                return
            yield from some
            last = some[-1].id

    def _changing(self, step: Callable[[Connection, float], list[Change]]) -> list[Change]:
        now = self._clock()
        result = self._database.run(lambda c: step(c, now))
        if any(change.shows for change in result):
            self._tell()
        return result

    def _tell(self) -> None:
        if not self._database.backend.tells:
            self.notify()
