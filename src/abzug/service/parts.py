"""The composition root: settings → the parts that the service is made of."""

from __future__ import annotations

import functools
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Self

from abzug.backends import connect_queue, connect_store
from abzug.errors import ConfigError
from abzug.jobs import database
from abzug.jobs.database import Jobs
from abzug.queues.base import DEAD, Queue
from abzug.settings import Settings
from abzug.stores.base import Store
from abzug.system.private import private_folder


def make_home(home: Path) -> None:
    """Raises ConfigError for a folder that cannot be made, or not be written."""
    try:
        private_folder(home)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        msg = f"the home folder cannot be used ({error.strerror}): check ABZUG_HOME"
        raise ConfigError(msg) from error


class Parts:
    """Connected once and shared by all threads; queues and store when they are first used."""

    def __init__(self, settings: Settings, jobs: Jobs) -> None:
        self.settings = settings
        self.jobs = jobs

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Connect; the embedded database is made or brought up to date on the way.

        Raises ConfigError, DatabaseError.
        """
        make_home(settings.home)
        url = settings.url_of_database()
        if url.startswith("sqlite"):
            _refuse_to_forget(settings)
            database.upgrade(url)
        return cls(settings, database.connect(url, settings.home))

    @functools.cached_property
    def store(self) -> Store:
        return connect_store(self.settings)

    @functools.cached_property
    def requests(self) -> Queue:
        return connect_queue(self.settings, "requests")

    @functools.cached_property
    def requests_dead(self) -> Queue:
        return connect_queue(self.settings, "requests" + DEAD)

    @functools.cached_property
    def status(self) -> Queue:
        return connect_queue(self.settings, "status")

    @functools.cached_property
    def status_dead(self) -> Queue:
        return connect_queue(self.settings, "status" + DEAD)

    def close(self) -> None:
        for name in ("requests", "requests_dead", "status", "status_dead", "store"):
            if name in self.__dict__:
                getattr(self, name).close()
        self.jobs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _refuse_to_forget(settings: Settings) -> None:
    """Raises ConfigError if the embedded database is gone and what it knew of is still there."""
    if settings.new_database or not database.is_new(settings.url_of_database()):
        return
    with closing(connect_store(settings)) as store:
        if any(store.list("originals/")):
            raise ConfigError(
                "The jobs database is gone or empty, but there are photos in the store.",
                advice="Restore it from a backup, or begin anew with ABZUG_NEW_DATABASE=true.",
            )
