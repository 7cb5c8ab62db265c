"""The leases a worker holds: renewed together, well before they run out."""

from __future__ import annotations

import threading

import structlog

from abzug.errors import QueueError
from abzug.queues.base import MAX_BATCH, Queue

log = structlog.get_logger()


class Leases:
    """Renews every held lease at a third of the visibility timeout, ten a call.

    So two renewals may fail before a lease is lost; and a lost one does no harm: another worker
    makes the same bytes under the same key, and our own delete is refused as stale.
    """

    def __init__(self, queue: Queue, visibility_timeout: float) -> None:
        self._queue = queue
        self._visibility_timeout = visibility_timeout
        self._held: set[str] = set()
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
            self._held.add(receipt_handle)

    def let_go(self, receipt_handle: str) -> None:
        with self._lock:
            self._held.discard(receipt_handle)

    def _run(self) -> None:
        while not self._stopped.wait(self._visibility_timeout / 3):
            with self._lock:
                held = list(self._held)
            for i in range(0, len(held), MAX_BATCH):
                self._renew(held[i : i + MAX_BATCH])

    def _renew(self, handles: list[str]) -> None:
        try:
            stale = self._queue.change_visibility_batch(
                [(handle, self._visibility_timeout) for handle in handles]
            )
        except QueueError as error:
            log.warning("leases could not be renewed", error=error.message, leases=len(handles))
            return
        for handle in stale:
            self.let_go(handle)
