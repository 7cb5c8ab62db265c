"""Waits for a store that is away, so that its outage is no photo's failure.

Meanwhile the worker keeps what it has in hand, under leases that are renewed, and as its hands
are full it receives no more.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

import structlog

from abzug.errors import StoreError, StoreFull

LONGEST = 300.0
"""Seconds that a store is waited for; then what is in hand is put back, as another worker may
reach it."""
LONGEST_PAUSE = 5.0
TRIES = 4
"""Failures of one photo's objects while the store answers, after which they are its own."""
T = TypeVar("T")
log = structlog.get_logger()


class Away(Exception):
    """The store was waited for in vain. cause: what it failed with last."""

    def __init__(self, cause: StoreError) -> None:
        super().__init__(cause.message)
        self.cause = cause


class Patience:
    """answers: asks the store for something else; raises StoreError while it is away. sleep: for so
    many seconds; gives whether it is time to stop."""

    def __init__(
        self,
        answers: Callable[[], object],
        sleep: Callable[[float], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._answers = answers
        self._sleep = sleep
        self._clock = clock

    def through(self, step: Callable[[], T], on_wait: Callable[[], object]) -> T:
        """What `step` gives, which may be called again; on_wait is called before each pause.

        Raises Away, and StoreError where only this step's objects fail.
        """
        began, pause, own = self._clock(), 0.2, 0
        while True:
            try:
                return step()
            except StoreError as error:
                own += not self._is_away(error)
                if error.permanent or own == TRIES:
                    raise
                log.warning("the photo store is waited for", error=error.message)
                on_wait()
                waited = self._clock() - began
                if self._sleep(random.uniform(pause / 2, pause)) or waited >= LONGEST:  # noqa: S311
                    raise Away(error) from error
                pause = min(2 * pause, LONGEST_PAUSE)

    def _is_away(self, error: StoreError) -> bool:
        if isinstance(error, StoreFull):
            return True  # what is smaller may still find room
        try:
            self._answers()
        except StoreError:
            return True
        return False
