"""Connections to the jobs database; everything that only SQLite (or PostgreSQL) knows is here.

SQLite, in WAL mode: any number of readers beside one writer. Writers queue on a lock file, where
the kernel wakes the next one at once and forgets the dead; SQLite's own busy handler would sleep
and poll, which ruins the 95th percentile. What is acknowledged to somebody is committed with
`synchronous=FULL` (on disk on return), the rest without waiting for the disk.
"""

from __future__ import annotations

import fcntl
import functools
import importlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from abzug.errors import ConfigError, DatabaseError

BUSY_SECONDS = 10.0
"""How long SQLite waits for a stranger (a backup, a person's shell) who holds the database."""
UPGRADE_LOCK = 0x61627A7567
"""Number of PostgreSQL's advisory lock that one upgrade at a time holds."""


class FileLock:
    """A lock between threads and processes; a process that dies lets go of it."""

    def __init__(self, path: Path) -> None:
        self._threads = threading.Lock()
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextmanager
    def held(self) -> Iterator[None]:
        with self._threads:
            fcntl.flock(self._fd, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._fd, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._fd)


class Database:
    """A pool of connections, for many threads. Every error of it is raised as DatabaseError."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self._lock: FileLock | None = None
        if self.engine.dialect.name == "sqlite":
            path = Path(str(self.engine.url.database))
            with translated():
                path.parent.mkdir(parents=True, exist_ok=True)
                self._lock = FileLock(path.with_name(path.name + ".lock"))
                _use_wal(self.engine, self._lock)
        self._durable = self.engine.execution_options(abzug_writes="FULL")
        self._relaxed = self.engine.execution_options(abzug_writes="NORMAL")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees the database as it is now, and never waits for a writer."""
        with translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def upgrade(self) -> Iterator[Connection]:
        """A transaction that alone, among all processes, may change the tables."""
        with self.write() as connection:
            if self._lock is None:
                connection.execute(select(func.pg_advisory_xact_lock(UPGRADE_LOCK)))
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """A transaction that is committed at the end, or rolled back by an exception.

        durable: on disk on return. Without it a power cut (not a crash) may take it back.
        """
        engine = self._durable if durable else self._relaxed
        with translated():
            if self._lock is None:
                with engine.begin() as connection:
                    yield connection
            else:
                # before the connection is taken: waiting writers would use up the pool
                with self._lock.held(), engine.begin() as connection:
                    yield connection

    def close(self) -> None:
        self.engine.dispose()
        if self._lock is not None:
            self._lock.close()


def make_engine(url: str) -> Engine:
    """The engine of a URL, `sqlite:///PATH` or `postgresql://…`. Raises ConfigError."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        msg = "the database URL cannot be read: check ABZUG_DATABASE_URL"
        raise ConfigError(msg) from error
    options: dict[str, Any] = {
        "json_serializer": functools.partial(json.dumps, separators=(",", ":")),
        "poolclass": QueuePool,
        "pool_size": 16,
        "max_overflow": 48,
    }
    if parsed.drivername == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            msg = "the database must be a file, as several processes use it: sqlite:///PATH"
            raise ConfigError(msg)
        engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS}, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.drivername == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), **options)
    msg = f"no jobs database for {parsed.drivername!r}: use sqlite or postgresql"
    raise ConfigError(msg)


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the driver, the pool and the lock file leave this block as DatabaseError."""
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error, OSError) as error:
        msg = "The jobs database did not answer."
        raise DatabaseError(msg) from error


def insert_ignoring(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row unless its primary key is taken; whether it was inserted."""
    # either has its own insert, and importing the other's dialect would cost every start 0.16 s
    insert = importlib.import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert
    # returning, as drivers do not agree on the row count of an insert
    statement = insert(table).on_conflict_do_nothing().returning(*table.primary_key)
    return connection.execute(statement, row).first() is not None


def _use_wal(engine: Engine, lock: FileLock) -> None:
    # kept in the file; locked, as two who switch at once would get "database is locked"
    with lock.held(), engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA journal_mode=WAL")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # no transaction begins by itself: _begin_sqlite says which kind
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    synchronous = connection.get_execution_options().get("abzug_writes")
    if synchronous is None:
        connection.exec_driver_sql("BEGIN")
    else:
        connection.exec_driver_sql(f"PRAGMA synchronous={synchronous}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
