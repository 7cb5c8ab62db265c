"""`abzug scrub`: is everything that was stored still what was stored?"""

from __future__ import annotations

import typer

from abzug.cli.options import Home, read_settings


def register(app: typer.Typer) -> None:
    app.command()(scrub)


def scrub(home: Home = None) -> None:
    """Read all originals and results and compare them with their digests; what is gone or damaged
    is named. Results are made again, where the original is there. Exit code 1 if anything was."""
    from abzug.service.scrub import scrub as run
    from abzug.service.service import Service
    from abzug.system import logs

    settings = read_settings(home=home)
    logs.set_up("error")
    with Service.open(settings) as service:
        tally = run(service, print)
    print(f"{tally.read} read, {tally.wrong} gone or damaged, of {tally.mended} made again")
    if tally.wrong:
        raise typer.Exit(1)
