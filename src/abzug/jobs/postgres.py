"""The jobs database on PostgreSQL, for several web servers and trackers at once.

Writers lock the rows they change. Of the waits that remain the database may undo one; then
`Database.run` does it again. Events are written one transaction at a time, see `changes`, and
the same statement tells the listeners, so that no process can die between the two.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import select
import threading
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, func, text
from sqlalchemy import select as query
from sqlalchemy.dialects.postgresql import Insert, insert

from abzug.errors import DatabaseError

WRITERS = 12
READERS = 12
"""Connections of one process. A writer holds one while it waits for another's row; so many are
always left to those who only look."""
CHANNEL = "abzug_events"
UPGRADE_LOCK = 0x61627A7567
EVENTS_LOCK = UPGRADE_LOCK + 1
"""Numbers of advisory locks."""

_IN_ORDER = query(func.pg_advisory_xact_lock(EVENTS_LOCK), func.pg_notify(CHANNEL, ""))
_RING = query(func.pg_notify(CHANNEL, ""))
_NOW = query(func.extract("epoch", func.clock_timestamp()))
_CONNECT = {
    "application_name": "abzug",
    "connect_timeout": 10,
    # a server that is gone without a word is noticed within a minute, not two hours
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    # a process that froze amid a transaction must not keep the rows of all the others
    "options": "-c idle_in_transaction_session_timeout=60s -c lock_timeout=30s",
}


class Postgres:
    """See transactions.Backend. `url`: as libpq reads it, with all its options."""

    # one snapshot for all statements; a reader is never undone for it
    reading: ClassVar[dict[str, Any]] = {
        "isolation_level": "REPEATABLE READ",
        "postgresql_readonly": True,
    }
    tells: ClassVar[bool] = True

    def __init__(self, url: URL) -> None:
        self.engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            connect_args={k: v for k, v in _CONNECT.items() if k not in url.query},
            json_serializer=functools.partial(json.dumps, separators=(",", ":")),
            pool_size=WRITERS,
            max_overflow=READERS,
            # after a failover each pooled connection is dead: one small question finds out
            pool_pre_ping=True,
        )
        event.listen(self.engine, "begin", _begin)
        self._writers = threading.BoundedSemaphore(WRITERS)

    def gate(self) -> AbstractContextManager[Any]:
        return self._writers

    def lock_tables(self, connection: Connection) -> None:
        # another's upgrade of big tables may take longer than any row is waited for
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(query(func.pg_advisory_xact_lock(UPGRADE_LOCK)))

    def now(self, connection: Connection) -> float:
        return float(connection.scalar(_NOW) or 0)

    def order_events(self, connection: Connection) -> None:
        """And wake the listeners when it ends."""
        connection.execute(_IN_ORDER)

    def insert_if_new(self, table: Table) -> Insert:
        return insert(table).on_conflict_do_nothing()

    def check(self, connection: Connection) -> None:
        """It tells of damage when it meets it."""

    def waker(self, home: Path) -> Listener:  # noqa: ARG002
        return Listener(self.engine)

    def close(self) -> None:
        """The pool is all there is."""


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("abzug_durable") is False:
        connection.execute(text("SET LOCAL synchronous_commit TO off"))


class Listener:
    """A bell on LISTEN and NOTIFY; see bell.Bell. One connection, made at the first wait.

    A wait raises DatabaseError when the connection breaks. The next one connects again, and
    says that there may be news: what was told in between, nobody heard.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Any = None
        self._deaf = False
        self._wake, self._nudge = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def wait(self, timeout: float) -> bool:
        try:
            if self._connection is None:
                self._connection = self._listen()
            if self._heard():
                return True
            poll = select.poll()
            for fd in (self._connection.fileno(), self._wake):
                poll.register(fd, select.POLLIN)
            return bool(poll.poll(max(0.0, timeout) * 1000)) and self._heard()
        except (psycopg.Error, OSError) as error:
            self._disconnect()
            self._deaf = True
            msg = "The jobs database did not answer."
            raise DatabaseError(msg) from error

    def _listen(self) -> Any:
        fresh = self._engine.raw_connection()
        connection: Any = fresh.driver_connection
        fresh.detach()  # it is ours from now on, and not the pool's
        connection.rollback()
        connection.autocommit = True
        connection.execute(f"LISTEN {CHANNEL}")
        return connection

    def _heard(self) -> bool:
        """Whether there was a ring, a nudge, or a time when none could be heard."""
        nudged = False
        with contextlib.suppress(BlockingIOError):
            nudged = bool(os.read(self._wake, 4096))
        told = len(list(self._connection.notifies(timeout=0)))
        deaf, self._deaf = self._deaf, False
        return bool(told or nudged or deaf)

    def ring(self) -> None:
        with self._engine.connect() as connection:
            connection.execute(_RING)
            connection.commit()

    def nudge(self) -> None:
        with contextlib.suppress(BlockingIOError):  # full: it is awake already
            os.write(self._nudge, b"!")

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def close(self) -> None:
        self._disconnect()
        for fd in (self._wake, self._nudge):
            os.close(fd)
