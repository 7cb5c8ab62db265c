"""The fleet: the set of workers, as many as asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FleetState:
    """Counts of workers. Draining ones finish what they have and count as no capacity."""

    desired: int
    ready: int
    pending: int
    draining: int


class Fleet(Protocol):
    def set_desired(self, workers: int) -> int:
        """Ask for this many workers, clamped to the fleet's bounds; gives what was set."""
        ...

    def state(self) -> FleetState: ...

    def close(self) -> None:
        """Drain every worker, and return when the last is gone."""
        ...
