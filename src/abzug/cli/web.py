"""`abzug web`: the HTTP server alone."""

from __future__ import annotations

import typer

from abzug.cli.options import Home, Host, Port, read_settings


def register(app: typer.Typer) -> None:
    app.command()(web)


def web(host: Host = None, port: Port = None, home: Home = None) -> None:
    """Serve the page and the HTTP API; editing needs workers and a tracker besides."""
    from abzug.system import logs
    from abzug.system.processes import end_with_any_thread
    from abzug.web.server import serve

    settings = read_settings(host=host, port=port, home=home)
    logs.set_up(settings.log_level)
    end_with_any_thread()
    serve(settings, on_ready=lambda url: print(f"Abzug is at {url}", flush=True))
