"""The clock of a queue's file: that nobody can set.

Due times outlive processes, so they are not of a process's own clock; and a clock that is set back
by an hour must not keep what a killed worker had for that hour, nor one set forward give away
what is being edited. So they count from the start of the machine, by the distance from that to
Unix time which the file's first opener after it wrote down.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from abzug.queues.base import MAX_DELAY
from abzug.queues.sqlite_file import SqliteFile

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_TABLE = "CREATE TABLE IF NOT EXISTS clock (boot TEXT NOT NULL, distance REAL NOT NULL)"
# who held a lease when the machine went down is gone; nothing is delayed for longer than allowed
_NOBODY_HOLDS = """
UPDATE messages SET due = min(due, ?1 + iif(receives > 0, 0, ?2)) WHERE due IS NOT NULL
"""


def steady_clock(
    file: SqliteFile, second: int, boot_id: Callable[[], str] | None = None
) -> Callable[[], float]:
    """Unix seconds as they were counted on since the machine started; time.time where the system
    does not tell when that was. second: of the file's times. Raises QueueError."""
    boot = (boot_id or _boot_id)()
    if not boot:
        return time.time
    with file.write() as sql:
        sql.execute(_TABLE)
        known = sql.execute("SELECT boot, distance FROM clock").fetchone()
        if known is None or known[0] != boot:
            distance = time.time() - _since_boot()
            sql.execute("DELETE FROM clock")
            sql.execute("INSERT INTO clock VALUES (?, ?)", (boot, distance))
            if known is not None:
                now = round(time.time() * second)
                sql.execute(_NOBODY_HOLDS, (now, round(MAX_DELAY * second)))
            known = boot, distance
    return lambda: _since_boot() + float(known[1])


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""


def _since_boot() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)
