"""New jobs: job, tasks, outbox, idempotency key and one event in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from abzug.errors import InvalidIdempotencyKey, InvalidRequest
from abzug.jobs import changes, ids, outbox, photos
from abzug.jobs.records import Counts, Job, JobState, NewJob, NewTask, TaskState
from abzug.jobs.rows import job_event, job_of, job_progress
from abzug.jobs.schema import idempotency_keys, jobs, tasks
from abzug.jobs.transactions import insert_ignoring
from abzug.messages import EditRequest, PhotoRef

_KEY = select(idempotency_keys.c.body_hash, idempotency_keys.c.job_id).where(
    idempotency_keys.c.owner == bindparam("owner"),
    idempotency_keys.c.key == bindparam("key"),
)
_JOB = select(jobs).where(jobs.c.id == bindparam("id"))
_INSERT_JOB = insert(jobs)
_INSERT_TASK = insert(tasks)


def fingerprint(sha256: str, edits: dict[str, Any], outputs: Sequence[dict[str, Any]]) -> str:
    """40 hex digits that are equal for equal work: the same bytes, canonical edits and outputs."""
    return _fingerprint(sha256, _canonical(edits), _canonical(list(outputs)))


@dataclass(frozen=True, slots=True)
class Draft:
    """A job that is not written down yet, its columns, those of its tasks, and its requests."""

    job: Job
    row: dict[str, Any]
    tasks: list[dict[str, Any]]
    requests: list[EditRequest]


def draft(new: NewJob, now: float) -> Draft:
    """Everything that can be made before the transaction, as all other writers wait for that.

    Raises InvalidRequest without photos.
    """
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
    rows = _task_rows(new, job)
    requests = [_request(job, task, row["id"]) for task, row in zip(new.tasks, rows, strict=True)]
    return Draft(job, _job_row(job), rows, requests)


def create(
    connection: Connection, new: NewJob, drafted: Draft
) -> tuple[Job, list[EditRequest], bool]:
    job = drafted.job
    first = _first_with_key(connection, new, job)
    if first is not None:
        return first, [], False
    needed = {task.photo.id for task in new.tasks}.union(new.also_needs)
    photos.hold(connection, new.owner, sorted(needed))
    connection.execute(_INSERT_JOB, drafted.row)
    connection.execute(_INSERT_TASK, drafted.tasks)
    outbox.add(connection, [row["id"] for row in drafted.tasks], job.created_at)
    changes.write_events(connection, [job_event(job, job.created_at)])
    return job, drafted.requests, True


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
    return job_of(connection.execute(_JOB, {"id": first.job_id}).one())


def _job_row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "owner": job.owner,
        "name": job.name,
        "kind": job.kind,
        "attempts": 0,
        "expired_leases": 0,
        "cpu_seconds": 0.0,
        "edits": job.edits,
        "outputs": list(job.outputs),
        "created_at": job.created_at,
        **job_progress(job),
    }


def _task_rows(new: NewJob, job: Job) -> list[dict[str, Any]]:
    """The columns of all tasks; what is the same for all is made only once."""
    outputs, common = _canonical(list(new.outputs)), _canonical(new.edits)
    rows = []
    for position, task in enumerate(new.tasks):
        own = task.edits != new.edits
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
                "edits": task.edits if own else None,
                "cost": task.cost,
                "check_existing": task.check_existing,
                "fingerprint": _fingerprint(task.photo.sha256, edits, outputs),
                "silent_since": job.created_at,
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
        digests=task.digests or None,
    )


def _canonical(value: Any) -> str:
    """Unlike in keys.digest_of what is not ASCII is escaped: what is made of either is written
    down, in rows and as names of objects, so neither can change."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _fingerprint(sha256: str, edits: str, outputs: str) -> str:
    return hashlib.sha256(f"{sha256}\n{edits}\n{outputs}".encode()).hexdigest()[:40]
