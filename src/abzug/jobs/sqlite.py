"""The jobs database in one file, in WAL mode: any number of readers beside one writer.

Writers queue on a lock file, where the kernel wakes the next one at once and forgets the dead;
SQLite's own busy handler would sleep and poll, which ruins the 95th percentile. What is
acknowledged to somebody is committed with `synchronous=FULL` (on disk on return), the rest
without waiting for the disk.
"""

from __future__ import annotations

import functools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import URL, Connection, Table, create_engine, event
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.pool import QueuePool

from abzug.errors import ConfigError, DatabaseDamaged
from abzug.system.bell import Bell
from abzug.system.file_lock import FileLock
from abzug.system.private import private_file, private_folder

CHECKED = 16 * 2**20
"""Bytes of the largest file that is read to see whether it is whole: 50 ms."""
BUSY_SECONDS = 10.0
"""How long SQLite waits for a stranger (a backup, a person's shell) who holds the database."""


class Sqlite:
    """See transactions.Backend. Raises ConfigError, OSError, sqlite3.Error."""

    reading: ClassVar[dict[str, Any]] = {}
    tells: ClassVar[bool] = False

    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:":
            msg = "the database must be a file, as several processes use it: sqlite:///PATH"
            raise ConfigError(msg)
        path = Path(url.database)
        self._path = path
        private_folder(path.parent)
        private_file(path)
        self._threads = threading.Lock()
        self._lock = FileLock(path.with_name(path.name + ".lock"))
        self.engine = create_engine(
            url,
            connect_args={"timeout": BUSY_SECONDS},
            json_serializer=functools.partial(json.dumps, separators=(",", ":")),
            poolclass=QueuePool,
            pool_size=16,
            max_overflow=48,
        )
        event.listen(self.engine, "connect", _prepare)
        event.listen(self.engine, "begin", _begin)
        # kept in the file; locked, as two who switch at once would get "database is locked"
        with self.gate(), self.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA journal_mode=WAL")

    @contextmanager
    def gate(self) -> Iterator[None]:
        with self._threads, self._lock:
            yield

    def lock_tables(self, connection: Connection) -> None:
        """The one writer is alone."""

    def now(self, connection: Connection) -> float:  # noqa: ARG002
        return time.time()

    def order_events(self, connection: Connection) -> None:
        """The one writer is alone."""

    def insert_if_new(self, table: Table) -> Insert:
        return insert(table).on_conflict_do_nothing()

    def check(self, connection: Connection) -> None:
        """Reads all of a small file; of a large one that would take too long, at each look."""
        if self._path.stat().st_size > CHECKED:
            return
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise DatabaseDamaged("The jobs database is damaged.")

    def waker(self, home: Path) -> Bell:
        return Bell(home / "bells" / "jobs")

    def close(self) -> None:
        self._lock.close()


def _prepare(connection: Any, _record: object) -> None:
    # no transaction begins by itself: we say which kind
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    durable = connection.get_execution_options().get("abzug_durable")
    if durable is None:
        connection.exec_driver_sql("BEGIN")
    else:
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
