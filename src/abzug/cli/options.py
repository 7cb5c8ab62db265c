"""What several commands share: options that are settings too, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from abzug.errors import ConfigError
from abzug.settings import Settings

Home = Annotated[
    Path | None,
    typer.Option("--home", help="Folder of the queue, the photos and the database [ABZUG_HOME]."),
]
Host = Annotated[
    str | None, typer.Option("--host", help="Address to serve on: a loopback one [ABZUG_HOST].")
]
Port = Annotated[
    int | None, typer.Option("--port", help="Port to serve on, 0 for a free one [ABZUG_PORT].")
]
Url = Annotated[str, typer.Option("--url", envvar="ABZUG_URL", help="Address of the Abzug server.")]
DEFAULT_URL = "http://127.0.0.1:8000"


def read_settings(**given: Any) -> Settings:
    """The settings, with what was given on the command line on top. Raises ConfigError.

    Whoever asks for them works in the home, so what is made from now on is private.
    """
    from pydantic import ValidationError

    from abzug.system.private import keep_private

    keep_private()
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in found['loc'])}: {found['msg']}"
            for found in error.errors()
        )
        raise ConfigError(f"The settings are not right: {wrong}.") from None
