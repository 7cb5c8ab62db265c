"""Events: told as they come, resumed without a gap, ended when the server stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from tests.support.waiting import until
from tests.support.web_server import SMALL, TIMEOUT, Person, WebServer, report

from abzug.messages import ReportKind, ResultRef
from abzug.web import hub, sse


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    with WebServer(tmp_path_factory.mktemp("web")) as web:
        yield web


class Listener:
    """Reads one event stream; `next()` waits for the next event."""

    def __init__(self, person: Person, query: str = "", **headers: str) -> None:
        self._context = person.http.stream("GET", f"/v1/events{query}", headers=headers)

    def __enter__(self) -> Self:
        self.answer = self._context.__enter__()
        self._lines = self.answer.iter_lines()
        self.last_id = self._frame()["id"]  # sent at once, so that any break can be resumed
        return self

    def __exit__(self, *_: object) -> None:
        self._context.__exit__(None, None, None)

    def next(self) -> tuple[str, dict[str, Any]]:
        frame = self._frame()
        self.last_id = frame.get("id", self.last_id)
        return frame["event"], json.loads(frame["data"])

    def _frame(self) -> dict[str, str]:
        fields: dict[str, str] = {}
        for line in self._lines:
            if not line and fields:
                return fields
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value
        raise EOFError


def test_a_jobs_way_is_told_as_it_goes(web: WebServer) -> None:
    me = web.person()
    with Listener(me) as events:
        assert events.answer.headers["content-type"].startswith("text/event-stream")
        assert events.answer.headers["x-accel-buffering"] == "no"
        job = me.order(name="Rügen")
        kind, data = events.next()
        assert (kind, data["job"]["id"], data["job"]["name"]) == ("job", job["id"], "Rügen")
        assert data["job"]["links"] == job["links"]
        assert data["job"].keys() == job.keys() - {"edits", "outputs"}

        (task,) = me.tasks(job)
        web.start_task(task)
        states = dict(told(*events.next()) for _ in range(2))
        assert states == {"job": "running", "task": "running"}

        web.succeed(task)
        seen = dict(events.next() for _ in range(2))
        assert me.http.get(seen["task"]["task"]["results"][0]["url"]).status_code == 200
        shown = me.http.get(job["links"]["self"]).json()
        assert seen["job"]["job"] == without(shown, "edits", "outputs")
        (shown,) = me.http.get(job["links"]["tasks"]).json()["items"]
        assert without(seen["task"]["task"], "results") == without(shown, "results", "attempts")


def without(shown: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name not in names}


def told(kind: str, data: dict[str, Any]) -> tuple[str, str]:
    return kind, data[kind]["state"]


def test_a_listener_that_comes_back_misses_nothing(web: WebServer) -> None:
    me = web.person()
    with Listener(me) as events:
        before = events.last_id
        first = me.order()["id"]
        assert events.next()[1]["job"]["id"] == first
        seen = events.last_id
    second = me.order()["id"]

    with Listener(me, **{"Last-Event-ID": seen}) as events:
        assert events.next()[1]["job"]["id"] == second
    with Listener(me, f"?after={before}") as events:
        assert [events.next()[1]["job"]["id"] for _ in range(2)] == [first, second]
    with Listener(me, f"?after={before}", **{"Last-Event-ID": seen}) as events:
        assert events.next()[1]["job"]["id"] == second


def test_events_of_others_are_not_told(web: WebServer) -> None:
    me, other = web.person(), web.person()
    with Listener(me, "?after=0") as events:
        other.order()
        mine = me.order()["id"]

        assert events.next()[1]["job"]["id"] == mine


def test_a_listener_that_reads_slowly_gets_everything_in_order(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "BATCH", 2)
    me = web.person()
    with Listener(me) as events:
        job = me.order(5)
        for task in me.tasks(job):
            web.start_task(task)
            web.succeed(task)
        news: tuple[str, dict[str, Any]] = ("", {})
        ids: list[int] = []
        while news[0] != "job" or news[1]["job"]["state"] != "succeeded":
            news = events.next()
            ids.append(int(events.last_id))

    assert len(ids) > 10  # many times what is read at once
    assert ids == sorted(set(ids))


def test_a_listener_that_reads_nothing_does_not_keep_the_server(tmp_path: Path) -> None:
    # more than the kernel takes for a client that reads nothing
    result = ResultRef(
        name="edited",
        format="jpeg",
        media_type="x" * 500_000,
        key="results/a/b.jpg",
        width=1,
        height=1,
        bytes=1,
    )
    with WebServer(tmp_path, drain_timeout=3600) as web:  # that is how long it would keep it
        me = web.person("local")
        tasks = me.tasks(me.order(20))
        reports = [report(task, ReportKind.succeeded, results=(result,)) for task in tasks]
        web.service.jobs.apply(reports)
        with socket.socket() as stalled:
            stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stalled.connect((httpx.URL(web.url).host, httpx.URL(web.url).port))
            stalled.sendall(b"GET /v1/events?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            state: Any = web.server.server_state
            until(lambda: any(one.flow.write_paused for one in state.connections))

            web.server.stop()
            web.thread.join()


SERVE = """
import sys
from pathlib import Path
from abzug.settings import Settings
from abzug.web.server import serve
serve(Settings(home=Path(sys.argv[1]), port=0), on_ready=lambda url: print(url, flush=True))
print("closed", flush=True)
"""


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("ABZUG_")}
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=env
    ) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_open_streams_and_waits_are_ended_when_the_server_stops(
    process: tuple[subprocess.Popen[str], str], number: signal.Signals
) -> None:
    server, url = process
    stalled = socket.create_connection((httpx.URL(url).host, httpx.URL(url).port))
    stalled.sendall(b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert stalled.recv(15) == b"HTTP/1.1 200 OK"
    photo = httpx.post(f"{url}/v1/photos", content=SMALL, timeout=TIMEOUT).json()["id"]
    with (
        stalled,
        ThreadPoolExecutor() as pool,
        httpx.stream("GET", f"{url}/v1/events", timeout=TIMEOUT) as answer,
    ):
        lines = answer.iter_lines()
        assert next(lines).startswith("retry:")
        waiting = pool.submit(
            httpx.post,
            f"{url}/v1/jobs",
            json={"photos": [photo]},
            headers={"Prefer": "wait=60"},
            timeout=TIMEOUT,
        )
        assert "event: job" in lines  # the order was taken

        server.send_signal(number)

        assert "event: bye" in lines
        assert waiting.result().status_code == 202  # not done, but acknowledged
    assert server.wait() == 0
    assert server.stdout is not None
    assert server.stdout.read() == "closed\n"


def test_only_those_are_woken_whose_owner_has_news(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, other = web.person(), web.person()
    read: list[str] = []
    events = web.service.jobs.events

    def counted(owner: str, **asked: Any) -> Any:
        read.append(owner)
        return events(owner, **asked)

    monkeypatch.setattr(web.service.jobs, "events", counted)
    with Listener(me) as mine, Listener(other):
        until(lambda: other.owner in read)
        read.clear()
        for _ in range(3):
            me.order()
            mine.next()

        assert me.owner in read
        assert other.owner not in read


def test_an_owner_has_a_limit_of_streams_and_others_still_listen(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "STREAMS_OF_OWNER", 1)
    me, other = web.person(), web.person()
    with Listener(me):
        refused = me.http.get("/v1/events")
        with Listener(other) as listener:
            assert listener.answer.status_code == 200

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    assert refused.headers["retry-after"]
    until(lambda: not web.server._web.state.hub._streams)
    with Listener(me) as again:
        assert again.answer.status_code == 200


def test_all_owners_together_have_a_limit_of_streams(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "STREAMS", 1)
    with Listener(web.person()):
        assert web.person().http.get("/v1/events").status_code == 429
