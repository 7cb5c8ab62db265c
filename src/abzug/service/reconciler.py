"""Finds requests that the queue lost, and sends them again.

A queue may be purged, made anew, or restored from an old copy; SQS forgets what is older than
14 days. Nobody is told. So the tracker looks: a task of which nothing was heard for longer than
leases and the queue's backlog explain has no request any more. It goes back into the outbox, in
its present generation. A request that comes twice does no harm, so a wrong guess costs a little
work, and a right one saves an order.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import structlog

from abzug.queues.base import Depth
from abzug.service.parts import Parts
from abzug.settings import Settings

LOOK_EVERY = 60.0
"""Seconds between looks. SQS may count wrongly for as long after the last send."""
AT_ONCE = 1000
"""Most requests that are sent again after one look: as a purge of a million lets the queue grow."""
ON_ITS_WAY = 60.0
"""Seconds that a request, or a report of it, may be under way between two parts."""
IN_HAND = 3600.0
"""Seconds after which no request is in flight any more: edits, waits for a store that is away, and
the pauses between attempts are far shorter."""
UNSEEN = 6 * 3600.0
"""Seconds that a backlog is given whose age the queue does not tell."""
log = structlog.get_logger()


@dataclass(frozen=True)
class Silence:
    """How long nothing may be heard of a task.

    explained: seconds, by leases alone: a request that is delivered as often as it can be, to
    workers that all die.
    """

    explained: float

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(ON_ITS_WAY + settings.visibility_timeout * settings.max_receives)

    def longest(self, depth: Depth) -> float:
        """Seconds after which a queue of this depth has nothing of a silent task."""
        longest = self.explained
        if depth.visible:
            # a message is at least as old as the last news of its task, or nearly so
            waited = UNSEEN if depth.oldest_age is None else depth.oldest_age
            longest = max(longest, waited + self.explained)
        if depth.in_flight or depth.delayed:
            longest = max(longest, IN_HAND)
        return longest


class Reconciler:
    """Of one tracker; several trackers look in turn, as one of them has the role."""

    def __init__(self, parts: Parts, name: str, clock: Callable[[], float] = time.time) -> None:
        self._parts = parts
        self._name = name
        self._clock = clock
        self._silence = Silence.of(parts.settings)
        self._looked_at = 0.0
        self._seen = 0.0
        self._lost_before = 0.0

    def look(self) -> int:
        """Send again what is lost, if it is time to look; gives how many that were.

        Raises BackendError.
        """
        if abs(self._clock() - self._looked_at) < LOOK_EVERY:
            return 0
        if not self._parts.jobs.acquire_lease("reconciler", self._name, 4 * LOOK_EVERY):
            return 0
        self._look()
        found = self._parts.jobs.send_silent(before=self._lost_before, limit=AT_ONCE)
        if found:
            log.warning("requests were lost; they are sent again", requests=found)
        return found

    def _look(self) -> None:
        """What both this look and the last one found too long silent is lost, whatever is sent
        from now on: what was moving between the queues at one of them is not at both."""
        now = self._clock()
        queues = (self._parts.requests, self._parts.status)
        longest = max(self._silence.longest(queue.depth()) for queue in queues)
        seen = now - longest
        self._lost_before = min(self._seen, seen)
        self._seen, self._looked_at = seen, now
