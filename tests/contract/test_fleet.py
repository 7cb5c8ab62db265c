"""What every fleet promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.fleet_backends import BACKENDS

from abzug.errors import NotFound
from abzug.fleets.base import Fleet


@pytest.fixture(params=BACKENDS)
def fleet(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fleet]:
    with BACKENDS[request.param](tmp_path / "home") as fleet:
        yield fleet


def test_a_new_fleet_has_no_workers(fleet: Fleet) -> None:
    state = fleet.state()

    assert (state.desired, state.ready, state.pending, state.draining) == (0, 0, 0, 0)


def test_it_grows_to_what_is_asked(fleet: Fleet) -> None:
    assert fleet.set_desired(2) == 2

    state = fleet.state()
    assert state.desired == 2
    assert state.ready + state.pending == 2
    assert state.ready_in >= 0


def test_fewer_than_none_is_none(fleet: Fleet) -> None:
    assert fleet.set_desired(-1) == 0
    assert fleet.state().desired == 0


def test_what_was_asked_last_counts(fleet: Fleet) -> None:
    for wish in (1, 3, 3, 1):
        assert fleet.set_desired(wish) == wish

    state = fleet.state()
    assert state.desired == 1
    assert state.ready + state.pending == 1


def test_a_worker_that_there_is_not_cannot_be_drained(fleet: Fleet) -> None:
    fleet.set_desired(1)

    with pytest.raises(NotFound):
        fleet.drain("nobody")
    assert fleet.state().desired == 1
