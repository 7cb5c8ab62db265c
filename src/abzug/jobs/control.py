"""What people do with a job once it is there: cancel it, retry what did not succeed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import Connection, bindparam, select, update

from abzug.errors import Conflict, NotFound
from abzug.jobs import changes, outbox, states
from abzug.jobs import silent as silence
from abzug.jobs.records import FINISHED, Job, JobState, Task, TaskState
from abzug.jobs.rows import AnyRow, job_event, job_of
from abzug.jobs.schema import jobs, photos, tasks
from abzug.messages import EditRequest

_JOB = (
    select(jobs)
    .where(jobs.c.owner == bindparam("owner"), jobs.c.id == bindparam("id"))
    .with_for_update()
)
_CANCEL_TASKS = (
    update(tasks)
    .where(
        tasks.c.job_id == bindparam("of_job"),
        tasks.c.state.in_([TaskState.queued, TaskState.running]),
    )
    .values(state=TaskState.cancelled, silent_since=None)
)
_TASKS = (
    select(tasks.c.id, tasks.c.state, tasks.c.silent_since, photos.c.deleted_at)
    .join(photos)
    .where(tasks.c.job_id == bindparam("job_id"))
    .with_for_update(read=True, of=photos)  # none of them is deleted meanwhile
)
_GIVEN_UP = frozenset({TaskState.failed, TaskState.cancelled})


def cancel(connection: Connection, owner: str, job_id: str, now: float) -> tuple[Job, bool]:
    """The job, and whether this changed it.

    One event of the job stands for all its tasks, as at its creation: what was not finished
    is cancelled. So a big job costs one statement and not thousands of rows.
    """
    job = _locked(connection, owner, job_id)
    if job.state is JobState.cancelled:
        return job, False
    if job.state in FINISHED:
        msg = "This job is finished already."
        raise Conflict(msg)
    connection.execute(_CANCEL_TASKS, {"of_job": job_id, "finished_at": now})
    outbox.remove_job(connection, job_id)
    cancelled = job.counts.cancelled + job.counts.unfinished
    counts = replace(job.counts, queued=0, running=0, cancelled=cancelled)
    job = replace(job, counts=counts, state=states.job_state(counts), finished_at=now)
    changes.save_jobs(connection, [job])
    changes.write_events(connection, [job_event(job, now)])
    return job, True


def retry(
    connection: Connection,
    owner: str,
    job_id: str,
    task_ids: Sequence[str] | None,
    *,
    lost: Collection[str],
    now: float,
    silent_for: float,
) -> tuple[Job, list[EditRequest]]:
    _locked(connection, owner, job_id)
    rows = {row.id: row for row in connection.execute(_TASKS, {"job_id": job_id})}
    wanted = rows.keys() if task_ids is None else set(task_ids)
    if missing := wanted - rows.keys():
        msg = f"This job has no task {min(missing)}."
        raise NotFound(msg)
    chosen = [rows[id_] for id_ in wanted]
    ended = [row for row in chosen if row.state in _GIVEN_UP or row.id in lost]
    again = [row.id for row in ended if row.deleted_at is None]
    silent = [row.id for row in chosen if _is_silent(row, now - silent_for)]
    if not again and not silent:
        raise Conflict(_refusal({row.state for row in chosen}, photo_gone=bool(ended)))

    def step(task: Task) -> Task:
        return states.retried(task, results_lost=task.id in lost)

    changes.change_tasks(connection, now, [job_id], again, step)
    outbox.remove(connection, again)  # what is left there of the generation before
    outbox.add(connection, again, now)
    silence.send_again(connection, silent, now)
    return _locked(connection, owner, job_id), outbox.requests(connection, again + silent)


def _is_silent(row: AnyRow, before: float) -> bool:
    return row.silent_since is not None and bool(row.silent_since < before)


def _refusal(states_found: set[str], *, photo_gone: bool) -> str:
    """Why nothing can be retried of tasks in these states."""
    if photo_gone:
        return "The photo was deleted, so it cannot be edited again."
    if states_found & {TaskState.queued, TaskState.running}:
        return "This is queued or being edited already; there is nothing to retry yet."
    return "All of this has succeeded; there is nothing to retry."


def _locked(connection: Connection, owner: str, job_id: str) -> Job:
    row = connection.execute(_JOB, {"owner": owner, "id": job_id}).one_or_none()
    if row is None:
        msg = f"There is no job {job_id}."
        raise NotFound(msg)
    return job_of(row)
