"""Unfinished tasks of which nothing is heard: their requests may be lost, and are sent again.

A task is silent since its request was sent or since news last changed it. The index holds only
those that are not finished, so nobody has to look through the years.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select, update

from abzug.jobs import outbox
from abzug.jobs.chunks import chunks
from abzug.jobs.schema import outbox as unsent
from abzug.jobs.schema import tasks

LATE = 5.0
"""Seconds after which a send counts as news: most are sent at once, and need no write for it."""

_SENT_LATE = (
    select(tasks.c.id)
    .where(
        tasks.c.id.in_(bindparam("ids", expanding=True)),
        tasks.c.silent_since < bindparam("before"),
    )
    .order_by(tasks.c.id)
    .with_for_update(skip_locked=True)  # who holds it has news of it
)
_SILENT = (
    select(tasks.c.id)
    .where(
        tasks.c.silent_since < bindparam("before"),
        tasks.c.id.not_in(select(unsent.c.task_id)),
    )
    .order_by(tasks.c.silent_since)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)  # another tracker looks as well
)
_HEARD_OF = update(tasks).where(tasks.c.id.in_(bindparam("ids", expanding=True)))


def sent(connection: Connection, task_ids: Sequence[str], now: float) -> None:
    """Their requests were put on the queue now, some of them perhaps long after the order."""
    for some in chunks(task_ids):
        late = list(connection.scalars(_SENT_LATE, {"ids": some, "before": now - LATE}))
        if late:
            connection.execute(_HEARD_OF.values(silent_since=now), {"ids": late})


def find(connection: Connection, before: float, limit: int) -> list[str]:
    """Tasks that are silent since before that time, the longest first, and wait for no sending."""
    return list(connection.scalars(_SILENT, {"before": before, "limit": limit}))


def send_again(connection: Connection, task_ids: Sequence[str], now: float) -> None:
    """Put them into the outbox, in their present generation."""
    for some in chunks(task_ids):
        connection.execute(_HEARD_OF.values(silent_since=now), {"ids": some})
    outbox.add_missing(connection, task_ids, now)
