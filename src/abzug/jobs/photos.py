"""Photos: added once, never changed, deleted by their owner."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    String,
    bindparam,
    cast,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from abzug.errors import Conflict, NotFound
from abzug.jobs import cursors
from abzug.jobs.chunks import chunks
from abzug.jobs.records import JobState, Page, Photo, TaskState
from abzug.jobs.rows import PHOTO_FIELDS, photo_of, photo_values
from abzug.jobs.schema import jobs, photos, tasks

_INSERT = insert(photos)
_MINE = select(*(photos.c[name] for name in PHOTO_FIELDS)).where(
    photos.c.owner == bindparam("owner"), photos.c.deleted_at.is_(None)
)
_ONE = _MINE.where(photos.c.id == bindparam("id"))
_SOME = _MINE.where(photos.c.id.in_(bindparam("ids", expanding=True)))
_IDS_LOCKED = _SOME.with_only_columns(photos.c.id).with_for_update(read=True)
_PAGE = (
    _MINE.where(photos.c.id < bindparam("after"))
    .order_by(photos.c.id.desc())
    .limit(bindparam("limit"))
)
_EVERY = (
    select(*(photos.c[name] for name in PHOTO_FIELDS))
    .where(photos.c.deleted_at.is_(None), photos.c.id > bindparam("after"))
    .order_by(photos.c.id)
    .limit(bindparam("limit"))
)
_OF_PHOTO = select(exists().where(tasks.c.photo_id == bindparam("id")))
_NEEDED = select(
    exists().where(
        tasks.c.photo_id == bindparam("id"),
        tasks.c.state.in_([TaskState.queued, TaskState.running]),
    ),
)
_NAMED: BindParameter[str] = bindparam("named")
# In a job's edits, or in those of one of its photos. An id is like no other text that stands there.
_NEEDED_BY_EDITS = select(
    exists().where(
        jobs.c.owner == bindparam("owner"),
        jobs.c.state.in_([JobState.queued, JobState.running]),
        or_(
            cast(jobs.c.edits, String).like(_NAMED),
            exists().where(tasks.c.job_id == jobs.c.id, cast(tasks.c.edits, String).like(_NAMED)),
        ),
    ),
)
_MARK = update(photos).where(photos.c.id == bindparam("photo_id"))
_DELETE = delete(photos).where(photos.c.id == bindparam("photo_id"))


def add(connection: Connection, photo: Photo) -> None:
    connection.execute(_INSERT, photo_values(photo))


def get(connection: Connection, owner: str, photo_id: str) -> Photo:
    return _one(connection, _ONE, owner, photo_id)


def by_id(connection: Connection, owner: str, ids: Sequence[str]) -> dict[str, Photo]:
    return {
        row.id: photo_of(row)
        for some in chunks(ids)
        for row in connection.execute(_SOME, {"owner": owner, "ids": some})
    }


def hold(connection: Connection, owner: str, ids: Sequence[str]) -> None:
    """Raises NotFound unless all are there; none can be deleted until the transaction ends."""
    for some in chunks(ids):
        found = connection.scalars(_IDS_LOCKED, {"owner": owner, "ids": some})
        if missing := set(some).difference(found):
            msg = f"There is no photo {min(missing)}."
            raise NotFound(msg)


def page(connection: Connection, owner: str, limit: int, cursor: str | None) -> Page[Photo]:
    after = cursors.id_after(cursor)
    rows = connection.execute(_PAGE, {"owner": owner, "after": after, "limit": limit + 1}).all()
    return cursors.page_of(rows, limit, "id", photo_of)


def after(connection: Connection, photo_id: str, limit: int) -> list[Photo]:
    """Of all owners, in order of id."""
    rows = connection.execute(_EVERY, {"after": photo_id, "limit": limit})
    return [photo_of(row) for row in rows]


def remove(connection: Connection, owner: str, photo_id: str, now: float) -> Photo:
    """Remove a photo; where finished tasks refer to it its row stays, but is never seen again."""
    photo = _one(connection, _ONE.with_for_update(), owner, photo_id)
    by_edits = {"owner": owner, "named": f"%{photo_id}%"}
    if connection.scalar(_NEEDED, {"id": photo_id}) or connection.scalar(
        _NEEDED_BY_EDITS, by_edits
    ):
        msg = "A job that is not finished still needs this photo. Cancel the job first."
        raise Conflict(msg)
    if connection.scalar(_OF_PHOTO, {"id": photo_id}):
        connection.execute(_MARK, {"photo_id": photo_id, "deleted_at": now})
    else:
        connection.execute(_DELETE, {"photo_id": photo_id})
    return photo


def _one(connection: Connection, statement: Select[tuple[object]], owner: str, id_: str) -> Photo:
    row = connection.execute(statement, {"owner": owner, "id": id_}).one_or_none()
    if row is None:
        msg = f"There is no photo {id_}."
        raise NotFound(msg)
    return photo_of(row)
