"""The command `abzug`: one file a command; what a command needs is imported when it runs."""

from __future__ import annotations

import importlib
import sys

import typer

from abzug.errors import AbzugError, InvalidRequest

app = typer.Typer(
    name="abzug",
    help="An online photo-editing service that never loses a photo.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
COMMANDS = ("up", "edit", "submit", "jobs", "dead_letters", "web", "worker", "tracker", "db")
for command in COMMANDS:
    importlib.import_module(f"abzug.cli.{command}").register(app)


def main() -> None:
    """Run; an error of ours is one line on standard error and exit code 1."""
    try:
        app()
    except AbzugError as error:
        print(f"abzug: {describe(error)}", file=sys.stderr)
        raise SystemExit(1) from None


def describe(error: AbzugError) -> str:
    """An error in one line, with what to do about it."""
    details = ""
    if isinstance(error, InvalidRequest):
        details = "; ".join(f"{e.pointer.lstrip('/')}: {e.detail}" for e in error.errors)
    return " ".join(filter(None, (error.message, details, error.hint)))
