"""The outbox: which tasks' requests are not yet known to be in the queue.

A row is written with its task, in one transaction, and goes when the send is confirmed or a
worker reports. The request itself is not kept: it is made anew from task, job and photo.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from abzug.jobs.chunks import chunks
from abzug.jobs.rows import AnyRow
from abzug.jobs.schema import attempts, jobs, outbox, photos, tasks
from abzug.jobs.transactions import backend_of
from abzug.messages import EditRequest, PhotoRef

_INSERT = insert(outbox)
_DELETE = delete(outbox).where(outbox.c.task_id.in_(bindparam("ids", expanding=True)))
_DELETE_OF_JOB = delete(outbox).where(
    outbox.c.task_id.in_(select(tasks.c.id).where(tasks.c.job_id == bindparam("job_id"))),
)
_EARLIER = (
    select(func.max(attempts.c.receive_count))
    .where(attempts.c.task_id == tasks.c.id, attempts.c.generation == tasks.c.generation)
    .scalar_subquery()
    .label("earlier")
)
_REQUESTS = (
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
        photos.c.key,
        photos.c.sha256,
        photos.c.media_type,
        photos.c.bytes,
        _EARLIER,
    )
    .join(jobs, jobs.c.id == tasks.c.job_id)
    .join(photos, photos.c.id == tasks.c.photo_id)
)
_REQUESTS_OF = _REQUESTS.where(tasks.c.id.in_(bindparam("ids", expanding=True))).order_by(
    tasks.c.position,
)
_UNSENT = (
    _REQUESTS.join(outbox, outbox.c.task_id == tasks.c.id)
    .where(outbox.c.since <= bindparam("before"))
    .order_by(outbox.c.since, tasks.c.position)
    .limit(bindparam("limit"))
)


def add(connection: Connection, task_ids: Sequence[str], now: float) -> None:
    """The tasks must have no row yet."""
    if task_ids:
        connection.execute(_INSERT, [{"task_id": id_, "since": now} for id_ in task_ids])


def add_missing(connection: Connection, task_ids: Sequence[str], now: float) -> None:
    """As `add`, for tasks of which some may wait there already."""
    if task_ids:
        statement = backend_of(connection).insert_if_new(outbox)
        connection.execute(statement, [{"task_id": id_, "since": now} for id_ in task_ids])


def remove(connection: Connection, task_ids: Sequence[str]) -> None:
    for some in chunks(task_ids):
        connection.execute(_DELETE, {"ids": some})


def remove_job(connection: Connection, job_id: str) -> None:
    connection.execute(_DELETE_OF_JOB, {"job_id": job_id})


def unsent(connection: Connection, before: float, limit: int) -> list[EditRequest]:
    """The requests that wait since `before` or longer, oldest first."""
    rows = connection.execute(_UNSENT, {"before": before, "limit": limit})
    return [_request_of(row) for row in rows]


def requests(connection: Connection, task_ids: Sequence[str]) -> list[EditRequest]:
    """The requests of tasks as they are now, in the order of their positions."""
    return [
        _request_of(row)
        for some in chunks(task_ids)
        for row in connection.execute(_REQUESTS_OF, {"ids": some})
    ]


def _request_of(row: AnyRow) -> EditRequest:
    return EditRequest(
        task_id=row.id,
        job_id=row.job_id,
        owner=row.owner,
        generation=row.generation,
        earlier=row.earlier,
        photo=PhotoRef(
            id=row.photo_id,
            key=row.key,
            sha256=row.sha256,
            filename=row.filename,
            media_type=row.media_type,
            bytes=row.bytes,
        ),
        edits=row.job_edits if row.edits is None else row.edits,
        outputs=tuple(row.outputs),
        cost=row.cost,
        check_existing=row.check_existing,
    )
