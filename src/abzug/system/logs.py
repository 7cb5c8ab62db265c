"""Logs: one line an event on standard error, JSON where nobody watches."""

from __future__ import annotations

import logging
import sys

import structlog


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
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            *([] if watched else [structlog.processors.format_exc_info]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
