"""The fleet: the set of workers, as many as asked for; and a worker's own place in it.

A module of a fleet has `connect(url, settings) -> Fleet`, for whoever sets its size, and where a
worker has to look out for its own end also `join(url, settings) -> Member`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FleetState:
    """Counts of workers. Draining ones finish what they have and count as no capacity.

    ready_in: seconds until the last of the pending ones is expected to work, about.
    """

    desired: int
    ready: int
    pending: int
    draining: int
    ready_in: float = 0.0


class Fleet(Protocol):
    """Methods block, may be called from several threads, and raise FleetError."""

    def set_desired(self, workers: int) -> int:
        """Ask for this many workers, clamped to the fleet's bounds; gives what was set.

        Those that are too many drain: nothing that was begun is thrown away.
        """
        ...

    def drain(self, worker: str) -> None:
        """Have this very worker finish what it has and go. Raises NotFound."""
        ...

    def state(self) -> FleetState: ...

    def close(self) -> None:
        """Drain every worker that lives by this process, and return when the last is gone."""
        ...


class Member(Protocol):
    """A worker's place in its fleet, seen from the worker's own server."""

    def watch(self, drain: Callable[[], object]) -> None:
        """From now on call `drain` (no arguments, once) when this worker has to go."""
        ...

    def leave(self) -> None:
        """The worker has drained: its server may be taken away. Nothing, if it may stay."""
        ...
