"""`abzug tracker`: status reports into the jobs database."""

from __future__ import annotations

import typer

from abzug.cli.options import Home, read_settings


def register(app: typer.Typer) -> None:
    app.command()(tracker)


def tracker(home: Home = None) -> None:
    """Apply the workers' reports to the jobs database, until told to stop."""
    from abzug.service.service import Service
    from abzug.system import logs
    from abzug.system.processes import stop_on_signal
    from abzug.tracker import Tracker

    settings = read_settings(home=home)
    logs.set_up(settings.log_level)
    stop = stop_on_signal()
    with Service.open(settings) as service:
        Tracker(service).run(stop)
