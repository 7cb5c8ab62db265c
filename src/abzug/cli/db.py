"""`abzug db`: the jobs database's schema."""

from __future__ import annotations

import typer

from abzug.cli.options import Home, read_settings

db = typer.Typer(help="Look after the jobs database.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(db, name="db")


@db.callback()
def _group() -> None:
    """Look after the jobs database."""


@db.command()
def upgrade(home: Home = None) -> None:
    """Bring the jobs database to this version's schema; safe to repeat."""
    from abzug.jobs import database
    from abzug.service.parts import make_home

    settings = read_settings(home=home)
    make_home(settings.home)
    database.upgrade(settings.url_of_database())
    print("The jobs database is up to date.")
