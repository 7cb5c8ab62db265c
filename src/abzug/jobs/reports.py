"""News of tasks: workers' reports, and what becomes of requests in the dead-letter queue."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, select

from abzug.jobs import changes, outbox, states
from abzug.jobs.changes import Change
from abzug.jobs.chunks import chunks
from abzug.jobs.records import Task, TaskState
from abzug.jobs.rows import notices_of
from abzug.jobs.schema import tasks
from abzug.messages import EditRequest, StatusReport

_JOBS_OF = select(tasks.c.job_id).where(tasks.c.id.in_(bindparam("ids", expanding=True)))
_EQUAL = tasks.alias("equal")
_NOTICES = (
    select(tasks.c.id, _EQUAL.c.notices)
    .join(
        _EQUAL, and_(_EQUAL.c.fingerprint == tasks.c.fingerprint, _EQUAL.c.owner == tasks.c.owner)
    )
    .where(
        tasks.c.id.in_(bindparam("ids", expanding=True)),
        _EQUAL.c.state == TaskState.succeeded,
        _EQUAL.c.notices.is_not(None),
    )
)


def apply(connection: Connection, reports: Sequence[StatusReport], now: float) -> list[Change]:
    by_task: dict[str, list[StatusReport]] = {}
    for report in _with_notices(connection, reports):
        by_task.setdefault(report.task_id, []).append(report)

    def step(task: Task) -> Task:
        for report in by_task[task.id]:
            task = states.reported(task, report)
        return task

    result = changes.change_tasks(connection, now, {r.job_id for r in reports}, by_task, step)
    # a task that a worker reports of was sent, even if the sender died before it could say so
    outbox.remove(connection, [change.after.id for change in result if change.shows])
    return result


def _with_notices(
    connection: Connection, reports: Sequence[StatusReport]
) -> Sequence[StatusReport]:
    """Results that were there already come without words; an equal task that made them has some."""
    reused = [report.task_id for report in reports if report.reused]
    said = {
        row.id: notices_of(row.notices)
        for some in chunks(reused)
        for row in connection.execute(_NOTICES, {"ids": some})
    }
    return [
        report.model_copy(update={"notices": said[report.task_id]})
        if report.reused and report.task_id in said
        else report
        for report in reports
    ]


def mark_dead(connection: Connection, requests: Sequence[EditRequest], now: float) -> list[Change]:
    generations: dict[str, int] = {}
    for request in requests:
        known = generations.get(request.task_id, 0)
        generations[request.task_id] = max(known, request.generation)

    def step(task: Task) -> Task:
        return states.dead_lettered(task, generations[task.id], now)

    job_ids = {request.job_id for request in requests}
    result = changes.change_tasks(connection, now, job_ids, generations, step)
    outbox.remove(connection, [change.after.id for change in result if change.shows])
    return result


def discard_dead(connection: Connection, task_ids: Sequence[str], now: float) -> list[Change]:
    job_ids = {
        row.job_id
        for some in chunks(task_ids)
        for row in connection.execute(_JOBS_OF, {"ids": some})
    }
    return changes.change_tasks(connection, now, job_ids, task_ids, states.discarded)
