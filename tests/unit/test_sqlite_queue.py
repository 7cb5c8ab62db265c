"""What the embedded queue promises beyond the contract: fairness, durability, clear errors."""

import fcntl
import os
import shutil
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from tests.contract.queue_backends import Clock

from abzug.backends import connect_queue
from abzug.errors import ConfigError, QueueError
from abzug.queues import sqlite, sqlite_file
from abzug.queues.base import Outgoing
from abzug.queues.sqlite import SqliteQueue, connect
from abzug.queues.sqlite_schema import VERSION
from abzug.settings import Settings

MAX_RECEIVES = 5
COSTS = [0.01, 1.0, 500.0]


def no_sync(_descriptor):
    """Takes the place of fdatasync where durability is not the question: disks are slow."""


@pytest.fixture(autouse=True)
def at_sync(monkeypatch):
    """Call it with what shall take the place of fdatasync."""

    def replace(function):
        monkeypatch.setattr(sqlite_file, "_fdatasync", function)

    replace(no_sync)
    return replace


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "queue.db"


@pytest.fixture
def open_queue(path, clock):
    with ExitStack() as opened:

        def open_queue(name="requests", **changes):
            arguments = {"max_receives": MAX_RECEIVES, "clock": clock} | changes
            return opened.enter_context(SqliteQueue(path, name, **arguments))

        yield open_queue


@pytest.fixture
def queue(open_queue):
    return open_queue()


def send_many(queue, count, **fields):
    for start in range(0, count, 10):
        queue.send_batch(
            [Outgoing(str(number), **fields) for number in range(start, min(start + 10, count))]
        )


def groups_in(messages):
    return [message.group for message in messages]


# opening


@pytest.mark.parametrize("slashes", ["sqlite://", "sqlite:///"])
def test_a_url_with_three_or_four_slashes_names_the_same_file(slashes, path):
    with connect(f"{slashes}{path}", "requests", Settings()) as queue:
        queue.send("x")

    assert path.is_file()


@pytest.mark.parametrize("url", ["sqlite:", "sqlite://", "sqlite:///", "sqlite:queue.db"])
def test_a_url_without_a_path_is_refused(url):
    with pytest.raises(ConfigError, match="sqlite:///"):
        connect(url, "requests", Settings())


def test_the_embedded_queue_is_the_default_and_obeys_the_settings(tmp_path):
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
def test_a_name_that_could_not_be_a_file_name_is_refused(open_queue, name):
    with pytest.raises(ValueError, match="name"):
        open_queue(name)


# fairness


@pytest.fixture(scope="module")
def backlogs(tmp_path_factory):
    """Files with 5,000 messages of the group `busy`, by the cost of each; made only once."""
    folder = tmp_path_factory.mktemp("backlogs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_file, "_fdatasync", no_sync)
        for cost in COSTS:
            with SqliteQueue(folder / f"{cost}.db", "requests", max_receives=5) as queue:
                send_many(queue, 5000, group="busy", cost=cost)
    return folder


@pytest.mark.parametrize("own_cost", COSTS)
@pytest.mark.parametrize("their_cost", COSTS)
def test_one_message_behind_another_owners_5000_is_received_among_the_first(
    open_queue, path, backlogs, own_cost, their_cost
):
    shutil.copy(backlogs / f"{their_cost}.db", path)
    queue = open_queue()
    for _ in range(3):
        queue.receive()
    queue.send("single", group="quiet", cost=own_cost)

    assert queue.depth().visible == 5000 - 30 + 1
    assert "quiet" in groups_in(queue.receive(2))


def test_owners_who_wait_get_equal_shares_of_cost(queue):
    send_many(queue, 100, group="small photos", cost=1)
    send_many(queue, 100, group="large photos", cost=4)

    served = groups_in(message for _ in range(5) for message in queue.receive())

    assert served.count("large photos") == 10
    assert served.count("small photos") == 40


def test_messages_of_one_group_come_in_the_order_they_were_sent(queue):
    send_many(queue, 30)

    received = [message.body for _ in range(3) for message in queue.receive()]

    assert received == [str(number) for number in range(30)]


def test_who_comes_later_gets_no_more_than_an_equal_share(queue):
    send_many(queue, 50, group="early")
    for _ in range(3):
        queue.receive()
    send_many(queue, 50, group="late")

    served = groups_in(queue.receive() + queue.receive())

    assert served.count("late") in {10, 11}


def test_an_endless_line_of_newcomers_does_not_starve_a_backlog(queue):
    send_many(queue, 100, group="backlog")
    served = []
    for number in range(400):
        queue.send("x", group=f"newcomer-{number}")
        served += groups_in(queue.receive(1))

    assert served[:200].count("backlog") >= 2
    assert served[200:].count("backlog") >= 2


def test_a_newcomer_waits_for_little_more_after_a_costly_message(queue):
    send_many(queue, 100, group="cheap", cost=1)
    queue.send("x", group="costly", cost=80)
    assert "costly" in groups_in(queue.receive(2))
    queue.send("single", group="newcomer")

    assert "newcomer" in groups_in(queue.receive(80 // 16 + 1))


def test_a_crowd_that_comes_back_together_does_not_delay_a_single_message(queue, clock):
    send_many(queue, 500, group="outage")
    while messages := queue.receive(visibility_timeout=60):
        queue.change_visibility_batch([(message.receipt_handle, 30) for message in messages])
    clock.advance(31)
    queue.receive(1)
    queue.send("single", group="quiet")

    assert "quiet" in groups_in(queue.receive(3))


def test_a_retry_does_not_wait_behind_the_backlog_of_its_own_owner(queue, clock):
    queue.send("retry", group="busy")
    queue.receive(visibility_timeout=1)
    send_many(queue, 500, group="busy")
    clock.advance(2)

    assert "retry" in [message.body for message in queue.receive(2)]


def test_a_delayed_crowd_does_not_delay_a_single_message(queue, clock):
    send_many(queue, 100, group="delayed", delay=10)
    clock.advance(11)
    queue.receive(1)
    queue.send("single", group="quiet")

    assert "quiet" in groups_in(queue.receive(2))


def group_rows(queue):
    ((rows,),) = queue._file.read("SELECT count(*) FROM groups")
    return rows


def test_owners_are_forgotten_once_nobody_waits(queue):
    for number in range(50):
        queue.send("x", group=f"owner-{number}")
        queue.receive(1)

    assert group_rows(queue) == 0


def test_owners_are_forgotten_while_a_backlog_never_ends(queue, monkeypatch):
    monkeypatch.setattr(sqlite, "TIDY_EVERY", 8)
    send_many(queue, 200, group="backlog")
    for number in range(300):
        queue.receive(1)
        queue.send("x", group=f"owner-{number}")

    assert group_rows(queue) < 100


# leases


def test_leases_that_ran_out_are_counted_and_kept_in_the_file(open_queue, clock):
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


def test_more_messages_than_one_sweep_takes_all_fall_due(queue, clock, monkeypatch):
    monkeypatch.setattr(sqlite, "PROMOTIONS", 7)
    send_many(queue, 40, delay=1)
    clock.advance(2)

    assert queue.depth().visible == 40
    received = [message.body for _ in range(8) for message in queue.receive()]
    assert len(received) == len(set(received)) == 40


def test_more_dead_letters_than_one_transaction_takes_are_all_redriven(
    open_queue, clock, monkeypatch
):
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


# waking


@pytest.fixture
def only_rings_wake(monkeypatch):
    """A waiter that no ring reaches then waits longer than these tests do."""
    monkeypatch.setattr(sqlite, "LONGEST_NAP", 60.0)


def wait_until_polled(queue):
    """Until the poll has its FIFO in place, so that from now on a ring reaches it."""
    while not any(not entry.name.startswith(".") for entry in queue._bell._folder.iterdir()):
        pass


def poll_through(queue, pool, action, **arguments):
    poll = pool.submit(queue.receive, wait=20, **arguments)
    wait_until_polled(queue)
    action()
    return [message.body for message in poll.result(timeout=15)]


@pytest.mark.usefixtures("only_rings_wake")
def test_a_send_wakes_the_waiter(open_queue):
    with ThreadPoolExecutor(1) as pool:
        assert poll_through(open_queue(), pool, lambda: open_queue().send("x")) == ["x"]


@pytest.mark.usefixtures("only_rings_wake")
def test_a_message_that_is_given_back_wakes_the_waiter(open_queue):
    queue = open_queue()
    queue.send("x")
    (message,) = queue.receive()

    def give_back():
        queue.change_visibility_batch([(message.receipt_handle, 0)])

    with ThreadPoolExecutor(1) as pool:
        assert poll_through(open_queue(), pool, give_back) == ["x"]


@pytest.mark.usefixtures("only_rings_wake")
def test_a_dead_letter_wakes_who_waits_for_dead_letters(open_queue, clock):
    queue, dead = open_queue(max_receives=1), open_queue("requests-dead", max_receives=1)
    queue.send("x")
    queue.receive(visibility_timeout=300)

    def die():
        clock.advance(301)
        queue.depth()

    with ThreadPoolExecutor(1) as pool:
        assert poll_through(dead, pool, die) == ["x"]


@pytest.mark.usefixtures("only_rings_wake")
def test_a_redriven_message_wakes_the_waiter(open_queue, clock):
    queue, dead = open_queue(max_receives=1), open_queue("requests-dead", max_receives=1)
    queue.send("x")
    queue.receive(visibility_timeout=1)
    clock.advance(2)
    dead.depth()

    with ThreadPoolExecutor(1) as pool:
        assert poll_through(queue, pool, dead.redrive) == ["x"]


@pytest.mark.usefixtures("only_rings_wake")
@pytest.mark.parametrize("name", ["requests", "requests-dead"])
def test_a_waiter_wakes_when_a_lease_runs_out(open_queue, name):
    """No process need watch the clock: dead letters get there while everybody only waits."""
    real = {"clock": time.time, "max_receives": 1 if name.endswith("dead") else 5}
    queue, waiting = open_queue(**real), open_queue(name, **real)
    queue.send("x")
    queue.receive(visibility_timeout=0.2)

    assert [message.body for message in waiting.receive(wait=20)] == ["x"]


@pytest.mark.usefixtures("only_rings_wake")
def test_a_message_sent_between_the_look_and_the_wait_is_not_missed(queue, monkeypatch):
    look, sent = queue._look, []

    def look_then_send():
        seen = look()
        if not sent:
            sent.append(None)  # first: the send looks too
            queue.send("x")
            sent.append(None)
        return seen

    monkeypatch.setattr(queue, "_look", look_then_send)

    assert [message.body for message in queue.receive(wait=20)] == ["x"]


def test_a_send_does_not_wake_who_waits_at_another_queue(open_queue):
    requests, status = open_queue("requests"), open_queue("status")
    requests._bell.fileno()
    status.send("x")

    assert not requests._bell.wait(0)


def test_a_send_behind_others_rings_nobody_as_nobody_waits(queue):
    queue._bell.fileno()
    queue.send("first")
    assert queue._bell.wait(0)
    queue.send("second")

    assert not queue._bell.wait(0)


@pytest.mark.usefixtures("only_rings_wake")
def test_a_wake_just_before_the_poll_ends_it(queue):
    queue.wake()

    assert queue.receive(wait=20) == []


def test_an_idle_waiter_looks_no_more_than_it_must(queue, monkeypatch):
    looks = []
    look = queue._look
    monkeypatch.setattr(queue, "_look", lambda: looks.append(None) or look())

    queue.receive(wait=0.5)

    assert len(looks) <= 4


def test_close_ends_a_poll_and_leaves_no_fifo(queue, path):
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(queue.receive, wait=20)
        wait_until_polled(queue)
        queue.close()

        assert poll.result(timeout=15) == []
    assert list(path.with_name("queue.db-bells").glob("requests/*")) == []


def test_a_closed_queue_says_so(queue):
    queue.close()
    queue.close()
    queue.wake()

    for call in (queue.receive, queue.depth, lambda: queue.send("x")):
        with pytest.raises(QueueError, match="closed"):
            call()


# durability


def wal_of(path):
    return path.with_name(f"{path.name}-wal")


def messages_in(folder):
    """What a new start finds in a copy of the files."""
    with sqlite3.connect(folder / "queue.db") as database:
        rows = database.execute("SELECT body FROM messages").fetchall()
    database.close()
    return [body for (body,) in rows]


def test_a_send_is_committed_then_synced_outside_the_lock_and_then_acknowledged(
    queue, path, tmp_path, at_sync
):
    seen = []

    def sync(descriptor):
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


def test_a_checkpoint_between_commit_and_sync_loses_nothing(queue, path, tmp_path, at_sync):
    seen = []

    def checkpoint_and_begin_the_wal_anew(_):
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


def test_every_connection_syncs_its_checkpoints(open_queue):
    """With synchronous OFF a checkpoint could lose what a sender was told is durable."""
    for name in ("requests", "requests-dead"):
        assert open_queue(name)._file.read("PRAGMA synchronous") == [(1,)]


def test_a_disk_that_failed_to_sync_is_not_believed_again(queue, at_sync):
    def fail(_):
        raise OSError(5, "Input/output error")

    at_sync(fail)
    with pytest.raises(QueueError) as failure:
        queue.send("x")
    assert isinstance(failure.value.__cause__, OSError)
    at_sync(lambda _: None)

    with pytest.raises(QueueError, match="restart"):
        queue.send("y")


def test_senders_wait_for_the_disk_together(queue, at_sync):
    together = threading.Barrier(4, timeout=15)
    at_sync(lambda _: together.wait())
    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(queue.send, str(number)) for number in range(4)]

        assert len({send.result() for send in sent}) == 4


def test_receiving_and_deleting_wait_for_no_disk(queue, at_sync):
    queue.send("x")
    at_sync(lambda _: pytest.fail("synced"))
    (message,) = queue.receive()
    queue.change_visibility_batch([(message.receipt_handle, 5)])

    assert queue.delete_batch([message.receipt_handle]) == []


def test_the_write_ahead_log_stays_small_while_others_read(open_queue, path, monkeypatch):
    monkeypatch.setattr(sqlite_file, "WAL_PAGES", 100)
    queue, reader = open_queue(), open_queue()
    for number in range(300):
        queue.send("x" * 2000)
        reader.depth()
        messages = queue.receive()
        queue.delete_batch([message.receipt_handle for message in messages])
        assert wal_of(path).stat().st_size < 3 * 100 * 4096, number


def test_a_write_ahead_log_that_grew_behind_a_long_reader_shrinks_again(
    open_queue, path, monkeypatch
):
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


# errors


def test_a_full_disk_is_said_to_be_full_and_nothing_half_sent(queue):
    ((pages,),) = queue._file.read("PRAGMA page_count")
    queue._file.read(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(QueueError, match="full") as failure:
        queue.send_batch([Outgoing("x" * 20_000) for _ in range(10)])
    assert "space" in failure.value.hint
    assert isinstance(failure.value.__cause__, sqlite3.Error)

    queue._file.read("PRAGMA max_page_count = 1000000")
    assert queue.depth().visible == 0
    assert queue.send("now")


def test_a_file_that_is_no_database_is_said_to_be_damaged(path):
    path.write_bytes(b"not a database, " * 1000)

    with pytest.raises(QueueError, match="damaged") as failure:
        SqliteQueue(path, "requests", max_receives=5)
    assert str(path) not in failure.value.message


def test_a_malformed_file_is_said_to_be_damaged(open_queue, path):
    queue = open_queue()
    send_many(queue, 200)
    queue.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))

    with pytest.raises(QueueError, match="damaged"):
        open_queue()


def test_an_integrity_check_says_ok_or_what_is_wrong(open_queue, path):
    queue = open_queue()
    send_many(queue, 200)
    assert queue.integrity_check() == "ok"
    queue._file.read("PRAGMA writable_schema = ON")
    queue._file.read("UPDATE sqlite_schema SET rootpage = 4 WHERE name = 'ready'")
    queue.close()

    assert open_queue("status").integrity_check() != "ok"


def test_a_file_that_another_program_holds_is_said_to_be_busy(queue, path):
    queue._file.read("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(QueueError, match="busy"):
        queue.send("x")

    other.close()
    assert queue.send("x")


def test_a_file_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(QueueError):
        SqliteQueue(tmp_path / "file" / "queue.db", "requests", max_receives=5)


def test_a_file_of_a_newer_version_is_refused(path):
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA user_version = {VERSION + 1}")
    database.close()

    with pytest.raises(QueueError, match="newer"):
        SqliteQueue(path, "requests", max_receives=5)
