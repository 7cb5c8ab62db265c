"""`abzug fleet`: how many workers there are, and should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from abzug.cli.options import read_settings

if TYPE_CHECKING:
    from abzug.fleets.base import Fleet

fleet = typer.Typer(help="See the fleet of workers, set its size, drain one of them.")


def register(app: typer.Typer) -> None:
    app.add_typer(fleet, name="fleet", no_args_is_help=True)


@fleet.command()
def state() -> None:
    """Workers desired, ready, pending and draining."""
    now = _fleet().state()
    coming = f" (ready in about {now.ready_in:.0f} s)" if now.pending else ""
    print(f"desired {now.desired}  ready {now.ready}  pending {now.pending}{coming}", end="  ")
    print(f"draining {now.draining}")


@fleet.command()
def scale(workers: Annotated[int, typer.Argument(min=0, help="How many there should be.")]) -> None:
    """Set the number of workers; those that are too many finish what they have, then go."""
    print(f"desired {_fleet().set_desired(workers)}")


@fleet.command()
def drain(worker: Annotated[str, typer.Argument(help="Its name in the fleet: i-0abc…")]) -> None:
    """Have this worker finish what it has and go."""
    _fleet().drain(worker)
    print(f"{worker} is draining")


def _fleet() -> Fleet:
    from abzug.backends import connect_fleet
    from abzug.errors import ConfigError

    settings = read_settings()
    if settings.fleet_url.startswith("process:"):
        raise ConfigError("The workers of `abzug up` end with it: `--workers` says how many.")
    return connect_fleet(settings)
