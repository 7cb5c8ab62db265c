"""Changes of tasks, written down: load tasks, change them by a pure function, save the difference.

With the tasks their jobs' counts, sums and states change in the same transaction, by exact
differences, and one event is written for each task and each job that looks different now.

Locks (on PostgreSQL) are taken in one order everywhere, jobs before tasks and both by id, so
that no two transactions wait for each other.

Event ids become visible in the order of their numbers, or a listener could read number 12, go on
from there, and never see 11, which was committed a moment later. SQLite has one writer at a time.
PostgreSQL gives the number at the insert and shows it at the commit, so a lock is taken before
the insert and held until then.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from abzug.jobs import states
from abzug.jobs.chunks import chunks
from abzug.jobs.records import FINISHED, Attempt, Job, Task
from abzug.jobs.rows import (
    attempt_of,
    attempt_values,
    job_event,
    job_of,
    job_progress,
    task_event,
    task_of,
    task_progress,
)
from abzug.jobs.schema import attempts, events, jobs, tasks
from abzug.jobs.transactions import backend_of

_JOBS = (
    select(jobs)
    .where(jobs.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(jobs.c.id)
    .with_for_update()
)
_TASKS = (
    select(tasks)
    .where(tasks.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(tasks.c.id)
    .with_for_update()
)
_ATTEMPTS = (
    select(attempts)
    .where(attempts.c.task_id.in_(bindparam("ids", expanding=True)))
    .order_by(attempts.c.task_id, attempts.c.generation, attempts.c.receive_count)
)
_UPDATE_JOB = update(jobs).where(jobs.c.id == bindparam("job_id"))
_ADD_TO_JOB = _UPDATE_JOB.values(
    attempts=jobs.c.attempts + bindparam("more_attempts"),
    expired_leases=jobs.c.expired_leases + bindparam("more_expired"),
    cpu_seconds=jobs.c.cpu_seconds + bindparam("more_cpu"),
)
_UPDATE_TASK = update(tasks).where(tasks.c.id == bindparam("task_id"))
_INSERT_ATTEMPT = insert(attempts)
_UPDATE_ATTEMPT = update(attempts).where(
    attempts.c.task_id == bindparam("of_task"),
    attempts.c.generation == bindparam("of_generation"),
    attempts.c.receive_count == bindparam("of_receive_count"),
)
_INSERT_EVENT = insert(events)


@dataclass(frozen=True)
class Change:
    """A task before and after."""

    before: Task
    after: Task

    @functools.cached_property
    def shows(self) -> bool:
        """Whether more than the timeline changed."""
        return replace(self.after, attempts=self.before.attempts) != self.before


def lock_jobs(connection: Connection, ids: Iterable[str]) -> dict[str, Job]:
    """The jobs that there are, by id; nobody else changes them until the transaction ends."""
    return {
        row.id: job_of(row)
        for some in chunks(sorted(set(ids)))
        for row in connection.execute(_JOBS, {"ids": some})
    }


def lock_tasks(connection: Connection, ids: Iterable[str]) -> list[Task]:
    """The tasks that there are, with their attempts; their jobs must be locked before."""
    found = []
    for some in chunks(sorted(set(ids))):
        rows = connection.execute(_TASKS, {"ids": some}).all()
        timelines = load_attempts(connection, some)
        found += [task_of(row, timelines.get(row.id, ())) for row in rows]
    return found


def load_attempts(connection: Connection, task_ids: Sequence[str]) -> dict[str, list[Attempt]]:
    timelines: dict[str, list[Attempt]] = {}
    for row in connection.execute(_ATTEMPTS, {"ids": task_ids}):
        timelines.setdefault(row.task_id, []).append(attempt_of(row))
    return timelines


def change_tasks(
    connection: Connection,
    now: float,
    job_ids: Iterable[str],
    task_ids: Iterable[str],
    step: Callable[[Task], Task],
) -> list[Change]:
    """Change tasks by `step`; gives what became of each.

    A task of none of these jobs is left out, as is one that does not exist.
    """
    locked = lock_jobs(connection, job_ids)
    found = [task for task in lock_tasks(connection, task_ids) if task.job_id in locked]
    changes = [Change(task, step(task)) for task in found]
    shown = [change for change in changes if change.shows]
    _save_attempts(connection, changes)
    if shown:
        connection.execute(
            _UPDATE_TASK,
            [{"task_id": c.after.id, **task_progress(c.after, now)} for c in shown],
        )
    _save_sums(connection, changes)
    progressed = [
        _progressed(job, [c for c in shown if c.after.job_id == job.id]) for job in locked.values()
    ]
    changed = [job for job in progressed if job != locked[job.id]]
    save_jobs(connection, changed)
    write_events(
        connection,
        [task_event(c.after, now) for c in shown] + [job_event(job, now) for job in changed],
    )
    return changes


def save_jobs(connection: Connection, changed: Sequence[Job]) -> None:
    """Write the progress of locked jobs."""
    if changed:
        connection.execute(
            _UPDATE_JOB,
            [{"job_id": job.id, **job_progress(job)} for job in changed],
        )


def write_events(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """On PostgreSQL nobody else writes events from here to the commit: let it be soon."""
    if rows:
        backend_of(connection).order_events(connection)
        connection.execute(_INSERT_EVENT, rows)


def _progressed(job: Job, changes: Sequence[Change]) -> Job:
    """The job after its tasks changed. It ends when its last task did."""
    counts = states.recount(job.counts, [(c.before.state, c.after.state) for c in changes])
    state = states.job_state(counts)
    starts = [c.after.started_at for c in changes if c.after.started_at is not None]
    ends = [c.after.finished_at for c in changes if c.after.finished_at is not None]
    if job.started_at is not None:
        starts.append(job.started_at)
    if job.finished_at is not None:
        ends.append(job.finished_at)
    return replace(
        job,
        counts=counts,
        state=state,
        started_at=min(starts, default=None),
        finished_at=max(ends, default=None) if state in FINISHED else None,
    )


def _save_attempts(connection: Connection, changes: Sequence[Change]) -> None:
    new, old = [], []
    for change in changes:
        known = {(a.generation, a.receive_count): a for a in change.before.attempts}
        for attempt in change.after.attempts:
            before = known.get((attempt.generation, attempt.receive_count))
            if before is None:
                new.append({"task_id": change.after.id, **attempt_values(attempt)})
            elif before != attempt:
                old.append(
                    {
                        "of_task": change.after.id,
                        "of_generation": attempt.generation,
                        "of_receive_count": attempt.receive_count,
                        **attempt_values(attempt),
                    },
                )
    if new:
        connection.execute(_INSERT_ATTEMPT, new)
    if old:
        connection.execute(_UPDATE_ATTEMPT, old)


def _save_sums(connection: Connection, changes: Sequence[Change]) -> None:
    """Add to the jobs what the attempts of their tasks have more than before."""
    rows: dict[str, dict[str, Any]] = {}
    for before, after in ((c.before, c.after) for c in changes):
        if after.attempts == before.attempts:
            continue
        row = rows.setdefault(
            after.job_id,
            {"job_id": after.job_id, "more_attempts": 0, "more_expired": 0, "more_cpu": 0.0},
        )
        row["more_attempts"] += len(after.attempts) - len(before.attempts)
        row["more_expired"] += states.expired_leases(after.attempts)
        row["more_expired"] -= states.expired_leases(before.attempts)
        row["more_cpu"] += _cpu_seconds(after) - _cpu_seconds(before)
    if rows:
        connection.execute(_ADD_TO_JOB, list(rows.values()))


def _cpu_seconds(task: Task) -> float:
    return sum(attempt.cpu_seconds or 0.0 for attempt in task.attempts)
