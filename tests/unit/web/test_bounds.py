"""What a hostile body or client may cost: shapes of JSON, memory of bodies, connections."""

from __future__ import annotations

import asyncio
import importlib
import json
import pkgutil
import types
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Message
from tests.support.web_server import WebServer

from abzug.web import incoming, routes
from abzug.web.connections import Room
from abzug.web.incoming import Incoming, Memory
from abzug.web.json_bodies import DEPTH, INNER_MEMBERS, MEMBERS, VALUES, JsonRoute

T = TypeVar("T")


def in_a_thread(work: Coroutine[Any, Any, T]) -> T:
    """In this one a browser test may have left an event loop running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class FakeConnection:
    def __init__(self, address: str) -> None:
        self.address = address
        self.is_open = True
        self.transport = types.SimpleNamespace(abort=self._abort)

    def _abort(self) -> None:
        self.is_open = False


def entered(room: Room, address: str = "192.0.2.1") -> Any:
    connection: Any = FakeConnection(address)
    return connection if room.enter(connection) else None


def test_a_full_room_lets_the_longest_silent_connection_go() -> None:
    room = Room(2)
    first, second = entered(room, "192.0.2.1"), entered(room, "192.0.2.2")

    third = entered(room, "192.0.2.3")

    assert [one.is_open for one in (first, second, third)] == [False, True, True]


def test_one_that_never_asked_goes_before_one_that_is_kept_for_the_next_request() -> None:
    room = Room(2)
    served, silent = entered(room, "192.0.2.1"), entered(room, "192.0.2.2")
    room.works(served)
    room.waits(served)

    entered(room, "192.0.2.3")

    assert (served.is_open, silent.is_open) == (True, False)


def test_nobody_is_let_in_while_all_are_busy() -> None:
    room = Room(1)
    busy = entered(room)
    room.works(busy)

    assert entered(room, "192.0.2.2") is None
    assert busy.is_open

    room.leave(busy)
    assert entered(room, "192.0.2.2") is not None


def test_one_address_takes_half_of_the_room_at_most() -> None:
    room = Room(4)
    mine = [entered(room, "192.0.2.1") for _ in range(4)]
    other = entered(room, "192.0.2.2")

    assert [one.is_open for one in mine] == [False, False, True, True]
    assert other.is_open


def test_every_route_that_takes_json_bounds_it() -> None:
    modules = [
        importlib.import_module(f"{routes.__name__}.{module.name}")
        for module in pkgutil.iter_modules(routes.__path__)
    ]
    found = [route for module in modules for route in module.router.routes]
    of_json = [r for r in found if isinstance(r, APIRoute) and r.body_field is not None]

    assert len(of_json) >= 4
    assert all(isinstance(route, JsonRoute) for route in of_json)


@pytest.mark.parametrize(
    "body",
    [
        {"photos": [1] * (MEMBERS + 1)},
        {"overrides": {str(i): {} for i in range(MEMBERS + 1)}},
        {"edits": {"watermark": [1] * (INNER_MEMBERS + 1)}},
        {str(i): 1 for i in range(INNER_MEMBERS + 1)},
        {"photos": [[0] * 900] * (VALUES // 900)},
        {"edits": json.loads("[" * DEPTH + "]" * DEPTH)},
    ],
    ids=["list", "object", "inner", "unknown", "values", "deep"],
)
def test_a_body_of_a_hostile_shape_is_refused_unread(
    client: httpx.Client, body: dict[str, Any]
) -> None:
    answer = client.post("/v1/jobs", json=body)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_body_larger_than_its_path_takes_is_refused(client: httpx.Client) -> None:
    large = client.post("/v1/jobs/x/retry", content=b" " * (512 * 1024 + 1))

    assert large.status_code == 413


def test_the_first_hundred_errors_are_told_and_the_rest_is_counted(client: httpx.Client) -> None:
    answer = client.post("/v1/jobs", json={"photos": [1] * 5000, "x" * 10_000: 1})

    problem = answer.json()
    assert answer.status_code == 422
    assert len(problem["errors"]) == 100
    assert problem["more_errors"] == 4902, "5,000 ids, a list without any, and an unknown field"
    assert len(answer.content) < 50_000


def test_errors_of_edits_are_cut_and_counted_too(client: httpx.Client) -> None:
    edits = {f"no{i}": 1 for i in range(900)}

    problem = client.post("/v1/jobs", json={"photos": ["a"], "edits": edits}).json()

    assert (len(problem["errors"]), problem["more_errors"]) == (100, 800)


def run_through(body: Incoming) -> int:
    """Receive all of it; gives the number of messages."""

    async def receive() -> int:
        for number in range(1, 1000):
            if not (await body()).get("more_body"):
                return number
        raise AssertionError("it has no end")

    return in_a_thread(receive())


def pieces(*sizes: int, endless: bool = False) -> Any:
    left = list(sizes)

    async def receive() -> Message:
        if not left and endless:
            await asyncio.Event().wait()
        size = left.pop(0)
        return {"type": "http.request", "body": bytes(size), "more_body": bool(left) or endless}

    return receive


def test_bodies_that_are_not_complete_share_a_bounded_memory() -> None:
    memory = Memory()
    size = incoming.HELD // 2
    first = Incoming(pieces(size), memory, limit=size, held=size)
    second = Incoming(pieces(size), memory, limit=size, held=size)
    run_through(first)
    run_through(second)

    with pytest.raises(HTTPException) as refused:
        run_through(Incoming(pieces(1), memory, limit=1, held=1))
    assert refused.value.status_code == 503
    assert refused.value.headers
    assert refused.value.headers["Retry-After"]

    first.close()
    assert run_through(Incoming(pieces(1), memory, limit=1, held=1)) == 1


def test_a_body_that_goes_to_the_store_counts_only_as_what_is_held_of_it() -> None:
    memory = Memory()
    body = Incoming(pieces(*[incoming.HELD // 4] * 8), memory, limit=2**40, held=1000)

    assert run_through(body) == 8


def test_a_body_that_comes_no_more_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "SILENCE", 0.01)

    with pytest.raises(HTTPException) as refused:
        run_through(Incoming(pieces(1, endless=True), Memory(), limit=9, held=9))
    assert refused.value.status_code == 408


def test_who_waits_for_the_client_to_go_is_not_disturbed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "SILENCE", 0.01)
    body = Incoming(pieces(1), Memory(), limit=9, held=9)
    run_through(body)
    gone = asyncio.Event()

    async def receive() -> Message:
        await gone.wait()
        return {"type": "http.disconnect"}

    body._receive = receive

    async def listen() -> Message:
        listening = asyncio.create_task(body())
        await asyncio.sleep(0.05)
        assert not listening.done()
        gone.set()
        return await listening

    assert in_a_thread(listen())["type"] == "http.disconnect"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with WebServer(tmp_path_factory.mktemp("web")) as web:
        yield web.http
