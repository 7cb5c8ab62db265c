"""Logs: one line an event on standard error, JSON where nobody watches."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog

SAME = 20
"""Most lines of one kind (one event) in a PERIOD; then how many there were is all that is told."""
KINDS = 1000
"""Kinds that are remembered."""
PERIOD = 60.0
"""Seconds."""


class RateLimit:
    """A processor that drops lines of a kind that comes too often: logs are not to fill a disk.

    The first line of the next period has how many were dropped, as `dropped`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, tuple[float, int]] = {}
        """Of each kind when its period began, and how many lines there have been in it."""

    def __call__(
        self, _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        now, kind = self._clock(), str(event.get("event"))[:200]
        began, count = self._seen.get(kind, (now, 0))
        if now - began >= PERIOD:
            if count > SAME:
                event["dropped"] = count - SAME
            began, count = now, 0
        if len(self._seen) > KINDS:
            self._seen.clear()
        self._seen[kind] = began, count + 1
        if count >= SAME:
            raise structlog.DropEvent
        return event


class _ToStructlog(logging.Handler):
    """What libraries log, asyncio and uvicorn before all, goes the same way."""

    def emit(self, record: logging.LogRecord) -> None:
        details = {} if record.exc_info is None else {"exc_info": record.exc_info}
        structlog.get_logger().log(record.levelno, record.getMessage(), **details)


def set_up(level: str) -> None:
    """Once a process. `level` is debug, info, warning or error."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    watched = sys.stderr.isatty()
    renderer = (
        # plain tracebacks: richer ones show local variables, and with them a person's data
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if watched
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            RateLimit(),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            *([] if watched else [structlog.processors.format_exc_info]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(handlers=[_ToStructlog()], level=max(number, logging.WARNING), force=True)
