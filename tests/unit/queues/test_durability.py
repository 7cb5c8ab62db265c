"""What was acknowledged survives a power cut, and the write-ahead log stays small."""

import fcntl
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Never

import pytest
from tests.unit.queues.filling import send_many

from abzug.errors import QueueError
from abzug.queues import sqlite_file
from abzug.queues.sqlite import SqliteQueue


def wal_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def messages_in(folder: Path) -> list[str]:
    """What a new start finds in a copy of the files."""
    with sqlite3.connect(folder / "queue.db") as database:
        rows = database.execute("SELECT body FROM messages").fetchall()
    database.close()
    return [body for (body,) in rows]


def test_a_send_is_committed_then_synced_outside_the_lock_and_then_acknowledged(
    queue: SqliteQueue,
    path: Path,
    tmp_path: Path,
    at_sync: Callable[[Callable[[int], object]], None],
) -> None:
    seen = []

    def sync(descriptor: int) -> None:
        assert os.path.samestat(os.fstat(descriptor), wal_of(path).stat())
        with path.with_name("queue.db-lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        copy = tmp_path / "power cut"
        copy.mkdir()
        for name in ("queue.db", "queue.db-wal"):
            shutil.copy(path.with_name(name), copy)
        seen.append(messages_in(copy))

    at_sync(sync)
    queue.send("x")

    assert seen == [["x"]]


def test_a_checkpoint_between_commit_and_sync_loses_nothing(
    queue: SqliteQueue,
    path: Path,
    tmp_path: Path,
    at_sync: Callable[[Callable[[int], object]], None],
) -> None:
    seen = []

    def checkpoint_and_begin_the_wal_anew(_: int) -> None:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("PRAGMA wal_checkpoint(RESTART)")
        other.execute("UPDATE queues SET virtual_time = virtual_time")
        other.close()
        copy = tmp_path / "power cut"
        copy.mkdir()
        for name in ("queue.db", "queue.db-wal"):
            shutil.copy(path.with_name(name), copy)
        seen.append(messages_in(copy))

    at_sync(checkpoint_and_begin_the_wal_anew)
    queue.send("x")

    assert seen == [["x"]]


def test_every_connection_syncs_its_checkpoints(open_queue: Callable[..., SqliteQueue]) -> None:
    """With synchronous OFF a checkpoint could lose what a sender was told is durable."""
    for name in ("requests", "requests-dead"):
        assert open_queue(name)._file.read("PRAGMA synchronous") == [(1,)]


def test_a_disk_that_failed_to_sync_is_not_believed_again(
    queue: SqliteQueue, at_sync: Callable[[Callable[[int], object]], None]
) -> None:
    def fail(_: int) -> Never:
        raise OSError(5, "Input/output error")

    at_sync(fail)
    with pytest.raises(QueueError) as failure:
        queue.send("x")
    assert isinstance(failure.value.__cause__, OSError)
    at_sync(lambda _: None)

    with pytest.raises(QueueError, match="restart"):
        queue.send("y")


def test_senders_wait_for_the_disk_together(
    queue: SqliteQueue, at_sync: Callable[[Callable[[int], object]], None]
) -> None:
    together = threading.Barrier(4, timeout=15)
    at_sync(lambda _: together.wait())
    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(queue.send, str(number)) for number in range(4)]

        assert len({send.result() for send in sent}) == 4


def test_receiving_and_deleting_wait_for_no_disk(
    queue: SqliteQueue, at_sync: Callable[[Callable[[int], object]], None]
) -> None:
    queue.send("x")
    at_sync(lambda _: pytest.fail("synced"))
    (message,) = queue.receive()
    queue.change_visibility_batch([(message.receipt_handle, 5)])

    assert queue.delete_batch([message.receipt_handle]) == []


def test_the_write_ahead_log_stays_small_while_others_read(
    open_queue: Callable[..., SqliteQueue], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "WAL_PAGES", 100)
    queue, reader = open_queue(), open_queue()
    for number in range(300):
        queue.send("x" * 2000)
        reader.depth()
        messages = queue.receive()
        queue.delete_batch([message.receipt_handle for message in messages])
        assert wal_of(path).stat().st_size < 3 * 100 * 4096, number


def test_a_write_ahead_log_that_grew_behind_a_long_reader_shrinks_again(
    open_queue: Callable[..., SqliteQueue], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "WAL_PAGES", 100)
    queue = open_queue()
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM messages").fetchall()
    send_many(queue, 1000)
    grown = wal_of(path).stat().st_size
    reader.execute("COMMIT")
    reader.close()
    send_many(queue, 1000)

    assert wal_of(path).stat().st_size < min(grown, 3 * 100 * 4096)
