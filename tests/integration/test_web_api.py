"""What holds for every call: problems, guards, owners, health, metrics, the API reference."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs
from tests.support.waiting import until
from tests.support.web_server import SMALL, TIMEOUT, Person, WebServer

from abzug.errors import ConfigError, DatabaseError, StoreError
from abzug.messages import EditRequest
from abzug.settings import Settings
from abzug.web import connections, server
from abzug.web.server import Server, serve
from abzug.web.views import rfc3339


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    with WebServer(tmp_path_factory.mktemp("web")) as web:
        yield web


def of_another(web: WebServer) -> dict[str, str]:
    """Ids of things that are another's, finished and in need of nothing."""
    other = web.person()
    job = other.order()
    (task,) = other.tasks(job)
    web.succeed(task)
    return {"job_id": job["id"], "photo_id": task.photo_id}


OWNED = re.compile(r"\{(job_id|photo_id)\}")


def test_no_route_shows_or_changes_what_is_anothers(web: WebServer) -> None:
    ids = of_another(web)
    me = web.person()
    schema = me.http.get("/openapi.json").json()
    asked = [
        (method, OWNED.sub(lambda match: ids[match[1]], path))
        for path, calls in schema["paths"].items()
        if OWNED.search(path)
        for method in calls
    ]

    answers = [
        me.http.request(method, path, json={"filename": "mine.jpg"} if "direct" in path else None)
        for method, path in asked
    ]

    refusals = {(a.status_code, a.json()["code"]) for a in answers if "direct" not in a.url.path}
    assert len(asked) >= 9
    assert refusals == {(404, "not_found")}
    # whatever the id: this store takes no direct uploads
    assert {a.status_code for a in answers if "direct" in a.url.path} == {409}
    assert me.http.post("/v1/jobs", json={"photos": [ids["photo_id"]]}).status_code == 422
    for path in ("/v1/photos", "/v1/jobs"):
        assert me.http.get(path).json()["items"] == []


def test_without_a_name_the_owner_is_local(web: WebServer) -> None:
    local = web.person("local")
    photo = local.upload()

    assert web.http.get(f"/v1/photos/{photo['id']}").json() == photo


@pytest.mark.parametrize("owner", ["", "UPPER", "a/b", "..", "x" * 65])
def test_an_owner_is_a_plain_name(web: WebServer, owner: str) -> None:
    answer = web.http.get("/v1/photos", headers={"Abzug-Owner": owner})

    assert answer.status_code == 422
    assert "abzug-owner" in answer.json()["errors"][0]["pointer"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/static/nothing.js", 404, "not_found"),
        ("GET", "/v1/jobs/jb_none", 404, "not_found"),
        ("PUT", "/v1/photos", 405, "method_not_allowed"),
        ("TRACE", "/v1/photos", 405, "method_not_allowed"),
    ],
)
def test_every_refusal_is_a_problem_with_an_id(
    web: WebServer, method: str, path: str, status: int, code: str
) -> None:
    answer = web.http.request(method, path, headers={"X-Request-Id": "my-id.1"})

    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["status"], problem["code"]) == (answer.status_code, code) == (status, code)
    assert problem["request_id"] == answer.headers["x-request-id"] == "my-id.1"
    assert problem["detail"]


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("application/x-www-form-urlencoded", "{}", "Content-Type: application/json"),
        ("application/json", '{"photos": ["a"', "no JSON: Expecting ',' delimiter at character 15"),
    ],
)
def test_an_order_that_is_no_json_is_told_what_to_send(
    web: WebServer, kind: str, body: str, told: str
) -> None:
    answer = httpx.post(f"{web.url}/v1/jobs", content=body, headers={"Content-Type": kind})

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == ""
    assert told in error["detail"]


def test_a_request_id_that_is_not_plain_is_replaced(web: WebServer) -> None:
    answer = web.http.get("/healthz", headers={"X-Request-Id": "a b\tc"})

    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


def test_a_bug_is_told_without_its_inside(web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret is /home/me")

    monkeypatch.setattr(web.service.jobs, "photo", broken)

    with capture_logs() as logged:
        answer = web.http.get("/v1/photos/ph_1")

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (500, "internal_error")
    assert "secret" not in answer.text
    assert [line["request_id"] for line in logged] == [problem["request_id"]]


def test_a_part_that_is_away_is_told_as_such(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise DatabaseError("The jobs database does not answer.")

    monkeypatch.setattr(web.service.jobs, "list_jobs", away)

    answer = web.http.get("/v1/jobs")

    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert answer.headers["retry-after"] == "5"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 422),
        ({}, 422),
    ],
)
def test_a_page_of_another_site_changes_nothing(
    web: WebServer, headers: dict[str, str], status: int
) -> None:
    answer = web.http.post("/v1/photos", content=b"", headers=headers)

    assert answer.status_code == status


def test_a_rebound_name_reads_nothing(web: WebServer) -> None:
    assert web.http.get("/v1/photos", headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/v1/photos", "photos.example", 200),
        ("/v1/photos", "evil.example", 421),
        ("/healthz", "10.0.0.7:8000", 200),
        ("/readyz", "10.0.0.7:8000", 200),
    ],
)
def test_behind_a_load_balancer_it_answers_to_its_public_name_and_to_questions_of_health(
    tmp_path: Path, path: str, host: str, status: int
) -> None:
    with WebServer(tmp_path, without_keys=True, public_url="https://photos.example") as web:
        person = Person(web)

        assert person.http.get(path, headers={"Host": host}).status_code == status


def test_a_body_that_is_no_photo_is_bounded(web: WebServer) -> None:
    headers = {"Content-Type": "application/json"}
    big = b" " * (16 * 2**20 + 1)

    told = web.http.post("/v1/jobs", content=big, headers=headers)
    untold = web.http.post("/v1/jobs", content=iter([big]), headers=headers)

    assert (told.status_code, told.json()["code"]) == (413, "too_large")
    assert (untold.status_code, untold.json()["code"]) == (413, "too_large")


def test_pages_allow_nothing_from_elsewhere(web: WebServer) -> None:
    answer = web.http.get("/docs")

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_reference_needs_no_other_server(web: WebServer) -> None:
    page = web.http.get("/docs").text

    loaded = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    assert len(loaded) >= 3
    assert all(web.http.get(path).status_code == 200 for path in loaded)
    assert not re.search(r"https?://", page)


def test_the_health_of_each_part_is_told(web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = web.http.get("/readyz")

    def away(*_: object, **__: object) -> None:
        raise StoreError("The photo store cannot be written.")

    monkeypatch.setattr(web.service.store, "writer", away)
    not_ready = web.http.get("/readyz")

    assert web.http.get("/healthz").json() == {"status": "ok"}
    assert ready.json()["checks"] == {"database": "ok", "queue": "ok", "store": "ok"}
    assert (not_ready.status_code, not_ready.json()["code"]) == (503, "not_ready")
    assert not_ready.json()["checks"]["store"] == "The photo store cannot be written."
    assert not_ready.json()["checks"]["database"] == "ok"


def test_metrics_count_by_route_and_never_by_what_callers_make_up(web: WebServer) -> None:
    me = web.person()
    me.order()
    for i in range(5):
        me.http.get(f"/v1/jobs/jb_{i}")
        me.http.get(f"/made-up-{i}")
        me.http.request(f"ODD{i}", "/v1/jobs")

    text = me.http.get("/metrics").text

    assert re.search(r'abzug_queue_messages\{queue="requests",state="visible"\} [1-9]', text)
    assert 'abzug_queue_oldest_age_seconds{queue="requests"}' in text
    assert re.search(r'abzug_tasks\{state="queued"\} [1-9]', text)
    assert "abzug_attempts_total" in text
    assert "abzug_leases_expired_total" in text
    assert re.search(r'_count\{method="GET",route="/v1/jobs/\{job_id\}",status="4xx"\} [5-9]', text)
    assert "made-up" not in text
    assert "ODD" not in text


def test_stats_tell_queues_and_tasks(web: WebServer) -> None:
    web.person().order()

    stats = web.http.get("/v1/ops/stats").json()

    assert stats["queues"]["requests"]["visible"] >= 1
    assert stats["jobs"]["tasks"]["queued"] >= 1


def test_workers_are_known_from_what_they_report(tmp_path: Any) -> None:
    with WebServer(tmp_path) as web:
        me = web.person()
        first, second = me.tasks(me.order(2))
        web.start_task(first)
        web.fail(first)
        web.start_task(second)

        (worker,) = me.http.get("/v1/ops/workers").json()

        assert (worker["name"], worker["editing"]) == ("worker-1", 1)
        (attempt,) = me.tasks({"id": second.job_id})[1].attempts
        assert attempt.started_at
        assert worker["last_seen"] == rfc3339(attempt.started_at)


def test_the_edits_are_described(web: WebServer) -> None:
    told = web.http.get("/v1/edits").json()

    assert told["edits"]["properties"]["exposure"]["title"]
    assert "format" in told["outputs"]["properties"]
    assert told["engine_version"]


def dead(web: WebServer, person: Person) -> str:
    """A task whose request reached the dead-letter queue; its id."""
    (task,) = person.tasks(person.order())
    requests = [r for r in _requests(web) if r.task_id == task.id]
    web.service.jobs.mark_dead(requests)
    return task.id


def _requests(web: WebServer) -> list[EditRequest]:
    got = web.service.requests.receive(10, visibility_timeout=0)
    return [EditRequest.model_validate_json(message.body) for message in got]


def test_dead_letters_are_seen_sent_again_and_dropped(tmp_path: Any) -> None:
    with WebServer(tmp_path) as web:
        me, other = web.person(), web.person()
        mine, others = dead(web, me), dead(web, other)
        path = "/v1/ops/dead-letters"

        listed = me.http.get(path).json()["items"]
        assert {(t["id"], t["owner"]) for t in listed} == {(mine, me.owner), (others, other.owner)}
        assert listed[0]["error"]["code"] == "dead_lettered"

        assert me.http.post(f"{path}/redrive", json={"tasks": [mine]}).json() == {"redriven": 1}
        assert me.http.delete(path).status_code == 422
        assert me.http.delete(path, params={"task": [others]}).json() == {"discarded": 1}
        assert me.http.get(path).json()["items"] == []
        assert web.service.jobs.task(me.owner, mine).state == "queued"
        assert web.service.jobs.task(other.owner, others).state == "failed"


def test_what_others_can_reach_is_not_served(tmp_path: Any) -> None:
    with pytest.raises(ConfigError, match="other machines"):
        serve(Settings(home=tmp_path, host="0.0.0.0", port=0))
    assert not list(tmp_path.iterdir())


def test_a_port_that_is_taken_is_told(web: WebServer) -> None:
    taken = web.service.settings.model_copy(update={"port": httpx.URL(web.url).port})
    parts = type("Parts", (), {"settings": taken})()

    with pytest.raises(ConfigError, match="--port"):
        Server(parts)


def test_connections_that_ask_for_nothing_make_room_for_those_who_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "room_for_connections", lambda: 8)
    with WebServer(tmp_path) as web, contextlib.ExitStack() as open_ones:
        port = int(web.url.rpartition(":")[2])
        for _ in range(50):
            silent = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
            open_ones.enter_context(silent)

        assert httpx.get(f"{web.url}/healthz", timeout=TIMEOUT).status_code == 200


@pytest.mark.parametrize("begun", [b"", b"GET /healthz HTT"], ids=["silent", "slow"])
def test_a_connection_without_a_whole_request_is_closed(
    web: WebServer, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "IDLE", 0.2 if not begun else 600)
    monkeypatch.setattr(connections, "HEAD_TIME", 0.2)
    port = int(web.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as one:
        one.sendall(begun)

        assert one.recv(1) == b""


def test_a_client_that_never_reads_its_answer_is_let_go(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "UNREAD", 0.2)
    me = web.person()
    photo = me.upload(SMALL + bytes(32 * 1024 * 1024))
    port = int(web.url.rpartition(":")[2])
    head = f"Host: localhost\r\nAbzug-Owner: {me.owner}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as one:
        one.sendall(f"GET /v1/photos/{photo['id']}/original HTTP/1.1\r\n{head}".encode())
        until(lambda: any_busy(web))
        until(lambda: not any_busy(web))

        assert received(one) < photo["bytes"]


def any_busy(web: WebServer) -> bool:
    found = list(web.server.server_state.connections)
    return any(isinstance(one, connections.Connection) and one._is_busy for one in found)


def received(connection: socket.socket) -> int:
    """How many bytes come until the other side closes or breaks it."""
    count = 0
    with contextlib.suppress(ConnectionResetError):
        while data := connection.recv(2**20):
            count += len(data)
    return count


def test_head_answers_wherever_get_does_and_has_no_body(web: WebServer) -> None:
    me = web.person()
    job = me.order()
    (task,) = me.tasks(job)
    web.succeed(task)
    paths = [
        path.replace("{job_id}", job["id"]).replace("{photo_id}", task.photo_id)
        for path, calls in me.http.get("/openapi.json").json()["paths"].items()
        if "get" in calls and "{key}" not in path
    ]

    answers = [me.http.head(path) for path in [*paths, "/", "/docs"]]

    assert len(answers) > 15
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert not any(answer.content for answer in answers)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/photos", "GET, HEAD, POST"),
        ("PATCH", "/v1/photos/x", "DELETE, GET, HEAD"),
        ("DELETE", "/v1/jobs", "GET, HEAD, POST"),
        ("GET", "/v1/jobs/x/cancel", "POST"),
        ("POST", "/v1/ops/dead-letters", "DELETE, GET, HEAD"),
    ],
)
def test_a_method_that_a_path_does_not_take_is_told_which_it_does(
    web: WebServer, method: str, path: str, allowed: str
) -> None:
    answer = web.http.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize("action", ["", "/tasks", "/cancel", "/retry", "/results.zip"])
@pytest.mark.parametrize("job_id", ["a b", "..%2fx", "\u00fc", "x" * 600])
def test_a_strange_id_is_that_of_no_job(web: WebServer, action: str, job_id: str) -> None:
    method = "POST" if action in {"/cancel", "/retry"} else "GET"

    answer = web.http.request(method, f"/v1/jobs/{job_id}{action}")

    assert answer.status_code == 404
