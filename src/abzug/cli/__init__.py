"""The command `abzug`: one file a command; what a command needs is imported when it runs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import typer

from abzug.errors import CANNOT_WORK, AbzugError, ConfigError, InvalidRequest

COMMANDS = (
    "up",
    "edit",
    "submit",
    "jobs",
    "presets",
    "dead-letters",
    "web",
    "worker",
    "fleet",
    "tracker",
    "db",
    "scrub",
    "queues",
)

SERVERS = (["up"], ["web"], ["worker"], ["tracker"])
"""Whoever runs these wants to know where it was, too."""


def make_app(commands: Sequence[str] = COMMANDS) -> typer.Typer:
    """The command line with these commands, each from the module of its name."""
    app = typer.Typer(
        name="abzug",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(abzug)
    for command in commands:
        importlib.import_module(f"abzug.cli.{command.replace('-', '_')}").register(app)
    return app


def abzug() -> None:
    """An online photo-editing service that never loses a photo."""


def main() -> None:
    """Run; an error of ours is one line on standard error and exit code 1, or CANNOT_WORK for
    settings that never will."""
    # only the command that is asked for: a worker need not build the form of `edit` to start
    wanted = [command for command in COMMANDS if command in sys.argv[1:2]]
    try:
        make_app(wanted or COMMANDS)()
    except OSError as error:
        if error.filename is None or wanted in SERVERS:
            raise
        # a file that a person named, and that cannot be read or written
        print(f"abzug: {error.filename}: {error.strerror}", file=sys.stderr)
        raise SystemExit(1) from None
    except AbzugError as error:
        print(f"abzug: {describe(error)}", file=sys.stderr)
        raise SystemExit(CANNOT_WORK if isinstance(error, ConfigError) else 1) from None


def describe(error: AbzugError) -> str:
    """An error in one line, with what to do about it."""
    details = ""
    if isinstance(error, InvalidRequest):
        details = "; ".join(f"{e.pointer.lstrip('/')}: {e.detail}" for e in error.errors)
    return " ".join(filter(None, (error.message, details, error.advice)))
