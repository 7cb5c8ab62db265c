"""Loads a backend by its URL's scheme: `sqlite:…` for queues is `abzug.queues.sqlite`.

Each backend module has one function `connect`, and adding a backend is adding its file.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from abzug.errors import ConfigError

if TYPE_CHECKING:
    from abzug.fleets.base import Fleet, Member
    from abzug.queues.base import Queue
    from abzug.settings import Settings
    from abzug.stores.base import Store


def load(kind: str, url: str) -> Any:
    """The module `abzug.KIND.SCHEME`. Raises ConfigError for a scheme that has no module."""
    scheme = urlsplit(url).scheme
    if scheme.isidentifier():
        name = f"abzug.{kind}.{scheme}"
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
        else:
            if hasattr(module, "connect"):  # else it is a part of the backends, not one of them
                return module
    msg = f"no {kind} backend for {scheme or url!r}: check the URL"
    raise ConfigError(msg)


def connect_queue(settings: Settings, name: str) -> Queue:
    """The queue `name`; `NAME-dead` is the dead-letter queue of `NAME`."""
    url = settings.url_of_queues()
    queue: Queue = load("queues", url).connect(url, name, settings)
    return queue


def create_queues(settings: Settings, names: Sequence[str]) -> list[str]:
    """Make the queues and their dead-letter queues where that must be done beforehand.

    Gives a line for each. Raises QueueError, ConfigError.
    """
    url = settings.url_of_queues()
    lines: list[str] = load("queues", url).create(url, names, settings)
    return lines


def connect_store(settings: Settings) -> Store:
    """The photo store."""
    url = settings.url_of_store()
    store: Store = load("stores", url).connect(url, settings)
    return store


def connect_fleet(settings: Settings) -> Fleet:
    """The fleet."""
    fleet: Fleet = load("fleets", settings.fleet_url).connect(settings.fleet_url, settings)
    return fleet


def join_fleet(settings: Settings) -> Member | None:
    """This worker's place in the fleet, or None where it has none to mind."""
    join: Callable[[str, Settings], Member] | None
    join = getattr(load("fleets", settings.fleet_url), "join", None)
    return join(settings.fleet_url, settings) if join else None
