"""A client of a server in memory."""

import time
from collections.abc import Iterator

import httpx
import pytest
from tests.support.client_server import FakeServer

from abzug.client import Client


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that would have been made."""
    made: list[float] = []
    monkeypatch.setattr(time, "sleep", made.append)
    return made


@pytest.fixture
def client(server: FakeServer, pauses: list[float]) -> Iterator[Client]:
    with Client(transport=httpx.MockTransport(server)) as client:
        yield client
