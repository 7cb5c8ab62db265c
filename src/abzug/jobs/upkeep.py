"""What keeps the service itself going: leases of roles, sums for operators, pruning, health."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, inspect, or_, select, text, update

from abzug.errors import DatabaseError
from abzug.jobs import pace
from abzug.jobs.chunks import CHUNK
from abzug.jobs.records import TaskState
from abzug.jobs.schema import REVISION, events, idempotency_keys, jobs, leases, tasks
from abzug.jobs.transactions import insert_ignoring

_TAKE_LEASE = update(leases).where(
    leases.c.name == bindparam("of_name"),
    or_(
        leases.c.holder == bindparam("by_holder"),
        leases.c.until <= bindparam("now"),
        leases.c.until > bindparam("latest"),  # the clock was set back since
    ),
)
_SUMS = select(
    *(func.coalesce(func.sum(jobs.c[state]), 0).label(state) for state in TaskState),
    func.coalesce(func.sum(jobs.c.attempts), 0).label("attempts"),
    func.coalesce(func.sum(jobs.c.expired_leases), 0).label("expired_leases"),
    func.coalesce(func.sum(jobs.c.cpu_seconds), 0.0).label("cpu_seconds"),
)
_DEAD_LETTERS = select(func.count()).where(tasks.c.dead_at.is_not(None))
_PRUNE_EVENTS = delete(events).where(
    events.c.id.in_(
        select(events.c.id)
        .where(events.c.at < bindparam("before"))
        .limit(CHUNK)
        .with_for_update(skip_locked=True)  # another tracker prunes as well
    )
)
_PRUNE_KEYS = delete(idempotency_keys).where(idempotency_keys.c.created_at < bindparam("before"))
_REVISION = text("SELECT version_num FROM alembic_version")


def acquire_lease(connection: Connection, name: str, holder: str, ttl: float, now: float) -> bool:
    row = {"name": name, "holder": holder, "until": now + ttl}
    taken = connection.execute(
        _TAKE_LEASE, {**row, "of_name": name, "by_holder": holder, "now": now, "latest": now + ttl}
    )
    return taken.rowcount == 1 or insert_ignoring(connection, leases, row)


def stats(connection: Connection) -> dict[str, Any]:
    row = connection.execute(_SUMS).one()
    return {
        "tasks": {str(state): int(getattr(row, state)) for state in TaskState},
        "attempts": int(row.attempts),
        "expired_leases": int(row.expired_leases),
        "cpu_seconds": float(row.cpu_seconds),
        "dead_letters": int(connection.scalar(_DEAD_LETTERS) or 0),
        "waiting_cpu_seconds": pace.waiting(connection),
        "pace": pace.pace(connection),
    }


def prune_events(connection: Connection, before: float) -> bool:
    """Forget some old events; whether there are more. A few at a time, as writers wait for it."""
    return connection.execute(_PRUNE_EVENTS, {"before": before}).rowcount == CHUNK


def prune_keys(connection: Connection, before: float) -> None:
    connection.execute(_PRUNE_KEYS, {"before": before})


def is_upgraded(connection: Connection) -> bool:
    """Whether the tables are those that this code knows."""
    return (
        inspect(connection).has_table("alembic_version")
        and connection.scalar(_REVISION) == REVISION
    )


def ping(connection: Connection) -> None:
    if not is_upgraded(connection):
        msg = "The jobs database is of another version than this program."
        raise DatabaseError(msg, advice="Run `abzug db upgrade` with the newest program.")
