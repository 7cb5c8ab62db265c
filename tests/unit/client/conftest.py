"""A client of a server in memory."""

import httpx
import pytest
from tests.support.client_server import FakeServer

from abzug.client import Client, connection


@pytest.fixture
def server():
    return FakeServer()


@pytest.fixture
def pauses(monkeypatch):
    """The pauses that would have been made."""
    made = []
    monkeypatch.setattr(connection.time, "sleep", made.append)
    return made


@pytest.fixture
def client(server, pauses):
    with Client(transport=httpx.MockTransport(server)) as client:
        yield client
