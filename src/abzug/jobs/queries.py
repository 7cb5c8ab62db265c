"""Reading jobs, tasks and events. Every lookup takes the owner, save those of operators."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, case, func, select

from abzug.errors import NotFound
from abzug.jobs import cursors
from abzug.jobs.changes import load_attempts
from abzug.jobs.chunks import chunks
from abzug.jobs.records import Attempt, Event, Job, Outcome, Page, Task, TaskState, WorkerSeen
from abzug.jobs.rows import AnyRow, event_of, job_of, results_of, task_of
from abzug.jobs.schema import attempts, events, jobs, tasks
from abzug.messages import ResultRef

_JOB = select(jobs).where(jobs.c.id == bindparam("id"), jobs.c.owner == bindparam("owner"))
_JOBS = (
    select(jobs)
    .where(
        jobs.c.owner == bindparam("owner"),
        jobs.c.kind == "job",
        jobs.c.id < bindparam("after"),
    )
    .order_by(jobs.c.id.desc())
    .limit(bindparam("limit"))
)
_TASK = select(tasks).where(tasks.c.id == bindparam("id"), tasks.c.owner == bindparam("owner"))
_TASKS = (
    select(tasks)
    .where(tasks.c.job_id == bindparam("job_id"), tasks.c.position > bindparam("after"))
    .order_by(tasks.c.position)
    .limit(bindparam("limit"))
)
_TASKS_IN_STATE = _TASKS.where(tasks.c.state == bindparam("state"))
_DEAD = (
    select(tasks)
    .where(tasks.c.dead_at.is_not(None), tasks.c.id < bindparam("after"))
    .order_by(tasks.c.id.desc())
    .limit(bindparam("limit"))
)
_EVENTS = (
    select(events)
    .where(events.c.owner == bindparam("owner"), events.c.id > bindparam("after"))
    .order_by(events.c.id)
    .limit(bindparam("limit"))
)
_SUCCESSES = (
    select(tasks)
    .where(tasks.c.state == TaskState.succeeded, tasks.c.id > bindparam("after"))
    .order_by(tasks.c.id)
    .limit(bindparam("limit"))
)
_NEWEST_EVENTS = (
    select(events.c.owner, func.max(events.c.id).label("newest"))
    .where(events.c.id > bindparam("after"))
    .group_by(events.c.owner)
)
_LAST_EVENT = select(func.max(events.c.id))
_SUCCEEDED = (
    select(tasks.c.fingerprint, tasks.c.results)
    .where(
        tasks.c.owner == bindparam("owner"),
        tasks.c.fingerprint.in_(bindparam("fingerprints", expanding=True)),
        tasks.c.state == TaskState.succeeded,
    )
    .order_by(tasks.c.id)
)  # the newest counts: the results were made anew since

_SEEN = func.coalesce(attempts.c.ended_at, attempts.c.started_at)
# of the newest tasks' attempts only: a look at all of them would grow with the years
_NEWEST_ATTEMPTS = (
    select(
        attempts.c.worker,
        _SEEN.label("seen"),
        case((attempts.c.outcome == Outcome.running, 1), else_=0).label("editing"),
    )
    .order_by(attempts.c.task_id.desc())
    .limit(5000)
    .subquery()
)
_WORKERS = (
    select(
        _NEWEST_ATTEMPTS.c.worker.label("name"),
        func.max(_NEWEST_ATTEMPTS.c.seen).label("last_seen"),
        func.sum(_NEWEST_ATTEMPTS.c.editing).label("editing"),
    )
    .group_by(_NEWEST_ATTEMPTS.c.worker)
    .order_by(func.max(_NEWEST_ATTEMPTS.c.seen).desc())
)


def job(connection: Connection, owner: str, job_id: str) -> Job:
    row = connection.execute(_JOB, {"owner": owner, "id": job_id}).one_or_none()
    return job_of(_found(row, "job", job_id))


def list_jobs(connection: Connection, owner: str, limit: int, cursor: str | None) -> Page[Job]:
    after = cursors.id_after(cursor)
    rows = connection.execute(_JOBS, {"owner": owner, "after": after, "limit": limit + 1}).all()
    return cursors.page_of(rows, limit, "id", job_of)


def task(connection: Connection, owner: str, task_id: str) -> Task:
    row = connection.execute(_TASK, {"owner": owner, "id": task_id}).one_or_none()
    return _with_attempts(connection, [_found(row, "task", task_id)])[0]


def list_tasks(
    connection: Connection,
    owner: str,
    job_id: str,
    *,
    limit: int,
    cursor: str | None,
    state: TaskState | None,
) -> Page[Task]:
    wanted = {"job_id": job_id, "after": cursors.position_after(cursor), "limit": limit + 1}
    job(connection, owner, job_id)
    if state is None:
        rows = connection.execute(_TASKS, wanted).all()
    else:
        rows = connection.execute(_TASKS_IN_STATE, {**wanted, "state": state}).all()
    return _page_with_attempts(connection, rows, limit, "position")


def dead_tasks(connection: Connection, limit: int, cursor: str | None) -> Page[Task]:
    wanted = {"after": cursors.id_after(cursor), "limit": limit + 1}
    return _page_with_attempts(connection, connection.execute(_DEAD, wanted).all(), limit, "id")


def events_after(connection: Connection, owner: str, after: int, limit: int) -> list[Event]:
    wanted = {"owner": owner, "after": after, "limit": limit}
    return [event_of(row) for row in connection.execute(_EVENTS, wanted)]


def newest_events(connection: Connection, after: int) -> dict[str, int]:
    rows = connection.execute(_NEWEST_EVENTS, {"after": after})
    return {row.owner: row.newest for row in rows}


def last_event_id(connection: Connection) -> int:
    return connection.scalar(_LAST_EVENT) or 0


def successes_after(connection: Connection, task_id: str, limit: int) -> list[Task]:
    """Of all owners, in order of id, without their timelines."""
    rows = connection.execute(_SUCCESSES, {"after": task_id, "limit": limit})
    return [task_of(row) for row in rows]


def succeeded(
    connection: Connection, owner: str, fingerprints: Sequence[str]
) -> dict[str, list[ResultRef]]:
    return {
        row.fingerprint: results_of(row.results)
        for some in chunks(fingerprints)
        for row in connection.execute(_SUCCEEDED, {"owner": owner, "fingerprints": some})
    }


def workers(connection: Connection) -> list[WorkerSeen]:
    rows = connection.execute(_WORKERS)
    return [WorkerSeen(row.name, float(row.last_seen), int(row.editing)) for row in rows]


def _page_with_attempts(
    connection: Connection, rows: Sequence[AnyRow], limit: int, column: str
) -> Page[Task]:
    page = cursors.page_of(rows, limit, column, lambda row: row)
    return Page(_with_attempts(connection, page.items), page.next_cursor)


def _with_attempts(connection: Connection, rows: Sequence[AnyRow]) -> list[Task]:
    timelines: dict[str, list[Attempt]] = {}
    for some in chunks([row.id for row in rows]):
        timelines |= load_attempts(connection, some)
    return [task_of(row, timelines.get(row.id, ())) for row in rows]


def _found(row: AnyRow | None, what: str, id_: str) -> AnyRow:
    if row is None:
        msg = f"There is no {what} {id_}."
        raise NotFound(msg)
    return row
