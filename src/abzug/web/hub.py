"""Wakes whoever waits for news: one thread a process waits for the jobs database.

It carries no events. A listener that is woken reads what is new to it from the table, so a slow
one costs no memory, and one that was away misses nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

import structlog

from abzug.errors import BackendError
from abzug.jobs.database import Jobs

WAIT = 15.0
"""Seconds that the thread waits at a time."""
GAP = 0.005
"""Seconds between two wake-ups, whatever the number of changes."""
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
        self._listeners: set[Subscription] = set()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self.closing = asyncio.Event()
        """Set when the server stops: every stream ends, every wait gives up."""

    def start(self) -> None:
        """Call it on the event loop."""
        loop = asyncio.get_running_loop()
        try:
            self._jobs.wait(0)  # rings are kept from now on
        except BackendError as error:  # the thread tries again; /readyz says what is wrong
            log.warning("events are late: the jobs database failed", error=str(error))
        self._thread = threading.Thread(target=self._run, args=[loop], name="hub", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End streams and waits; call it on the event loop."""
        self.closing.set()
        self._ring()

    def stop(self) -> None:
        """End the thread; blocks until it has."""
        self._stopped.set()
        self._jobs.nudge()
        if self._thread is not None:
            self._thread.join()

    @contextlib.contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        subscription = Subscription()
        self._listeners.add(subscription)
        try:
            yield subscription
        finally:
            self._listeners.discard(subscription)

    def _ring(self) -> None:
        for listener in self._listeners:
            listener.ring()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stopped.is_set():
            try:
                changed = self._jobs.wait(WAIT)
            except BackendError as error:
                log.warning("events are late: the jobs database failed", error=str(error))
                self._stopped.wait(1.0)
                continue
            if changed:
                with contextlib.suppress(RuntimeError):  # the loop has just closed
                    loop.call_soon_threadsafe(self._ring)
                self._stopped.wait(GAP)
