"""How long this process was awake: a clock that stands still while the process is stopped.

The system's clocks run on while a process is (SIGSTOP, a debugger, a container that is frozen),
and no limit of time should count that: what was stopped did nothing wrong.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

TICK = 0.5
"""Seconds between two looks at the time."""
LONGEST_TICK = 5.0
"""Seconds that a look counts at most: a busy machine may be as late as that, what is later was
stopped."""


class Awake:
    """A clock that ticks in a thread of its own."""

    def __init__(
        self, on_tick: Callable[[float], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """on_tick: is told the seconds, in the clock's thread."""
        self._on_tick = on_tick
        self._clock = clock
        self._last = clock()
        self._seconds = 0.0

    def start(self) -> None:
        threading.Thread(target=self._run, name="awake", daemon=True).start()

    def seconds(self) -> float:
        """Since it was made, as of the last tick."""
        return self._seconds

    def tick(self) -> None:
        now = self._clock()
        self._seconds += min(now - self._last, LONGEST_TICK)
        self._last = now
        self._on_tick(self._seconds)

    def _run(self) -> None:
        while True:
            time.sleep(TICK)
            self.tick()
