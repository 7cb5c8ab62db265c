"""The jobs database for its contract tests, on every kind of database."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.postgres import Postgres

from abzug.jobs.database import Jobs, connect, upgrade


class SqliteFiles:
    """Makes databases in a folder: empty ones, and upgraded ones by copying one that is."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        upgrade(f"sqlite:///{self._template}")

    def make(self, folder: Path, *, upgraded: bool) -> str:
        path = folder / "jobs.db"
        if upgraded:
            shutil.copy(self._template, path)
        return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


DATABASES = ("sqlite", "postgres")
"""Fixtures whose `make(folder, upgraded=…)` gives the URL of a fresh database."""


class Clock:
    """Unix seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=DATABASES)
def databases(request: pytest.FixtureRequest) -> SqliteFiles | Postgres:
    return request.getfixturevalue(request.param)


@pytest.fixture
def empty_url(databases: SqliteFiles | Postgres, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    return databases.make(tmp_path, upgraded=False)


@pytest.fixture
def database_url(databases: SqliteFiles | Postgres, tmp_path: Path) -> str:
    """The URL of an upgraded database."""
    return databases.make(tmp_path, upgraded=True)


@pytest.fixture
def jobs(database_url: str, clock: Clock, tmp_path: Path) -> Iterator[Jobs]:
    opened = connect(database_url, tmp_path, clock)
    yield opened
    opened.close()
