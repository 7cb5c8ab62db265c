"""How fast a worker is going, so that it can look ahead where calls of the queue are dear."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable


class Lookahead:
    """What ended within the last `seconds` will do so again in the next. 0 seconds: nothing."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._ends: deque[float] = deque()

    def mark(self) -> None:
        """A photo has come to its end."""
        self._ends.append(self._clock())

    def ahead(self) -> int:
        """Photos that will come to their end within the next `seconds`; for one thread only."""
        now = self._clock()
        while self._ends and now - self._ends[0] >= self._seconds:
            self._ends.popleft()
        return len(self._ends)
