"""A fleet of worker processes on this machine: `process:`."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from abzug.errors import NotFound
from abzug.fleets.base import FleetState
from abzug.settings import Settings, environment
from abzug.system.processes import Supervised

MAX_WORKERS = 1024


class ProcessFleet:
    """Workers that are started again when they die, and drained when they are too many."""

    def __init__(self, env: Mapping[str, str], drain_timeout: float) -> None:
        self._env = env
        self._drain_timeout = drain_timeout
        self._workers: list[Supervised] = []
        self._draining: list[Supervised] = []
        self._started = 0
        self._lock = threading.Lock()

    def set_desired(self, workers: int) -> int:
        """Start what is missing, drain what is too much (the newest first)."""
        wanted = max(0, min(workers, MAX_WORKERS))
        with self._lock:
            while len(self._workers) < wanted:
                self._started += 1
                worker = Supervised(f"worker {self._started}", ["worker"], self._env)
                worker.start()
                self._workers.append(worker)
            while len(self._workers) > wanted:
                self._let_go(self._workers[-1])
        return wanted

    def drain(self, worker: str) -> None:
        """By its process id; no other is started in its place."""
        with self._lock:
            for one in self._workers:
                if str(one.pid) == worker:
                    self._let_go(one)
                    return
        raise NotFound("No such worker.")

    def _let_go(self, worker: Supervised) -> None:
        self._workers.remove(worker)
        worker.drain()
        self._draining.append(worker)

    @property
    def cannot_work(self) -> bool:
        """Whether a worker has found that it never will be able to."""
        with self._lock:
            return any(worker.cannot_work for worker in self._workers)

    def state(self) -> FleetState:
        with self._lock:
            self._draining = [worker for worker in self._draining if not worker.ended]
            ready = sum(worker.pid is not None for worker in self._workers)
            return FleetState(
                desired=len(self._workers),
                ready=ready,
                pending=len(self._workers) - ready,
                draining=len(self._draining),
            )

    def close(self) -> None:
        self.set_desired(0)
        # the editors' own limit, and a little for the reports
        deadline = time.monotonic() + self._drain_timeout + 15
        for worker in self._draining:
            worker.join(max(0.0, deadline - time.monotonic()))


def connect(url: str, settings: Settings) -> ProcessFleet:  # noqa: ARG001  nothing to choose in it
    return ProcessFleet(environment(settings), settings.drain_timeout)
