"""`abzug queues`: the queues and their dead-letter queues."""

from __future__ import annotations

import typer

from abzug.cli.options import Home, read_settings

queues = typer.Typer(help="Look after the queues.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(queues, name="queues")


@queues.callback()
def _group() -> None:
    """Look after the queues."""


@queues.command()
def create(home: Home = None) -> None:
    """Make the queues of ABZUG_QUEUE_URL, or bring them up to date; safe to repeat."""
    from abzug.backends import create_queues

    lines = create_queues(read_settings(home=home), ["requests", "status"])
    print("\n".join(lines) or "Nothing to do: the embedded queues are made when they are used.")
