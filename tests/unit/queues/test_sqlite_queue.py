"""What the embedded queue promises beyond the contract: where it is, counts, clear errors."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.contract.queue_backends import Clock
from tests.unit.queues.filling import send_many

from abzug.backends import connect_queue
from abzug.errors import ConfigError, QueueError
from abzug.queues import sqlite
from abzug.queues.base import Outgoing
from abzug.queues.sqlite import SqliteQueue, connect
from abzug.queues.sqlite_schema import VERSION
from abzug.settings import Settings


@pytest.mark.parametrize("slashes", ["sqlite://", "sqlite:///"])
def test_a_url_with_three_or_four_slashes_names_the_same_file(slashes: str, path: Path) -> None:
    with connect(f"{slashes}{path}", "requests", Settings()) as queue:
        queue.send("x")

    assert path.is_file()


@pytest.mark.parametrize("url", ["sqlite:", "sqlite://", "sqlite:///", "sqlite:queue.db"])
def test_a_url_without_a_path_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="sqlite:///"):
        connect(url, "requests", Settings())


def test_the_embedded_queue_is_the_default_and_obeys_the_settings(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "new home ?#%", max_receives=1)
    with (
        connect_queue(settings, "requests") as queue,
        connect_queue(settings, "requests-dead") as dead,
    ):
        queue.send("x")
        queue.receive(visibility_timeout=0)

        assert queue.receive() == []
        assert [message.body for message in dead.receive()] == ["x"]


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b", "x" * 81])
def test_a_name_that_could_not_be_a_file_name_is_refused(
    open_queue: Callable[..., SqliteQueue], name: str
) -> None:
    with pytest.raises(ValueError, match="name"):
        open_queue(name)


def test_leases_that_ran_out_are_counted_and_kept_in_the_file(
    open_queue: Callable[..., SqliteQueue], clock: Clock
) -> None:
    queue = open_queue()
    send_many(queue, 3)
    queue.receive(visibility_timeout=1)
    clock.advance(2)
    (given_back, *_) = queue.receive()
    queue.change_visibility_batch([(given_back.receipt_handle, 0)])
    queue.receive()
    queue.close()

    assert open_queue().expired_leases() == 3
    assert open_queue("status").expired_leases() == 0


def test_more_messages_than_one_sweep_takes_all_fall_due(
    queue: SqliteQueue, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PROMOTIONS", 7)
    send_many(queue, 40, delay=1)
    clock.advance(2)

    assert queue.depth().visible == 40
    received = [message.body for _ in range(8) for message in queue.receive()]
    assert len(received) == len(set(received)) == 40


def test_more_dead_letters_than_one_transaction_takes_are_all_redriven(
    open_queue: Callable[..., SqliteQueue], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "REDRIVES", 7)
    queue, dead = open_queue(max_receives=1), open_queue("requests-dead", max_receives=1)
    send_many(queue, 40)
    while queue.receive(visibility_timeout=1):
        pass
    clock.advance(2)
    dead.depth()

    assert dead.redrive(30) == 30
    assert dead.redrive() == 10
    assert queue.depth().visible == 40


def test_a_full_disk_is_said_to_be_full_and_nothing_half_sent(queue: SqliteQueue) -> None:
    ((pages,),) = queue._file.read("PRAGMA page_count")
    queue._file.read(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(QueueError, match="full") as failure:
        queue.send_batch([Outgoing("x" * 20_000) for _ in range(10)])
    assert "space" in failure.value.advice
    assert isinstance(failure.value.__cause__, sqlite3.Error)

    queue._file.read("PRAGMA max_page_count = 1000000")
    assert queue.depth().visible == 0
    assert queue.send("now")


def test_a_file_that_is_no_database_is_said_to_be_damaged(path: Path) -> None:
    path.write_bytes(b"not a database, " * 1000)

    with pytest.raises(QueueError, match="damaged") as failure:
        SqliteQueue(path, "requests", max_receives=5)
    assert str(path) not in failure.value.message


def test_a_malformed_file_is_said_to_be_damaged(
    open_queue: Callable[..., SqliteQueue], path: Path
) -> None:
    queue = open_queue()
    send_many(queue, 200)
    queue.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))

    with pytest.raises(QueueError, match="damaged"):
        open_queue()


def test_an_integrity_check_says_ok_or_what_is_wrong(
    open_queue: Callable[..., SqliteQueue], path: Path
) -> None:
    queue = open_queue()
    send_many(queue, 200)
    assert queue.integrity_check() == "ok"
    queue._file.read("PRAGMA writable_schema = ON")
    queue._file.read("UPDATE sqlite_schema SET rootpage = 4 WHERE name = 'ready'")
    queue.close()

    assert open_queue("status").integrity_check() != "ok"


def test_a_file_that_another_program_holds_is_said_to_be_busy(
    queue: SqliteQueue, path: Path
) -> None:
    queue._file.read("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(QueueError, match="busy"):
        queue.send("x")

    other.close()
    assert queue.send("x")


def test_a_file_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(QueueError):
        SqliteQueue(tmp_path / "file" / "queue.db", "requests", max_receives=5)


def test_a_file_of_a_newer_version_is_refused(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA user_version = {VERSION + 1}")
    database.close()

    with pytest.raises(QueueError, match="newer"):
        SqliteQueue(path, "requests", max_receives=5)


@pytest.mark.parametrize("last", ["raise RuntimeError", "DELETE FROM nothing"])
def test_a_transaction_that_fails_changes_nothing_and_holds_nobody_up(
    queue: SqliteQueue, last: str
) -> None:
    queue.send("x")

    def fail() -> None:
        with queue._file.write() as sql:
            sql.execute("DELETE FROM messages")
            if last == "raise RuntimeError":
                raise RuntimeError
            sql.execute(last)

    with pytest.raises((RuntimeError, QueueError)):
        fail()

    assert [message.body for message in queue.receive()] == ["x"]
