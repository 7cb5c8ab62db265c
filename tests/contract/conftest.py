"""The jobs database for its contract tests, on every kind of database."""

import pytest

from abzug.bell import Bell
from abzug.jobs.database import Jobs, upgrade
from abzug.jobs.engine import Database


def sqlite_url(folder):
    return f"sqlite:///{folder / 'jobs.db'}"


DATABASES = {"sqlite": sqlite_url}
"""By name, a function that gives the URL of an empty database, which may lie in the folder."""


class Clock:
    """Unix seconds that pass only when a test says so."""

    def __init__(self):
        self.now = 1_700_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=DATABASES)
def database_url(request, tmp_path):
    return DATABASES[request.param](tmp_path)


@pytest.fixture
def jobs(database_url, clock, tmp_path):
    upgrade(database_url)
    opened = Jobs(Database(database_url), Bell(tmp_path / "bells"), clock)
    yield opened
    opened.close()
