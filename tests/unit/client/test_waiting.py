"""Waiting for a job: by events, across broken streams and restarts."""

from collections.abc import Iterator

import httpx
import pytest
from tests.support.client_server import (
    BYE,
    HELLO,
    PING,
    FakeServer,
    block,
    breaking,
    job,
    problem,
    submitted,
)

from abzug.client import Client
from abzug.client.client import RECONNECTS
from abzug.client.events import Event, parse
from abzug.errors import (
    BackendError,
    NotFound,
)


def test_waiting_for_a_finished_job_ends_at_once(client: Client, server: FakeServer) -> None:
    submitted(server, "succeeded")
    server.streams = [[HELLO]]

    assert client.wait("jb_1")["state"] == "succeeded"


def test_waiting_follows_the_job_by_events(
    client: Client, server: FakeServer, pauses: list[float]
) -> None:
    here = submitted(server)

    def stream() -> Iterator[bytes]:
        yield HELLO
        yield block("job", job=job("jb_1", "running"))
        yield block("task", task={"id": "tk_1", "filename": "a\u2028b.jpg"})
        yield block("job", job=job("jb_other", "failed"))
        yield PING
        here["state"] = "succeeded"
        yield block("job", job=job("jb_1", "succeeded"))
        raise AssertionError("it waits on")

    server.streams = [stream()]
    seen = []

    done = client.wait("jb_1", on_progress=lambda job: seen.append(job["state"]))

    assert done == here
    assert seen == ["queued", "running", "succeeded"]
    assert pauses == []


def test_a_change_before_the_server_listens_is_not_missed(
    client: Client, server: FakeServer
) -> None:
    here = submitted(server)

    def stream() -> Iterator[bytes]:
        here["state"] = "succeeded"  # after the stream was asked for, before its first block
        yield HELLO
        raise AssertionError("it waits on")

    server.streams = [stream()]

    assert client.wait("jb_1")["state"] == "succeeded"


@pytest.mark.parametrize(
    "end", [[BYE], [], [PING], [b"event: job\ndata: {"]], ids=["bye", "none", "ping", "cut"]
)
def test_waiting_outlives_the_end_of_the_stream(
    client: Client, server: FakeServer, pauses: list[float], end: list[bytes]
) -> None:
    here = submitted(server)

    def second() -> Iterator[bytes]:
        here["state"] = "partial"  # while nobody listened
        yield HELLO

    server.streams = [[HELLO, *end], second()]

    assert client.wait("jb_1")["state"] == "partial"
    assert len(pauses) == 1


def test_waiting_outlives_a_restart_of_the_server(
    client: Client, server: FakeServer, pauses: list[float]
) -> None:
    submitted(server, "failed")
    server.streams = [[HELLO]]
    server.plan["/v1/events"] = [
        httpx.ConnectError("down"),
        httpx.Response(200, content=breaking(b": ping")),
        httpx.ReadTimeout("silent"),
        problem(503, "database_unavailable", "Not yet."),
    ]

    assert client.wait("jb_1")["state"] == "failed"
    assert len(pauses) == 4


def test_a_server_that_came_back_in_between_is_not_given_up(
    client: Client, server: FakeServer
) -> None:
    here = submitted(server)

    def last() -> Iterator[bytes]:
        here["state"] = "succeeded"
        yield HELLO

    down = [httpx.ConnectError("down")] * RECONNECTS
    up = httpx.Response(200, content=HELLO)
    server.plan["/v1/events"] = [*down, up, *down]
    server.streams = [last()]

    assert client.wait("jb_1")["state"] == "succeeded"


def test_waiting_gives_up_a_server_that_stays_away(client: Client, server: FakeServer) -> None:
    submitted(server)
    server.plan["/v1/events"] = [httpx.ConnectError("down")] * 999

    with pytest.raises(BackendError, match="cannot be reached"):
        client.wait("jb_1")


def test_waiting_for_a_job_that_is_not_there_is_refused(client: Client, server: FakeServer) -> None:
    server.streams = [[HELLO]]

    with pytest.raises(NotFound):
        client.wait("jb_none")


def test_waiting_ends_when_its_time_is_up(
    client: Client, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted(server)
    clock = [1000.0]
    monkeypatch.setattr("abzug.client.client.time.monotonic", lambda: clock[0])

    def stream() -> Iterator[bytes]:
        yield HELLO
        clock[0] += 4
        yield PING
        clock[0] += 4
        yield PING
        raise AssertionError("it waits on")

    server.streams = [stream()]

    with pytest.raises(TimeoutError, match="jb_1"):
        client.wait("jb_1", timeout=7)
    assert server.seen[0].extensions["timeout"]["read"] == 7


def test_a_stream_may_be_cut_anywhere_and_end_its_lines_either_way() -> None:
    stream = "retry: 1\nid: 3\n\n: ping\n\nevent:job\ndata: a\u2028\r\ndata:  b\r\n\r\ndata: cut"
    expected = [Event("", ""), Event("", ""), Event("job", "a\u2028\n b")]

    for size in (1, 2, 3, 7, 1000):
        raw = stream.encode()
        assert list(parse(raw[i : i + size] for i in range(0, len(raw), size))) == expected
