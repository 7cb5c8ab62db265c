"""The embedded queue: SQS's semantics in one SQLite file, for any number of processes.

A message is ready (`due` null), or it is leased or delayed until `due`. Every receive first
makes ready what fell due, so no process is needed that watches the clock.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, cast

from abzug.errors import ConfigError
from abzug.queues import limits
from abzug.queues import sqlite_fairness as fairness
from abzug.queues import sqlite_schema as statements
from abzug.queues.base import DEAD, MAX_BATCH, Depth, Outgoing, Queue, Received
from abzug.queues.sqlite_clock import steady_clock
from abzug.queues.sqlite_file import SqliteFile, queue_errors
from abzug.settings import Settings
from abzug.system.bell import Bell

SECOND = 1_000_000
"""Microseconds, and cost units, of one second."""
LONGEST_NAP = 1.0
"""Seconds after which a waiter looks by itself, should a ring ever be lost."""
PROMOTIONS = 100
"""Most messages made ready in one transaction, so that none holds the lock for long."""
REDRIVES = 1000
"""Most messages sent back in one transaction."""
TIDY_EVERY = 256
"""Receives between two that drop the groups that owe nothing any more."""
NEVER = 2**62


def connect(url: str, name: str, settings: Settings) -> SqliteQueue:
    """The queue `name` in the file of `url`, `sqlite:///ABSOLUTE/PATH`, made if it is not there.

    Raises ConfigError for another URL, QueueError if the file cannot be used.
    """
    path = url.removeprefix("sqlite:///")
    if path == url or not path.strip("/"):
        raise ConfigError(f"the queue's URL is sqlite:///ABSOLUTE/PATH, not {url!r}")
    # SQLAlchemy writes absolute paths with four slashes, people with three: both are meant
    return SqliteQueue(Path("/") / path.lstrip("/"), name, max_receives=settings.max_receives)


def create(url: str, names: Sequence[str], settings: Settings) -> list[str]:  # noqa: ARG001
    """Nothing: a queue is made when it is opened."""
    return []


class SqliteQueue(Queue):
    """One named queue of the file; see queues.base.Queue for what each method promises.

    Its dead-letter queue is named with the suffix `-dead`. Either of the two moves what was
    received `max_receives` times and whose lease ran out: whoever looks first does it.
    """

    linger = 0.0

    def __init__(
        self,
        path: Path,
        name: str,
        *,
        max_receives: int,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """clock: Unix seconds, for tests; else one that nobody can set."""
        limits.check_name(name)
        self.name = name
        self._max_receives = max_receives
        self._receives = 0
        self._turn = threading.Lock()
        self._wakes = 0
        self._seen = threading.local()
        self._file = SqliteFile(path)
        self._clock = clock or steady_clock(self._file, SECOND)
        self._source_name = name.removesuffix(DEAD)
        self._is_dead = name != self._source_name
        with self._file.write() as sql:
            self._source = _queue_id(sql, self._source_name)
            self._dead = _queue_id(sql, self._source_name + DEAD)
        self._id = self._dead if self._is_dead else self._source
        bells = Path(f"{path}-bells")
        with queue_errors():
            self._source_bell = Bell(bells / self._source_name)
            self._dead_bell = Bell(bells / (self._source_name + DEAD))
        self._bell = self._dead_bell if self._is_dead else self._source_bell

    def send_batch(self, messages: Sequence[Outgoing]) -> list[str]:
        limits.check_batch(messages)
        for message in messages:
            limits.check_outgoing(message)
        ids, ring = [], False
        with self._file.write() as sql:
            now = self._now()
            for message in messages:
                message_id, heard = self._insert(sql, message, now)
                ids.append(message_id)
                ring = ring or heard
        if ring:  # before the sync: a consumer may begin at once, a power cut takes it down too
            self._ring(self._bell)
        self._file.sync()
        return ids

    def _insert(self, sql: sqlite3.Connection, message: Outgoing, now: int) -> tuple[str, bool]:
        """Gives its id, and whether waiters must hear of it.

        They need not if another message was ready: then nobody waits, or has been rung already.
        """
        cost = max(1, round(message.cost * SECOND))
        if message.delay:
            due, tag, heard = now + round(message.delay * SECOND), 0, True
        else:
            due, (tag, heard) = None, fairness.arrive(sql, self._id, message.group, cost)
        attributes = json.dumps(message.attributes) if message.attributes else None
        row = (self._id, due, tag, cost, now, message.group, attributes, message.body)
        number = cast("int", sql.execute(statements.INSERT, row).lastrowid)
        return _message_id(number, now), heard

    def receive(
        self,
        max_messages: int = MAX_BATCH,
        *,
        visibility_timeout: float = 30.0,
        wait: float = 0.0,
    ) -> list[Received]:
        limits.check_receive(max_messages, visibility_timeout, wait)
        deadline = time.monotonic() + wait
        messages, _ = self._lease(max_messages, visibility_timeout)
        if messages or not wait:
            return messages
        # one thread waits at the bell, the others for their turn
        if not self._turn.acquire(timeout=wait):
            return []
        try:
            return self._poll(max_messages, visibility_timeout, deadline)
        finally:
            self._turn.release()

    def _poll(
        self, max_messages: int, visibility_timeout: float, deadline: float
    ) -> list[Received]:
        self._file.check_open()  # else a poll that close() overtook would leave a FIFO behind
        with queue_errors():
            self._bell.fileno()  # opened before the look: a ring before that would not be kept
        while True:
            messages, due_in = self._lease(max_messages, visibility_timeout)
            remaining = deadline - time.monotonic()
            if messages or remaining <= 0 or self._woken():
                return messages
            with queue_errors():
                self._bell.wait(min(remaining, due_in, LONGEST_NAP))

    def _woken(self) -> bool:
        """Whether `wake` was called since this thread last asked.

        A call before the poll counts: else a thread told to stop just before its poll began
        would sit it out.
        """
        wakes, seen = self._wakes, getattr(self._seen, "wakes", 0)
        self._seen.wakes = wakes
        return bool(wakes != seen)

    def _lease(self, max_messages: int, visibility_timeout: float) -> tuple[list[Received], float]:
        """What can be had now; if nothing, also the seconds until something falls due."""
        ready, due_in = self._look()
        if not ready and due_in > 0:
            return [], due_in
        with self._file.write() as sql:
            now = self._now()
            died = due_in <= 0 and self._sweep(sql, now)
            until = now + round(visibility_timeout * SECOND)
            rows = sql.execute(statements.LEASE, (until, self._id, max_messages)).fetchall()
            rows.sort(key=itemgetter(0, 1, 2))  # RETURNING promises no order
            if rows:
                self._receives += 1
                served = [(row[0], row[3]) for row in rows]
                fairness.served(sql, self._id, served, tidy=self._receives % TIDY_EVERY == 0)
        if died:
            self._ring(self._dead_bell)
        return [_received(row) for row in rows], 0.0

    def _look(self) -> tuple[bool, float]:
        """Whether a message is ready, and the seconds until one falls due; takes no lock."""
        ((ready, due),) = self._file.read(statements.LOOK, (self._id, self._source, NEVER))
        return bool(ready), (due - self._now()) / SECOND

    def _sweep(self, sql: sqlite3.Connection, now: int) -> bool:
        """Make ready what fell due; true if some of it went to the dead-letter queue."""
        died = self._promote(sql, self._source, now)
        if self._is_dead:
            self._promote(sql, self._dead, now)
        return died

    def _promote(self, sql: sqlite3.Connection, queue: int, now: int) -> bool:
        died = ran_out = 0
        for row, group, cost, receives, due in sql.execute(
            statements.OVERDUE, (queue, now, PROMOTIONS)
        ).fetchall():
            dies = queue == self._source and receives >= self._max_receives
            target = self._dead if dies else queue
            returned = receives > 0 and not dies
            tag, _ = fairness.arrive(sql, target, group, cost, returned=returned)
            sql.execute(statements.READY, (target, tag, dies, row))
            died += dies
            ran_out += receives > 0 and due != statements.GIVEN_BACK
        if ran_out:
            sql.execute(statements.RAN_OUT, (ran_out, queue))
        return died > 0

    def delete_batch(self, receipt_handles: Sequence[str]) -> list[str]:
        limits.check_batch(receipt_handles)
        with self._file.write() as sql:
            return [
                handle
                for handle in receipt_handles
                if not sql.execute(statements.DELETE, (self._id, *_lease_of(handle))).rowcount
            ]

    def change_visibility_batch(self, changes: Sequence[tuple[str, float]]) -> list[str]:
        limits.check_batch(changes)
        for _, seconds in changes:
            limits.check_visibility(seconds)
        with self._file.write() as sql:
            now = self._now()
            refused = []
            for handle, seconds in changes:
                due = now + round(seconds * SECOND) if seconds else statements.GIVEN_BACK
                if not sql.execute(
                    statements.CHANGE, (due, self._id, *_lease_of(handle), now)
                ).rowcount:
                    refused.append(handle)
        if any(seconds < LONGEST_NAP for _, seconds in changes):  # later ones waiters see alone
            self._ring(self._bell)
        return refused

    def depth(self) -> Depth:
        _, due_in = self._look()
        now = self._now()
        if due_in <= 0:
            with self._file.write() as sql:
                died = self._sweep(sql, now)
            if died:
                self._ring(self._dead_bell)
        ready, rest = self._file.read(statements.DEPTH, (self._id, now))
        oldest = min(ready[3] or NEVER, rest[3] or NEVER, now)
        return Depth(
            visible=ready[0] + rest[0],
            in_flight=rest[1],
            delayed=rest[2],
            oldest_age=(now - oldest) / SECOND,
        )

    def redrive(self, max_messages: int | None = None) -> int:
        if not self._is_dead:
            raise ValueError(f"{self.name} is not a dead-letter queue")
        left = NEVER if max_messages is None else max_messages
        moved = 0
        while left > 0:
            batch = min(left, REDRIVES)
            with self._file.write() as sql:
                rows = sql.execute(statements.DEAD_LETTERS, (self._id, batch)).fetchall()
                for row, group, cost in rows:
                    tag, _ = fairness.arrive(sql, self._source, group, cost)
                    sql.execute(statements.REDRIVE, (self._source, tag, row))
            moved += len(rows)
            left = left - batch if len(rows) == batch else 0
        if moved:
            self._ring(self._source_bell)
            self._file.sync()
        return moved

    def expired_leases(self) -> int:
        """How many leases ran out since the file was made: workers that died or were too slow.

        One that was given back with a delay counts too, one given back at once does not.
        """
        ((count,),) = self._file.read("SELECT expired_leases FROM queues WHERE id = ?", (self._id,))
        return int(count)

    def integrity_check(self) -> str:
        """`ok`, or what SQLite finds wrong with the file."""
        return self._file.integrity_check()

    def wake(self) -> None:
        self._wakes += 1
        self._bell.nudge()

    def close(self) -> None:
        self.wake()
        with self._turn:
            self._bell.close()
            self._file.close()

    def _now(self) -> int:
        return int(self._clock() * SECOND)

    def _ring(self, bell: Bell) -> None:
        with queue_errors():
            bell.ring()


def _queue_id(sql: sqlite3.Connection, name: str) -> int:
    sql.execute("INSERT INTO queues (name) VALUES (?) ON CONFLICT DO NOTHING", (name,))
    return int(sql.execute("SELECT id FROM queues WHERE name = ?", (name,)).fetchone()[0])


def _message_id(row: int, sent_at: int) -> str:
    """Rows' numbers are used again once the last row is gone; with the time they are unique."""
    return f"{row:x}-{sent_at:x}"


def _lease_of(handle: str) -> tuple[str, str]:
    row, _, lease = handle.partition(".")
    return row, lease  # SQLite compares them as numbers; what is none matches no row


def _received(row: tuple[Any, ...]) -> Received:
    _, sent_at, number, _, lease, receives, group, attributes, body = row
    return Received(
        id=_message_id(number, sent_at),
        receipt_handle=f"{number}.{lease}",
        body=body,
        group=group,
        receive_count=receives,
        sent_at=sent_at / SECOND,
        attributes=json.loads(attributes) if attributes else {},
    )
