"""Transactions of the jobs database, whichever engine is behind it.

What only SQLite or only PostgreSQL knows is in `sqlite.py` and `postgres.py`: how to connect,
how many may write at once, and how processes wake each other.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Insert, Table, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from abzug.errors import ConfigError, DatabaseDamaged, DatabaseError

TRIES = 6
"""How often a transaction is tried that the database undoes because of another one."""
PAUSE = 0.02
"""Seconds of the longest pause before the second try; each later one may be twice as long."""
UNDONE = frozenset({"40001", "40P01"})
"""SQLSTATE of a serialization failure and of a deadlock: nothing was done, try again."""

T = TypeVar("T")


class Waker(Protocol):
    """Wakes whoever waits for events, in every process; see bell.Bell."""

    def wait(self, timeout: float) -> bool: ...
    def ring(self) -> None: ...
    def nudge(self) -> None: ...
    def close(self) -> None: ...


class Backend(Protocol):
    """One kind of database. `tells`: a commit that wrote events wakes the waiters by itself."""

    engine: Engine
    reading: ClassVar[dict[str, Any]]
    """Execution options of a transaction that reads. Those that write have `abzug_durable`."""
    tells: ClassVar[bool]

    def gate(self) -> AbstractContextManager[None]:
        """What a writer passes before it takes a connection, so that readers find one, too."""
        ...

    def lock_tables(self, connection: Connection) -> None:
        """Until the end of the transaction nobody else upgrades."""
        ...

    def now(self, connection: Connection) -> float:
        """Unix seconds by the one clock that all processes share."""
        ...

    def order_events(self, connection: Connection) -> None:
        """Until the end of the transaction nobody else writes events; see `changes`."""
        ...

    def insert_if_new(self, table: Table) -> Insert:
        """An insert that does nothing where the primary key is taken."""
        ...

    def check(self, connection: Connection) -> None:
        """Raises DatabaseDamaged for damage that is seen in a moment."""
        ...

    def waker(self, home: Path) -> Waker: ...

    def close(self) -> None: ...


class Database:
    """A pool of connections, for many threads. Every error of it is raised as DatabaseError."""

    def __init__(self, url: str) -> None:
        """Raises ConfigError, DatabaseError."""
        self._damage: DatabaseDamaged | None = None
        with database_errors():
            self.backend = _backend(url)
        # what is done with a connection finds its backend at it
        self.engine = self.backend.engine.execution_options(abzug_backend=self.backend)
        self._reading = self.engine.execution_options(**self.backend.reading)
        self._durable = self.engine.execution_options(abzug_durable=True)
        self._relaxed = self.engine.execution_options(abzug_durable=False)

    def check(self) -> None:
        """Raises DatabaseDamaged if it is, or was once: it does not get well by itself."""
        if self._damage:
            raise self._damage
        with self.read() as connection:
            self.backend.check(connection)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            with database_errors():
                yield
        except DatabaseDamaged as error:
            self._damage = error
            raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees the database as it is now, and never waits for a writer."""
        with self._errors(), self._reading.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """A transaction that is committed at the end, or rolled back by an exception.

        durable: on disk on return. Without it a power cut (not a crash) may take it back.
        """
        engine = self._durable if durable else self._relaxed
        with self._errors(), self.backend.gate(), engine.begin() as connection:
            yield connection

    def run(self, step: Callable[[Connection], T], *, durable: bool = True) -> T:
        """What `step` gives in a transaction; it is called again if the database undid it."""
        for tried in itertools.count(1):
            try:
                with self.write(durable=durable) as connection:
                    return step(connection)
            except DatabaseError as error:
                if tried == TRIES or not _was_undone(error):
                    raise
            time.sleep(random.uniform(0, PAUSE * 2**tried))  # noqa: S311  no secret
        raise AssertionError("unreachable")

    def close(self) -> None:
        self.engine.dispose()
        self.backend.close()


def _backend(url: str) -> Backend:
    """Raises ConfigError."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        msg = "the database URL cannot be read: check ABZUG_DATABASE_URL"
        raise ConfigError(msg) from error
    # each is imported only where it is used: psycopg would cost every start 0.1 s
    if parsed.drivername == "sqlite":
        from abzug.jobs.sqlite import Sqlite

        return Sqlite(parsed)
    if parsed.drivername == "postgresql":
        from abzug.jobs.postgres import Postgres

        return Postgres(parsed)
    msg = f"no jobs database for {parsed.drivername!r}: use sqlite or postgresql"
    raise ConfigError(msg)


@contextmanager
def database_errors() -> Iterator[None]:
    """Errors of the driver, the pool and the lock file leave this block as DatabaseError."""
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error, OSError) as error:
        if _is_damage(error):
            raise DatabaseDamaged("The jobs database is damaged.") from error
        msg = "The jobs database did not answer."
        raise DatabaseError(msg) from error


def _is_damage(error: Exception) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    # the upper bytes of an extended code say where; the lowest says what
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _was_undone(error: DatabaseError) -> bool:
    cause = error.__cause__
    return isinstance(cause, DBAPIError) and getattr(cause.orig, "sqlstate", None) in UNDONE


def backend_of(connection: Connection) -> Backend:
    """What is behind a connection of a Database."""
    backend: Backend = connection.get_execution_options()["abzug_backend"]
    return backend


def insert_ignoring(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row unless its primary key is taken; whether it was inserted."""
    # returning, as drivers do not agree on the row count of an insert
    statement = backend_of(connection).insert_if_new(table).returning(*table.primary_key)
    return connection.execute(statement, row).first() is not None
