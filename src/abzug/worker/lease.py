"""The leases a worker holds: renewed together, well before they run out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import structlog

from abzug.errors import QueueError
from abzug.queues.base import MAX_BATCH, Queue

log = structlog.get_logger()


class Leases:
    """Renews every lease that was held for a third of the visibility timeout, ten a call.

    It looks twice as often, so two renewals may fail before a lease is lost; and a lost one does
    no harm: another worker makes the same bytes under the same key, and our own delete is refused
    as stale. What is done sooner, as most photos are, costs no call at all.
    """

    def __init__(
        self,
        queue: Queue,
        visibility_timeout: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue = queue
        self._clock = clock
        self._visibility_timeout = visibility_timeout
        self._held: dict[str, float] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="leases", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def hold(self, receipt_handle: str) -> None:
        with self._lock:
            self._held[receipt_handle] = self._clock()

    def let_go(self, receipt_handle: str) -> None:
        with self._lock:
            self._held.pop(receipt_handle, None)

    def held(self) -> int:
        """How many messages are in hand."""
        return len(self._held)

    def renew(self, handles: Sequence[str]) -> list[str]:
        """Renew up to ten leases now. Gives those that were lost; raises QueueError."""
        stale = self._queue.change_visibility_batch(
            [(handle, self._visibility_timeout) for handle in handles]
        )
        now = self._clock()
        with self._lock:
            for handle in handles:
                if handle in stale:
                    self._held.pop(handle, None)
                elif handle in self._held:  # else it was let go meanwhile
                    self._held[handle] = now
        if stale:
            log.warning("leases were lost", leases=len(stale))
        return stale

    def renew_due(self) -> None:
        """Renew what was held for long enough; what fails is tried again at the next look."""
        long_ago = self._clock() - self._visibility_timeout / 3
        with self._lock:
            due = [handle for handle, since in self._held.items() if since <= long_ago]
        for i in range(0, len(due), MAX_BATCH):
            some = due[i : i + MAX_BATCH]
            try:
                self.renew(some)
            except QueueError as error:
                log.warning("leases could not be renewed", error=error.message, leases=len(some))

    def _run(self) -> None:
        while not self._stopped.wait(self._visibility_timeout / 6):
            self.renew_due()
