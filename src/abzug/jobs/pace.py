"""How fast the workers are, and how much work waits for them, in CPU seconds.

Tasks keep the cost that edits/cost.py foretold, in seconds of the machine its table was measured
on. The pace turns them into seconds of the workers at hand: what the newest successes took, by
what was foretold for them. It is worked out anew whenever it is asked for, so there is no state
that could drift, and the foretold costs stay comparable whatever it was when they were written.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from abzug.jobs.records import Outcome, TaskState
from abzug.jobs.schema import attempts, jobs, tasks

RECENT = 1000
"""Attempts that are looked at."""
TRUSTED = 2.0
"""Seconds at pace 1 that are counted beside those reported: a few odd photos do not turn it."""
SLOWEST, FASTEST = 20.0, 0.05
"""Whatever is reported, the pace stays between them: a worker whose clock is wrong must not
make the work of all others look like nothing, or like years."""

_NEWEST = (
    select(attempts.c.task_id, attempts.c.cpu_seconds, attempts.c.outcome)
    .order_by(attempts.c.task_id.desc())
    .limit(RECENT)
    .subquery()
)
# of a reused result, which took nothing, there is nothing to learn
_TAKEN = (
    select(func.sum(_NEWEST.c.cpu_seconds).label("taken"), func.sum(tasks.c.cost).label("foretold"))
    .join(tasks, tasks.c.id == _NEWEST.c.task_id)
    .where(_NEWEST.c.outcome == Outcome.succeeded, _NEWEST.c.cpu_seconds > 0)
)
_WAITING = (
    select(func.coalesce(func.sum(tasks.c.cost), 0.0))
    .join(jobs, jobs.c.id == tasks.c.job_id)
    .where(jobs.c.queued > 0, tasks.c.state == TaskState.queued)
)


def pace(connection: Connection) -> float:
    """Seconds that the workers take for each that was foretold; 1 before any was reported."""
    row = connection.execute(_TAKEN).one()
    ratio = ((row.taken or 0.0) + TRUSTED) / ((row.foretold or 0.0) + TRUSTED)
    return min(max(float(ratio), FASTEST), SLOWEST)


def waiting(connection: Connection) -> float:
    """CPU seconds that the queued tasks will take the workers, all together."""
    return float(connection.scalar(_WAITING) or 0.0) * pace(connection)
