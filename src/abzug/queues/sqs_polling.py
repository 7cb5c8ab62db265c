"""Long polls that can be left.

SQS has no call that ends a long poll, and cutting its connection would hide whatever message
it was just being given, until the lease runs out. So each poll runs in a thread of its own:
who is woken leaves it behind, and what it brings home later is given back at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from abzug.errors import QueueError
from abzug.queues.base import Received

log = structlog.get_logger()
Fetch = Callable[[], list[Received]]


@dataclass(eq=False, slots=True)
class _Poll:
    done: bool = False
    left: bool = False
    messages: list[Received] = field(default_factory=list)
    error: Exception | None = None


class LongPolls:
    """give_back: makes messages visible again."""

    def __init__(self, give_back: Callable[[list[Received]], object]) -> None:
        self._give_back = give_back
        self._under_way: set[_Poll] = set()
        self._changed = threading.Condition()
        self._closing = False
        self._wakes = 0
        self._seen = threading.local()

    def poll(self, fetch: Fetch) -> list[Received]:
        """What `fetch` gives; nothing if woken meanwhile, or since this thread last polled.

        A call of `wake` before the poll counts: else a thread told to stop just before its poll
        began would sit it out. Raises QueueError once it is closing.
        """
        poll = _Poll()
        with self._changed:
            if self._closing:
                raise QueueError("The queue is closed.")
            if self._woken():
                return []
            self._under_way.add(poll)
            threading.Thread(target=self._run, args=[poll, fetch], name="poll", daemon=True).start()
            wakes = self._wakes
            self._changed.wait_for(lambda: poll.done or self._wakes != wakes)
            self._woken()
            poll.left = not poll.done
        if poll.error:
            raise poll.error
        return [] if poll.left else poll.messages

    def wake(self) -> None:
        with self._changed:
            self._wakes += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Leave all polls and wait until they are home, with what they bring given back."""
        self._closing = True
        self.wake()
        with self._changed:
            self._changed.wait_for(lambda: not self._under_way)

    def _woken(self) -> bool:
        wakes, seen = self._wakes, getattr(self._seen, "wakes", 0)
        self._seen.wakes = wakes
        return bool(wakes != seen)

    def _run(self, poll: _Poll, fetch: Fetch) -> None:
        try:
            poll.messages = fetch()
        except Exception as error:
            poll.error = error
        with self._changed:
            poll.done = True
            self._changed.notify_all()
        try:
            if poll.left and poll.messages:
                self._give_back(poll.messages)
        except QueueError as error:
            log.warning("a message comes again when its lease runs out", error=error.message)
        finally:
            with self._changed:
                self._under_way.discard(poll)
                self._changed.notify_all()
