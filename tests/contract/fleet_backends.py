"""The fleets that the contract is held against: a new one is one more entry in BACKENDS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.support.scaling_group import URL, amazon, make_group

from abzug.backends import connect_fleet
from abzug.fleets.base import Fleet
from abzug.settings import Settings


@contextmanager
def process(home: Path) -> Iterator[Fleet]:
    fleet: Fleet = connect_fleet(Settings(home=home, fleet_url="process:"))
    yield fleet
    fleet.close()


@contextmanager
def ec2(home: Path) -> Iterator[Fleet]:
    """On moto."""
    with amazon():
        make_group()
        fleet: Fleet = connect_fleet(Settings(home=home, fleet_url=URL))
        yield fleet


BACKENDS: dict[str, Callable[[Path], AbstractContextManager[Fleet]]] = {
    "process": process,
    "ec2": ec2,
}
"""Each gives a fleet of no workers, for which there is a home folder."""
