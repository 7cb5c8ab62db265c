"""`abzug up`: everything on this machine."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Annotated

import typer

from abzug.cli.options import Home, Host, Port, read_settings

if TYPE_CHECKING:
    import threading

    from abzug.settings import Settings

LOOK = 1.0
"""Seconds between two looks at whether the parts can work."""


def register(app: typer.Typer) -> None:
    app.command()(up)


def up(
    host: Host = None,
    port: Port = None,
    home: Home = None,
    workers: Annotated[
        int | None, typer.Option(min=0, help="Worker processes [ABZUG_WORKERS].")
    ] = None,
    editors: Annotated[
        int | None,
        typer.Option(min=0, help="Editing processes of a worker; 0: one a core [ABZUG_EDITORS]."),
    ] = None,
) -> None:
    """Run it all: page and API, tracker, workers. Ctrl-C finishes what is begun, then stops."""
    from abzug.system import logs
    from abzug.system.processes import stop_on_signal

    settings = read_settings(host=host, port=port, home=home, workers=workers, editors=editors)
    logs.set_up(settings.log_level)
    run(settings, stop_on_signal())


def run(settings: Settings, stop: threading.Event) -> None:
    """Start the parts, keep them alive until `stop` is set, drain them.

    Raises ConfigError, BackendError before anything is started, and ConfigError if a part finds
    that it cannot work.
    """
    from abzug.backends import connect_fleet
    from abzug.errors import ConfigError
    from abzug.settings import environment
    from abzug.system.processes import Supervised
    from abzug.web.loopback import address_to_bind

    address_to_bind(settings.host, is_open=settings.without_keys)
    _try_backends(settings)  # what is wrong is told once, not by each part
    # a web that is started again must come back on the same port
    settings = settings.model_copy(update={"port": _free_port(settings.host, settings.port)})
    env = environment(settings)
    web = Supervised("web", ["web"], env)
    tracker = Supervised("tracker", ["tracker"], env)
    fleet = connect_fleet(settings)
    web.start()
    tracker.start()
    fleet.set_desired(settings.workers)
    while not stop.wait(LOOK):
        if web.cannot_work or tracker.cannot_work or getattr(fleet, "cannot_work", False):
            break
    web.drain()
    fleet.close()
    web.join(settings.drain_timeout)
    tracker.drain()  # last: it still takes the workers' reports
    tracker.join(settings.drain_timeout)
    if not stop.is_set():
        raise ConfigError("A part of Abzug cannot work; it has said why.")


def _try_backends(settings: Settings) -> None:
    """What cannot work is told once, and not by each part at each of its starts."""
    from abzug.service.service import Service

    with Service.open(settings) as service:
        for name in ("requests", "status", "store"):
            getattr(service, name)


def _free_port(host: str, port: int) -> int:
    """`port` if it is free, any free one for 0. Raises ConfigError."""
    from abzug.errors import ConfigError

    try:
        with socket.create_server((host, port)) as server:
            free: int = server.getsockname()[1]
    except OSError:
        raise ConfigError(f"Port {port} is taken: choose another with --port.") from None
    return free
