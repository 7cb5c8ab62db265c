"""News of tasks: workers' reports, and what became of requests in the dead-letter queue."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from abzug.jobs import changes, states, submit
from abzug.jobs.chunks import chunks
from abzug.jobs.records import Task
from abzug.jobs.schema import tasks
from abzug.messages import EditRequest, StatusReport

_JOBS_OF = select(tasks.c.job_id).where(tasks.c.id.in_(bindparam("ids", expanding=True))).distinct()


def apply(connection: Connection, reports: Sequence[StatusReport], now: float) -> int:
    by_task: dict[str, list[StatusReport]] = {}
    for report in reports:
        by_task.setdefault(report.task_id, []).append(report)

    def step(task: Task) -> Task:
        for report in by_task[task.id]:
            task = states.reported(task, report)
        return task

    changed = changes.change_tasks(connection, now, {r.job_id for r in reports}, by_task, step)
    # a task that a worker reports of was sent, even if the sender died before it could say so
    submit.mark_sent(connection, [task.id for task in changed])
    return len(changed)


def mark_dead(connection: Connection, requests: Sequence[EditRequest], now: float) -> int:
    generations: dict[str, int] = {}
    for request in requests:
        known = generations.get(request.task_id, 0)
        generations[request.task_id] = max(known, request.generation)

    def step(task: Task) -> Task:
        return states.dead_lettered(task, generations[task.id], now)

    job_ids = {request.job_id for request in requests}
    return len(changes.change_tasks(connection, now, job_ids, generations, step))


def requeue(connection: Connection, task_ids: Sequence[str], now: float) -> int:
    job_ids = {
        row.job_id
        for some in chunks(task_ids)
        for row in connection.execute(_JOBS_OF, {"ids": some})
    }
    return len(changes.change_tasks(connection, now, job_ids, task_ids, states.requeued))
