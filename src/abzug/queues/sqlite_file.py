"""The SQLite file that holds the embedded queues: one writer at a time, durable on demand.

Why a commit followed by `sync` survives a power cut although `synchronous` is NORMAL, which
syncs nothing at a commit:

1. A commit appends its pages to the write-ahead log (WAL). `sync` calls fdatasync on the WAL
   after the commit, so those pages, all before them and the WAL's header are on disk. What a
   crash leaves is replayed up to the last commit whose checksums hold: ours among them.
2. A checkpoint between the commit and the fdatasync moves pages into the main file. In NORMAL
   it syncs the WAL before it copies and the main file after it, and only then may a writer
   begin the WAL anew from its start. So whatever the WAL no longer holds is on disk in the main
   file, and it does not matter that the fdatasync then finds other pages in the WAL. With OFF
   this would be false: so every connection, a consumer's too, is NORMAL, for any may checkpoint.
3. The WAL is removed by the last connection that closes, after a checkpoint, and by nothing
   else. Ours is open, so the WAL's name still means the file that our commit went to.
   (Closing a descriptor drops a process's locks of that file; SQLite keeps none on the WAL.)
4. The names of both files are in their folder, which is synced once when they are opened.

The fdatasync comes after the write lock is given back: senders that wait for the disk together
wait no longer than one alone, where a sync in the lock would make them wait in line.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from abzug.errors import QueueError
from abzug.queues.sqlite_schema import SCHEMA, VERSION
from abzug.system.file_lock import FileLock
from abzug.system.private import private_file, private_folder

BUSY_SECONDS = 10.0
"""How long SQLite waits for a lock that another program holds; ours queue at the lock file."""
WAL_PAGES = 500
"""Pages in the WAL after which a commit checkpoints: 2 MB. Half of SQLite's own, as the file stays
in the processor's cache then: a message costs an eighth less than with 4,000, on disk no more."""

# macOS has no fdatasync
fdatasync: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)


class SqliteFile:
    """One connection behind one mutex, shared by all threads.

    A connection for each thread was measured: no faster, as SQLite has one writer anyway. The
    lock file keeps processes in line, where SQLite itself would sleep and try again; the kernel
    frees it when its holder is killed.
    """

    def __init__(self, path: Path) -> None:
        self._mutex = threading.Lock()
        self._wal = f"{path}-wal"
        self._idle_wals: list[int] = []
        self._sync_failed = False
        self._closed = False
        with ExitStack() as opened, queue_errors():
            private_folder(path.parent)
            private_file(path)
            self._only_writer = opened.enter_context(closing(FileLock(f"{path}-lock")))
            self._sql = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            opened.callback(self._sql.close)
            self._transaction = Transaction(self._sql, self._mutex, self._only_writer)
            self._prepare()
            _sync_folder(path.parent)
            self._opened = opened.pop_all()

    def _prepare(self) -> None:
        with self._only_writer:  # else two processes may switch to WAL at once
            for pragma in (
                "journal_mode = WAL",
                "synchronous = NORMAL",
                f"wal_autocheckpoint = {WAL_PAGES}",
                # else the WAL keeps the size of its worst day
                f"journal_size_limit = {2 * WAL_PAGES * 4096}",
                "cache_size = -16384",
            ):
                self._sql.execute(f"PRAGMA {pragma}")
            (version,) = self._sql.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                raise QueueError("The queue's file was made by a newer Abzug.")
            if version < VERSION:
                self._sql.executescript(
                    f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;"
                )

    def read(self, query: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        """All rows of one query, of one moment; does not wait for other processes."""
        with queue_errors(), self._mutex:
            self.check_open()
            return self._sql.execute(query, parameters).fetchall()

    def write(self) -> Transaction:
        """`with file.write() as sql:` does all of the block or, if it raises, nothing.

        Durable after `sync`.
        """
        self.check_open()
        return self._transaction

    def check_open(self) -> None:
        if self._closed:
            raise QueueError("The queue was closed.")

    def sync(self) -> None:
        """On return all that this process committed before the call survives a power cut."""
        if self._sync_failed:
            raise QueueError("The disk failed to keep a message; restart once it is well.")
        with queue_errors():
            # each sync under way has a descriptor of its own: of threads that share one, the
            # kernel would tell only one of an error
            try:
                wal = self._idle_wals.pop()
            except IndexError:
                wal = os.open(self._wal, os.O_RDONLY | os.O_CLOEXEC)
            try:
                fdatasync(wal)
            except OSError:
                # The kernel now calls the lost pages clean: a later sync would succeed without
                # them, and what is after a gap in the WAL is not replayed.
                self._sync_failed = True
                raise
            finally:
                self._idle_wals.append(wal)

    def integrity_check(self) -> str:
        return "\n".join(row[0] for row in self.read("PRAGMA integrity_check"))

    def close(self) -> None:
        with self._mutex:
            self._closed = True
            self._opened.close()
            while self._idle_wals:
                os.close(self._idle_wals.pop())


class Transaction:
    """The one write transaction of a file: a thread, of a process, at a time is in it.

    Not a generator with `contextmanager`: that alone is a twentieth of a send.
    """

    def __init__(self, sql: sqlite3.Connection, mutex: threading.Lock, lock: FileLock) -> None:
        self._sql = sql
        self._mutex = mutex
        self._lock = lock

    def __enter__(self) -> sqlite3.Connection:
        self._mutex.acquire()
        try:
            with queue_errors():
                self._begin()
        except BaseException:
            self._mutex.release()
            raise
        return self._sql

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        try:
            with queue_errors():
                self._end(error)
        finally:
            self._lock.__exit__()
            self._mutex.release()

    def _begin(self) -> None:
        self._lock.__enter__()
        try:
            self._sql.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._lock.__exit__()
            raise

    def _end(self, error: BaseException | None) -> None:
        try:
            if error is not None:
                raise error
            self._sql.execute("COMMIT")
        finally:
            if self._sql.in_transaction:
                self._sql.execute("ROLLBACK")


class _QueueErrors:
    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, sqlite3.Error):
            # the upper bytes of an extended code say where; the lowest says what
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            raise _queue_error(_SQLITE.get(code)) from error
        if isinstance(error, OSError):
            raise _queue_error(_SYSTEM.get(error.errno or 0)) from error


_QUEUE_ERRORS = _QueueErrors()


def queue_errors() -> _QueueErrors:
    """What SQLite or the system raises in this block leaves it as a QueueError.

    No generator either: it is around all that is done here.
    """
    return _QUEUE_ERRORS


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _queue_error(what: str | None) -> QueueError:
    if what == _FULL:
        return QueueError(what, advice="Free some space, then try again.")
    if what == _DAMAGED:
        return QueueError(what, advice="Stop Abzug and restore the queue's file.")
    return QueueError(what or "The queue failed.")


_FULL = "The disk of the queue is full."
_DAMAGED = "The queue's file is damaged."
_REFUSED = "The queue's file cannot be opened or written."
_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_BUSY: "The queue is busy.",
    sqlite3.SQLITE_LOCKED: "The queue is busy.",
    sqlite3.SQLITE_READONLY: _REFUSED,
    sqlite3.SQLITE_CANTOPEN: _REFUSED,
    sqlite3.SQLITE_PERM: _REFUSED,
}
_SYSTEM = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _REFUSED,
    errno.EPERM: _REFUSED,
    errno.EROFS: _REFUSED,
}
