"""The embedded queue against its peers, against a plain way to be durable, and against itself.

`.venv/bin/python -m benchmarks.queue`; about a minute. Rivals take turns in short rounds of one
run, so that what else the machine does hits both alike. What is bound by the CPU is measured in
CPU time, on tmpfs where there is one.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

from huey.api import SqliteHuey
from huey.consumer import Consumer
from litequeue import LiteQueue
from persistqueue import SQLiteAckQueue

from abzug.queues import sqlite_file
from abzug.queues.sqlite import SECOND, SqliteQueue
from abzug.queues.sqlite_file import SqliteFile
from abzug.queues.sqlite_schema import INSERT

BODY = '{"task":"' + "x" * 700 + '"}'
"""As long as a common edit request."""
JOBS = 1000
"""Few, as the peers slow down behind their own backlog: litequeue sorts it at each receive."""
ROUNDS = 7
SENDERS = 8

Run = Callable[[Path], None]
"""Sends JOBS messages one by one, then one worker receives and deletes them all."""


def figures() -> Iterator[tuple[str, float, float]]:
    with _folder("/dev/shm") as folder:
        for peer, run, target in (
            ("persist_queue", run_persist_queue, 1.5),
            ("huey", run_huey, 2.5),
            ("litequeue", run_litequeue, 2.5),
        ):
            yield f"queue_vs_{peer}", speed_ratio(folder, run), target
    with _folder(".") as folder:
        yield "queue_8_senders_vs_fsync", senders_ratio(folder), 5.0
        with _slow_disk():
            yield "queue_8_senders_vs_fsync_of_3_ms", senders_ratio(folder), 5.0
    with _folder("/dev/shm") as folder:
        yield "queue_backlog_1e6_vs_1e3", backlog_ratio(folder, 1_000, 1_000_000), 0.7


def speed_ratio(folder: Path, peer: Run) -> float:
    """Our jobs per CPU second ÷ the peer's; median of rounds taken in turn."""
    ratios = []
    for _ in range(ROUNDS):
        ours, theirs = (_cpu_seconds(folder, run) for run in (run_abzug, peer))
        ratios.append(theirs / ours)
    return statistics.median(ratios)


def run_abzug(folder: Path) -> None:
    with SqliteQueue(folder / "abzug.db", "requests", max_receives=5) as queue:
        for _ in range(JOBS):
            queue.send(BODY)
        left = JOBS
        while left:
            messages = queue.receive(wait=1.0)
            queue.delete_batch([message.receipt_handle for message in messages])
            left -= len(messages)


def run_persist_queue(folder: Path) -> None:
    queue = SQLiteAckQueue(str(folder), multithreading=True)
    for _ in range(JOBS):
        queue.put(BODY)
    for number in range(JOBS):
        queue.ack(id=queue.get(raw=True)["pqid"])
        if number % 100 == 0:  # else it passes all acknowledged ones at each receive
            queue.clear_acked_data(keep_latest=0)
    queue.close()


def run_huey(folder: Path) -> None:
    huey = SqliteHuey(filename=str(folder / "huey.db"), fsync=False, results=False)
    left = iter(range(JOBS - 1, -1, -1))
    done = threading.Event()

    @huey.task()
    def task(_body: str) -> None:
        if not next(left):
            done.set()

    class QuietConsumer(Consumer):
        def _set_signal_handlers(self) -> None:
            """Signals stay the benchmark's."""

    for _ in range(JOBS):
        task(BODY)
    consumer = QuietConsumer(
        huey, workers=1, periodic=False, initial_delay=0.001, max_delay=0.001, backoff=1.0
    )
    consumer.start()
    done.wait()
    consumer.stop(graceful=True)
    huey.storage.close()


def run_litequeue(folder: Path) -> None:
    queue = LiteQueue(folder / "lite.db")
    for _ in range(JOBS):
        queue.put(BODY)
    for _ in range(JOBS):
        queue.done(queue.pop().message_id)
    queue.close()


def senders_ratio(folder: Path) -> float:
    """Durable sends a second of 8 threads ÷ the same with each send's fsync inside one lock."""
    with SqliteQueue(folder / "senders.db", "requests", max_receives=5) as queue:
        ours = theirs = 0
        for _ in range(2 * ROUNDS):
            ours += _sends(queue, contextlib.nullcontext(), seconds=0.5)
            theirs += _sends(queue, threading.Lock(), seconds=0.5)
    return ours / theirs


@contextlib.contextmanager
def _slow_disk() -> Iterator[None]:
    """Each sync takes 3 ms longer, as on a disk that must write to say so.

    Some machines' disks answer in 0.1 ms, from a cache with a battery: then Python is what a
    durable send waits for, with or without a lock around the sync.
    """
    sync = sqlite_file.fdatasync

    def slow(descriptor: int) -> None:
        time.sleep(0.003)
        sync(descriptor)

    with mock.patch.object(sqlite_file, "fdatasync", slow):
        yield


def _sends(
    queue: SqliteQueue, lock: contextlib.AbstractContextManager[object], seconds: float
) -> int:
    counts = [0] * SENDERS
    end = time.perf_counter() + seconds

    def send(number: int) -> None:
        while time.perf_counter() < end:
            with lock:
                queue.send(BODY)
            counts[number] += 1

    threads = [threading.Thread(target=send, args=(number,)) for number in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def backlog_ratio(folder: Path, small: int, large: int) -> float:
    """Jobs per CPU second behind the large backlog ÷ behind the small one."""
    with contextlib.ExitStack() as stack:
        queues = []
        for count in (small, large):
            path = folder / f"{count}.db"
            queues.append(stack.enter_context(SqliteQueue(path, "requests", max_receives=5)))
            _fill(path, count)
        seconds = [0.0, 0.0]
        for _ in range(2 * ROUNDS):
            for number, queue in enumerate(queues):
                begin = time.process_time()
                for _ in range(JOBS // 10):
                    for _ in range(10):
                        queue.send(BODY, group="late")
                    messages = queue.receive()
                    queue.delete_batch([message.receipt_handle for message in messages])
                seconds[number] += time.process_time() - begin
    return seconds[0] / seconds[1]


def _fill(path: Path, count: int) -> None:
    """A backlog of 100 owners, straight into the table: by `send` a million takes a minute."""
    now = time.time_ns() // 1000
    with contextlib.closing(SqliteFile(path)) as file:
        ((queue,),) = file.read("SELECT id FROM queues WHERE name = 'requests'")
        for begin in range(0, count, 50_000):
            rows = (
                (queue, None, i // 100 * SECOND, SECOND, now + i, f"owner-{i % 100}", None, "{}")
                for i in range(begin, min(begin + 50_000, count))
            )
            with file.write() as sql:
                sql.executemany(INSERT, rows)


def _cpu_seconds(folder: Path, run: Run) -> float:
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        begin = time.process_time()
        run(Path(fresh))
        return time.process_time() - begin


@contextlib.contextmanager
def _folder(parent: str) -> Iterator[Path]:
    """A new folder in `parent` if that is there, else where temporary files go."""
    there = parent if Path(parent).is_dir() else None
    with tempfile.TemporaryDirectory(prefix=".bench-queue-", dir=there) as folder:
        yield Path(folder)


if __name__ == "__main__":
    for name, value, target in figures():
        print(f"{name} {value:.2f} (target {target})", flush=True)
