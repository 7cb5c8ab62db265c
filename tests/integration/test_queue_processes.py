"""The embedded queue between processes: killed consumers lose nothing, waiters wake at once."""

import queue as threads_queue
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from abzug.queues.base import Outgoing, Received
from abzug.queues.sqlite import SqliteQueue

CONSUMER = """
import sys
from pathlib import Path
from abzug.queues.sqlite import SqliteQueue

queue = SqliteQueue(Path(sys.argv[1]), "requests", max_receives=1000)
while True:
    for message in queue.receive(3, visibility_timeout=0.5, wait=20):
        print(message.body, flush=True)
        queue.delete_batch([message.receipt_handle])
"""
SENDER = """
import sys
from pathlib import Path
from abzug.queues.sqlite import SqliteQueue

with SqliteQueue(Path(sys.argv[1]), "requests", max_receives=1000) as queue:
    for number in range(int(sys.argv[3])):
        queue.send(f"{sys.argv[2]}-{number}", group=sys.argv[2])
"""
WAITER = """
import sys
from pathlib import Path
from abzug.queues import sqlite

sqlite.LONGEST_NAP = 60.0  # nothing but a ring wakes it
with sqlite.SqliteQueue(Path(sys.argv[1]), sys.argv[2], max_receives=5) as queue:
    queue._bell.fileno()
    print("ready", flush=True)
    for message in queue.receive(wait=20):
        print(message.body, flush=True)
"""
SENDERS, EACH, KILLS = 2, 150, 8


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a process that runs the code; all are killed at the end."""
    with ExitStack() as stack:

        def start(code: str, *arguments: object) -> subprocess.Popen[bytes]:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE
                )
            )
            stack.callback(process.kill)
            return process

        yield start


def test_killed_consumers_lose_no_message(
    tmp_path: Path, start: Callable[..., subprocess.Popen[bytes]]
) -> None:
    path = tmp_path / "queue.db"
    done: threads_queue.SimpleQueue[str] = threads_queue.SimpleQueue()

    def consume() -> subprocess.Popen[bytes]:
        process = start(CONSUMER, path)
        threading.Thread(target=copy_lines, args=(process, done), daemon=True).start()
        return process

    with SqliteQueue(path, "requests", max_receives=1000) as queue:
        consumers = [consume() for _ in range(3)]
        senders = [start(SENDER, path, name, EACH) for name in range(SENDERS)]
        expected = {f"{name}-{number}" for name in range(SENDERS) for number in range(EACH)}
        seen: set[str] = set()
        kills = 0
        choice = random.Random(7)
        while seen < expected:
            seen.add(done.get(timeout=60))
            if kills < KILLS and len(seen) > (kills + 1) * len(expected) // (KILLS + 2):
                victim = choice.randrange(len(consumers))
                consumers[victim].send_signal(signal.SIGKILL)
                assert consumers[victim].wait() == -signal.SIGKILL
                consumers[victim] = consume()
                kills += 1

        assert [sender.wait(timeout=30) for sender in senders] == [0] * SENDERS
        assert seen == expected
        assert kills == KILLS
        for consumer in consumers:
            consumer.kill()
            consumer.wait()
        # seen, but its consumer was killed before the delete: it comes once more, and no more
        for message in iter_until_empty(queue):
            assert message.body in expected
        assert queue.integrity_check() == "ok"
        depth = queue.depth()
        assert (depth.visible, depth.in_flight) == (0, 0)


def copy_lines(process: subprocess.Popen[bytes], done: threads_queue.SimpleQueue[str]) -> None:
    assert process.stdout
    for line in process.stdout:
        if line.endswith(b"\n"):  # else it was killed in the middle of it
            done.put(line.decode().strip())


def iter_until_empty(queue: SqliteQueue) -> Iterator[Received]:
    while queue.depth().visible + queue.depth().in_flight:
        messages = queue.receive(wait=1)
        queue.delete_batch([message.receipt_handle for message in messages])
        yield from messages


@pytest.mark.parametrize("name", ["requests", "requests-dead"])
def test_a_waiter_in_another_process_wakes_at_once(
    tmp_path: Path, start: Callable[..., subprocess.Popen[bytes]], name: str
) -> None:
    path = tmp_path / "queue.db"
    with SqliteQueue(path, name, max_receives=5) as queue:
        waiter = start(WAITER, path, name)
        assert waiter.stdout
        assert waiter.stdout.readline() == b"ready\n"
        queue.send_batch([Outgoing("x")])

        out, _ = waiter.communicate(timeout=15)

    assert out == b"x\n"
    assert waiter.returncode == 0


def test_a_killed_sender_holds_nobody_up(
    tmp_path: Path, start: Callable[..., subprocess.Popen[bytes]]
) -> None:
    """It is killed in the middle of a transaction, with the write lock in its hands."""
    path = tmp_path / "queue.db"
    code = """
import os, sys
from pathlib import Path
from abzug.queues.sqlite import SqliteQueue

queue = SqliteQueue(Path(sys.argv[1]), "requests", max_receives=5)
with queue._file.write() as sql:
    sql.execute("DELETE FROM messages")
    os.kill(os.getpid(), 9)
"""
    with SqliteQueue(path, "requests", max_receives=5) as queue:
        queue.send("before")
        assert start(code, path).wait(timeout=30) == -signal.SIGKILL
        queue.send("after")

        assert [message.body for message in queue.receive()] == ["before", "after"]
        assert queue.integrity_check() == "ok"
