"""New jobs, the outbox that makes sure their requests are sent, cancelling and retrying."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from abzug.errors import Conflict, InvalidIdempotencyKey, InvalidRequest, NotFound
from abzug.jobs import changes, ids, photos, states
from abzug.jobs.chunks import chunks
from abzug.jobs.engine import insert_ignoring
from abzug.jobs.records import FINISHED, Counts, Job, JobState, NewJob, NewTask, TaskState
from abzug.jobs.rows import job_event, job_of, job_progress, request_of
from abzug.jobs.schema import idempotency_keys, jobs, outbox, tasks
from abzug.jobs.schema import photos as photos_table
from abzug.messages import EditRequest, PhotoRef

_KEY = select(idempotency_keys.c.job_id, idempotency_keys.c.body_hash).where(
    idempotency_keys.c.owner == bindparam("owner"),
    idempotency_keys.c.key == bindparam("key"),
)
_JOB = select(jobs).where(jobs.c.owner == bindparam("owner"), jobs.c.id == bindparam("id"))
_JOB_LOCKED = _JOB.with_for_update()
_INSERT_JOB = insert(jobs)
_INSERT_TASK = insert(tasks)
_INSERT_OUTBOX = insert(outbox)
_DELETE_OUTBOX = delete(outbox).where(outbox.c.task_id.in_(bindparam("ids", expanding=True)))
_FORGET_JOB = delete(outbox).where(
    outbox.c.task_id.in_(select(tasks.c.id).where(tasks.c.job_id == bindparam("job_id"))),
)
REQUESTS = (
    select(
        tasks.c.id,
        tasks.c.job_id,
        tasks.c.owner,
        tasks.c.generation,
        tasks.c.photo_id,
        tasks.c.filename,
        tasks.c.edits,
        tasks.c.cost,
        tasks.c.check_existing,
        jobs.c.edits.label("job_edits"),
        jobs.c.outputs,
        photos_table.c.key,
        photos_table.c.sha256,
        photos_table.c.media_type,
        photos_table.c.bytes,
    )
    .join(jobs, jobs.c.id == tasks.c.job_id)
    .join(photos_table, photos_table.c.id == tasks.c.photo_id)
)
_REQUESTS_OF = REQUESTS.where(tasks.c.id.in_(bindparam("ids", expanding=True))).order_by(
    tasks.c.position,
)
_UNSENT = (
    REQUESTS.join(outbox, outbox.c.task_id == tasks.c.id)
    .where(outbox.c.since <= bindparam("before"))
    .order_by(outbox.c.since, tasks.c.position)
    .limit(bindparam("limit"))
)
_CANCEL_TASKS = (
    update(tasks)
    .where(
        tasks.c.job_id == bindparam("of_job"),
        tasks.c.state.in_([TaskState.queued, TaskState.running]),
    )
    .values(state=TaskState.cancelled)
)
_FAILED = (
    select(tasks.c.id, photos_table.c.deleted_at)
    .join(photos_table)
    .where(
        tasks.c.job_id == bindparam("job_id"),
        tasks.c.state == TaskState.failed,
    )
)
_OF_JOB = select(tasks.c.id).where(
    tasks.c.job_id == bindparam("job_id"),
    tasks.c.id.in_(bindparam("ids", expanding=True)),
)


def fingerprint(sha256: str, edits: dict[str, Any], outputs: Sequence[dict[str, Any]]) -> str:
    """Hex that is equal for equal work: the same bytes, canonical edits and outputs."""
    return _fingerprint(sha256, _canonical(edits), _canonical(list(outputs)))


def create(connection: Connection, new: NewJob, now: float) -> tuple[Job, list[EditRequest], bool]:
    if not new.tasks:
        msg = "A job needs at least one photo."
        raise InvalidRequest(msg)
    job = Job(
        id=ids.new_id(ids.JOB, now),
        owner=new.owner,
        name=new.name,
        kind=new.kind,
        state=JobState.queued,
        counts=Counts(queued=len(new.tasks)),
        edits=new.edits,
        outputs=new.outputs,
        created_at=now,
    )
    first = _first_with_key(connection, new, job)
    if first is not None:
        return first, [], False
    _demand_photos(connection, new)
    rows = _task_rows(new, job)
    connection.execute(
        _INSERT_JOB,
        {
            "id": job.id,
            "owner": job.owner,
            "name": job.name,
            "kind": job.kind,
            "edits": job.edits,
            "outputs": list(job.outputs),
            "created_at": now,
            "attempts": 0,
            "expired_leases": 0,
            "cpu_seconds": 0.0,
            **job_progress(job),
        },
    )
    connection.execute(_INSERT_TASK, rows)
    connection.execute(_INSERT_OUTBOX, [{"task_id": row["id"], "since": now} for row in rows])
    changes.write_events(connection, [job_event(job, now)])
    requests = [_request(job, task, row["id"]) for task, row in zip(new.tasks, rows, strict=True)]
    return job, requests, True


def unsent(connection: Connection, before: float, limit: int) -> list[EditRequest]:
    rows = connection.execute(_UNSENT, {"before": before, "limit": limit})
    return [request_of(row) for row in rows]


def mark_sent(connection: Connection, task_ids: Sequence[str]) -> None:
    for some in chunks(task_ids):
        connection.execute(_DELETE_OUTBOX, {"ids": some})


def cancel(connection: Connection, owner: str, job_id: str, now: float) -> tuple[Job, bool]:
    """The job, and whether this changed it.

    One event of the job stands for all its tasks, as at its creation: what was not finished
    is cancelled.
    """
    job = _locked(connection, owner, job_id)
    if job.state is JobState.cancelled:
        return job, False
    if job.state in FINISHED:
        msg = "This job is finished already."
        raise Conflict(msg)
    connection.execute(_CANCEL_TASKS, {"of_job": job_id, "finished_at": now})
    connection.execute(_FORGET_JOB, {"job_id": job_id})
    counts = replace(
        job.counts,
        queued=0,
        running=0,
        cancelled=job.counts.cancelled + job.counts.unfinished,
    )
    job = replace(job, counts=counts, state=states.job_state(counts), finished_at=now)
    changes.save_jobs(connection, [job])
    changes.write_events(connection, [job_event(job, now)])
    return job, True


def retry(
    connection: Connection, owner: str, job_id: str, task_ids: Sequence[str] | None, now: float
) -> tuple[Job, list[EditRequest]]:
    _locked(connection, owner, job_id)
    if task_ids is not None:
        _demand_tasks(connection, job_id, task_ids)
    failed = [
        row
        for row in connection.execute(_FAILED, {"job_id": job_id})
        if task_ids is None or row.id in set(task_ids)
    ]
    possible = [row.id for row in failed if row.deleted_at is None]
    if failed and not possible:
        msg = "The photo was deleted, so it cannot be edited again."
        raise Conflict(msg)
    changes.change_tasks(connection, now, [job_id], possible, states.retried)
    mark_sent(connection, possible)  # of the generation before
    if possible:
        connection.execute(_INSERT_OUTBOX, [{"task_id": id_, "since": now} for id_ in possible])
    requests = [
        request_of(row)
        for some in chunks(possible)
        for row in connection.execute(_REQUESTS_OF, {"ids": some})
    ]
    return _locked(connection, owner, job_id), requests


def _first_with_key(connection: Connection, new: NewJob, job: Job) -> Job | None:
    """The job that this idempotency key made before; None if the key is taken for `job` now.

    The key is inserted before anything else, so of two at once one waits for the other here.
    """
    if new.idempotency_key is None:
        return None
    row = {
        "owner": new.owner,
        "key": new.idempotency_key,
        "body_hash": new.body_hash or "",
        "job_id": job.id,
        "created_at": job.created_at,
    }
    if insert_ignoring(connection, idempotency_keys, row):
        return None
    first = connection.execute(_KEY, {"owner": new.owner, "key": new.idempotency_key}).one()
    if first.body_hash != row["body_hash"]:
        msg = "This idempotency key was used for another job. Take a new one."
        raise InvalidIdempotencyKey(msg)
    return job_of(
        connection.execute(_JOB, {"owner": new.owner, "id": first.job_id}).one(),
    )


def _demand_photos(connection: Connection, new: NewJob) -> None:
    wanted = {task.photo.id for task in new.tasks}
    missing = wanted - photos.by_id(connection, new.owner, sorted(wanted), lock=True).keys()
    if missing:
        msg = f"There is no photo {min(missing)}."
        raise NotFound(msg)


def _demand_tasks(connection: Connection, job_id: str, task_ids: Sequence[str]) -> None:
    found = {
        row.id
        for some in chunks(task_ids)
        for row in connection.execute(_OF_JOB, {"job_id": job_id, "ids": some})
    }
    missing = set(task_ids) - found
    if missing:
        msg = f"This job has no task {min(missing)}."
        raise NotFound(msg)


def _task_rows(new: NewJob, job: Job) -> list[dict[str, Any]]:
    """The columns of all tasks: everything that is the same for all is made only once."""
    outputs = _canonical(list(new.outputs))
    common = _canonical(new.edits)
    rows = []
    for position, task in enumerate(new.tasks):
        own = task.edits is not new.edits and task.edits != new.edits
        edits = _canonical(task.edits) if own else common
        rows.append(
            {
                "id": ids.new_id(ids.TASK, job.created_at),
                "job_id": job.id,
                "owner": job.owner,
                "photo_id": task.photo.id,
                "filename": task.photo.filename,
                "position": position,
                "state": TaskState.queued,
                "generation": 1,
                "receive_base": 0,
                "edits": task.edits if own else None,
                "cost": task.cost,
                "check_existing": task.check_existing,
                "fingerprint": _fingerprint(task.photo.sha256, edits, outputs),
                "created_at": job.created_at,
            },
        )
    return rows


def _request(job: Job, task: NewTask, task_id: str) -> EditRequest:
    photo = task.photo
    return EditRequest(
        task_id=task_id,
        job_id=job.id,
        owner=job.owner,
        photo=PhotoRef(
            id=photo.id,
            key=photo.key,
            sha256=photo.sha256,
            filename=photo.filename,
            media_type=photo.media_type,
            bytes=photo.bytes,
        ),
        edits=task.edits,
        outputs=job.outputs,
        cost=task.cost,
        check_existing=task.check_existing,
    )


def _locked(connection: Connection, owner: str, job_id: str) -> Job:
    row = connection.execute(_JOB_LOCKED, {"owner": owner, "id": job_id}).one_or_none()
    if row is None:
        msg = f"There is no job {job_id}."
        raise NotFound(msg)
    return job_of(row)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _fingerprint(sha256: str, edits: str, outputs: str) -> str:
    return hashlib.sha256("\0".join([sha256, edits, outputs]).encode()).hexdigest()[:40]
