"""Wakes whoever waits for news: one thread a process waits for the jobs database.

It carries no events. A listener that is woken reads what is new to it from the table, so a slow
one costs no memory, and one that was away misses nothing. Only those are woken whose owner has
news: else each change would cost as many reads as there are listeners.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator

import structlog

from abzug.errors import BackendError, TooMany
from abzug.jobs.database import Jobs

WAIT = 15.0
"""Seconds that the thread waits at a time."""
GAP = 0.005
"""Seconds between two wake-ups, whatever the number of changes."""
STREAMS = 1000
"""Most event streams at once."""
STREAMS_OF_OWNER = 100
log = structlog.get_logger("abzug.web")


class Subscription:
    """One listener's flag. Used on the event loop only."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def ring(self) -> None:
        self._changed.set()

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109  false is an answer here
        """Wait for news since the last wait; false if there was none in `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._changed.wait()
        except TimeoutError:
            return False
        self._changed.clear()
        return True


class Hub:
    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._listeners: defaultdict[str, set[Subscription]] = defaultdict(set)
        self._streams: Counter[str] = Counter()
        self._last_event: int | None = None
        """All before it was told; None where that is not known."""
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self.closing = asyncio.Event()
        """Set when the server stops: every stream ends, every wait gives up."""

    def start(self) -> None:
        """Call it on the event loop."""
        loop = asyncio.get_running_loop()
        try:
            self._jobs.wait(0)  # rings are kept from now on
            self._last_event = self._jobs.last_event_id()
        except BackendError as error:  # the thread tries again; /readyz says what is wrong
            log.warning("events are late: the jobs database failed", error=str(error))
        self._thread = threading.Thread(target=self._run, args=[loop], name="hub", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End streams and waits; call it on the event loop."""
        self.closing.set()
        self._ring_all()

    def stop(self) -> None:
        """End the thread; blocks until it has."""
        self._stopped.set()
        self._jobs.nudge()
        if self._thread is not None:
            self._thread.join()

    @contextlib.contextmanager
    def stream(self, owner: str) -> Iterator[Subscription]:
        """`subscribe` for as long as somebody listens. Raises TooMany."""
        if self._streams[owner] >= STREAMS_OF_OWNER or self._streams.total() >= STREAMS:
            raise TooMany("Too many event streams are open.")
        self._streams[owner] += 1
        try:
            with self.subscribe(owner) as subscription:
                yield subscription
        finally:
            self._streams[owner] -= 1
            if not self._streams[owner]:
                del self._streams[owner]

    @contextlib.contextmanager
    def subscribe(self, owner: str) -> Iterator[Subscription]:
        """Be woken by news of an owner."""
        subscription = Subscription()
        self._listeners[owner].add(subscription)
        try:
            yield subscription
        finally:
            self._listeners[owner].discard(subscription)
            if not self._listeners[owner]:
                del self._listeners[owner]

    def _ring(self, owners: Iterable[str]) -> None:
        for owner in owners:
            for listener in self._listeners.get(owner, ()):
                listener.ring()

    def _ring_all(self) -> None:
        self._ring(list(self._listeners))

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stopped.is_set():
            try:
                if not self._jobs.wait(WAIT):
                    continue
                ring = self._who_to_ring()
            except BackendError as error:
                log.warning("events are late: the jobs database failed", error=str(error))
                ring, self._last_event = self._ring_all, None
                self._stopped.wait(1.0)
            with contextlib.suppress(RuntimeError):  # the loop has just closed
                loop.call_soon_threadsafe(ring)
            self._stopped.wait(GAP)

    def _who_to_ring(self) -> Callable[[], None]:
        if self._last_event is None:
            self._last_event = self._jobs.last_event_id()
            return self._ring_all
        newest = self._jobs.newest_events(after=self._last_event)
        self._last_event = max(newest.values(), default=self._last_event)
        return functools.partial(self._ring, newest)
