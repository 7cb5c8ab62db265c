"""`abzug worker`: one processing server."""

from __future__ import annotations

from typing import Annotated

import typer

from abzug.cli.options import Home, read_settings


def register(app: typer.Typer) -> None:
    app.command()(worker)


def worker(
    home: Home = None,
    editors: Annotated[
        int | None,
        typer.Option(help="Editing processes; 0 is one a core [ABZUG_EDITORS]."),
    ] = None,
) -> None:
    """Take requests from the queue and edit, until told to stop (SIGTERM: what is begun is
    finished, the rest is given back). Ends with code 78 if no editing process can be started."""
    from abzug.backends import connect_queue, join_fleet
    from abzug.system import logs
    from abzug.system.processes import stop_on_signal
    from abzug.worker.loop import Worker

    settings = read_settings(home=home, editors=editors)
    logs.set_up(settings.log_level)
    stop = stop_on_signal()
    member = join_fleet(settings)
    if member:
        member.watch(stop.set)
    with connect_queue(settings, "requests") as requests, connect_queue(settings, "status") as s:
        Worker(settings, requests, s).run(stop)
    if member:
        member.leave()
