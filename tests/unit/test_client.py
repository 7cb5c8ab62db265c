"""The client against a small server in memory that answers as the contract says."""

import json
import re

import httpx
import pytest

import abzug.client
import abzug.errors
from abzug.client import Client, connection
from abzug.client.client import RECONNECTS
from abzug.client.connection import ATTEMPTS
from abzug.client.events import Event, parse
from abzug.errors import (
    AbzugError,
    BackendError,
    ConfigError,
    Conflict,
    FieldError,
    InvalidRequest,
    NotFound,
    RequestError,
)

BROKEN = [httpx.ConnectError, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError]


class FakeServer:
    """Photos and jobs in memory; `plan` holds what the next calls of a path do instead."""

    def __init__(self):
        self.seen = []
        self.plan = {}
        self.photos = {}
        self.jobs = {}
        self.streams = []
        self.files = {}
        self.dead = ["tk_1", "tk_2"]

    def __call__(self, request):
        request.read()
        self.seen.append(request)
        planned = self.plan.get(request.url.path)
        if planned:
            step = planned.pop(0)
            if isinstance(step, httpx.Response):
                return step
            raise step
        for method, pattern, handle in self.routes:
            match = re.fullmatch(pattern, request.url.path)
            if match and request.method == method:
                return handle(self, request, *match.groups())
        return problem(404, "not_found", "No such page.")

    def upload(self, request):
        photo = {
            "id": f"ph_{len(self.photos)}",
            "filename": request.url.params.get("filename", "photo"),
            "bytes": len(request.content),
        }
        self.photos[photo["id"]] = request.content
        return httpx.Response(201, json=photo)

    def submit(self, request):
        key = request.headers["Idempotency-Key"]
        if key not in self.jobs:
            body = json.loads(request.content)
            self.jobs[key] = job(f"jb_{len(self.jobs)}", "queued") | {"asked": body}
        return httpx.Response(202, json=self.jobs[key])

    def find(self, job_id):
        return next((job for job in self.jobs.values() if job["id"] == job_id), None)

    def get_job(self, _request, job_id):
        found = self.find(job_id)
        return httpx.Response(200, json=found) if found else problem(404, "not_found", "No job.")

    def get_jobs(self, request):
        return self.page(request, list(self.jobs.values()))

    def get_tasks(self, request, job_id):
        return self.page(request, [{"id": f"tk_{n}", "job_id": job_id} for n in range(5)])

    def get_dead(self, request):
        return self.page(request, [{"id": task_id, "owner": "alice"} for task_id in self.dead])

    def page(self, request, items, size=2):
        start = int(request.url.params.get("cursor", 0))
        later = f"{request.url.path}?limit=1000&cursor={start + size}"
        following = later if start + size < len(items) else None
        return httpx.Response(200, json={"items": items[start : start + size], "next": following})

    def cancel(self, _request, job_id):
        found = self.find(job_id)
        if found["state"] == "succeeded":
            return problem(409, "conflict", "The job is finished.")
        found["state"] = "cancelled"
        return httpx.Response(202, json=found)

    def retry(self, request, job_id):
        asked = json.loads(request.content) if request.content else None
        return httpx.Response(202, json=self.find(job_id) | {"asked": asked})

    def redrive(self, request):
        asked = json.loads(request.content)["tasks"] if request.content else self.dead
        return httpx.Response(200, json={"redriven": len(asked)})

    def events(self, _request):
        return httpx.Response(200, content=self.streams.pop(0))

    def edits(self, _request):
        return httpx.Response(200, json={"edits": {}, "outputs": {}, "engine_version": "1"})

    def file(self, _request, name):
        return httpx.Response(200, content=self.files[name])

    routes = (
        ("POST", "/v1/photos", upload),
        ("POST", "/v1/jobs", submit),
        ("GET", "/v1/jobs", get_jobs),
        ("GET", "/v1/jobs/([^/]+)", get_job),
        ("GET", "/v1/jobs/([^/]+)/tasks", get_tasks),
        ("POST", "/v1/jobs/([^/]+)/cancel", cancel),
        ("POST", "/v1/jobs/([^/]+)/retry", retry),
        ("GET", "/v1/ops/dead-letters", get_dead),
        ("POST", "/v1/ops/dead-letters/redrive", redrive),
        ("GET", "/v1/events", events),
        ("GET", "/v1/edits", edits),
        ("GET", "/(v1/objects/.*|v1/jobs/.*/results.zip|bucket/.*)", file),
    )


def job(job_id, state):
    return {"id": job_id, "state": state}


def problem(status, code, detail, **more):
    body = {"status": status, "code": code, "detail": detail, **more}
    return httpx.Response(
        status, json=body, headers={"Content-Type": "application/problem+json; charset=utf-8"}
    )


def block(kind, **data):
    return f"id: 7\nevent: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


HELLO = b"retry: 2000\nid: 3\n\n"
PING = b": ping\n\n"
BYE = b"event: bye\ndata: {}\n\n"


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


def test_bytes_are_uploaded_under_a_name(client, server):
    photo = client.upload(b"jpeg", "Grüße & more.jpg")

    assert server.photos == {photo["id"]: b"jpeg"}
    assert photo["filename"] == "Grüße & more.jpg"
    assert server.seen[0].headers["Content-Type"] == "application/octet-stream"


def test_a_file_is_uploaded_under_its_own_name_with_its_length(client, server, tmp_path):
    (tmp_path / "a b.jpg").write_bytes(b"x" * 200_000)

    for path in (tmp_path / "a b.jpg", str(tmp_path / "a b.jpg")):
        photo = client.upload(path)
        assert photo["filename"] == "a b.jpg"
        assert server.photos[photo["id"]] == b"x" * 200_000
        assert server.seen[-1].headers["Content-Length"] == "200000"


@pytest.mark.parametrize("broken", BROKEN)
def test_an_upload_whose_connection_breaks_is_sent_again_whole(
    client, server, pauses, tmp_path, broken
):
    (tmp_path / "a.jpg").write_bytes(b"photo")
    server.plan["/v1/photos"] = [broken("broken"), broken("broken")]

    photo = client.upload(tmp_path / "a.jpg")

    assert server.photos[photo["id"]] == b"photo"
    assert [request.content for request in server.seen] == [b"photo"] * 3
    assert len(pauses) == 2


def test_pauses_are_random_and_bounded(server, pauses, monkeypatch):
    bounds = []
    monkeypatch.setattr(connection.random, "uniform", lambda low, high: bounds.append((low, high)))
    server.plan["/v1/edits"] = [httpx.ConnectError("broken")] * (ATTEMPTS - 1)

    Client(transport=httpx.MockTransport(server)).edits_schema()

    assert bounds == [(0, 0.25), (0, 0.5), (0, 1.0)]
    assert len(pauses) == 3


def test_a_server_out_of_reach_is_given_up(client, server):
    server.plan["/v1/photos"] = [httpx.ConnectError("http://secret.example")] * 99

    with pytest.raises(BackendError, match="cannot be reached") as caught:
        client.upload(b"x")

    assert len(server.seen) == ATTEMPTS
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "refusal",
    [httpx.ReadTimeout("slow"), problem(503, "store_unavailable", "The photo store failed.")],
)
def test_a_slow_or_failing_server_is_not_asked_again(client, server, refusal):
    server.plan["/v1/photos"] = [refusal]

    with pytest.raises(BackendError):
        client.upload(b"x")

    assert len(server.seen) == 1


def test_a_job_is_ordered_with_what_was_given_only(client, server):
    photo = client.upload(b"x", "a.jpg")

    client.submit([photo, "ph_9"], edits={"exposure": 0.5})
    client.submit(["ph_9"], outputs=[{"name": "web"}], name="n", overrides={"ph_9": {"tint": 1}})

    first, second = (job["asked"] for job in server.jobs.values())
    assert first == {"photos": ["ph_0", "ph_9"], "edits": {"exposure": 0.5}}
    assert second == {
        "photos": ["ph_9"],
        "outputs": [{"name": "web"}],
        "name": "n",
        "overrides": {"ph_9": {"tint": 1}},
    }


def test_an_order_whose_answer_is_lost_is_one_job(client, server):
    server.plan["/v1/jobs"] = [httpx.ReadError("lost")]

    client.submit(["ph_1"])

    keys = {request.headers["Idempotency-Key"] for request in server.seen}
    assert len(server.seen) == 2
    assert len(keys) == 1


def test_two_orders_are_two_jobs_unless_their_key_is_the_same(client):
    first, second = client.submit(["ph_1"]), client.submit(["ph_1"])
    third = client.submit(["ph_1"], idempotency_key="mine")
    fourth = client.submit(["ph_1"], idempotency_key="mine")

    assert first["id"] != second["id"]
    assert third["id"] == fourth["id"]


def test_waiting_for_an_order_gives_the_server_that_much_longer(server):
    client = Client(timeout=10, transport=httpx.MockTransport(server))

    client.submit(["ph_1"], wait=4.2)
    client.submit(["ph_1"])

    patient, usual = server.seen
    assert patient.headers["Prefer"] == "wait=5"
    assert patient.extensions["timeout"]["read"] == pytest.approx(14.2)
    assert "Prefer" not in usual.headers
    assert usual.extensions["timeout"]["read"] == 10


def test_lists_run_over_all_pages_and_fetch_them_as_needed(client, server):
    tasks = client.tasks("jb_1", state="failed")

    assert next(tasks)["id"] == "tk_0"
    assert len(server.seen) == 1
    assert server.seen[0].url.params["state"] == "failed"
    assert [task["id"] for task in tasks] == ["tk_1", "tk_2", "tk_3", "tk_4"]
    assert len(server.seen) == 3


def test_jobs_and_dead_letters_are_lists(client):
    ids = [client.submit(["ph_1"])["id"] for _ in range(3)]

    assert [job["id"] for job in client.jobs()] == ids
    assert [task["owner"] for task in client.dead_letters()] == ["alice", "alice"]


def test_the_owner_is_told_with_every_call(server):
    client = Client(owner="alice", transport=httpx.MockTransport(server))
    client.upload(b"x")
    list(client.tasks("jb_1"))

    assert {request.headers["Abzug-Owner"] for request in server.seen} == {"alice"}


def test_cancel_retry_and_redrive_name_what_they_mean(client):
    job_id = client.submit(["ph_1"])["id"]

    assert client.cancel(job_id)["state"] == "cancelled"
    assert client.retry(job_id)["asked"] is None
    assert client.retry(job_id, ["tk_1"])["asked"] == {"tasks": ["tk_1"]}
    assert client.redrive() == 2
    assert client.redrive(["tk_1"]) == 1
    assert client.edits_schema()["engine_version"] == "1"


ERRORS = [
    kind
    for kind in vars(abzug.errors).values()
    if isinstance(kind, type) and issubclass(kind, AbzugError)
]


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_code_is_raised_as_its_own_class(client, server, kind):
    server.plan["/v1/jobs/jb_1"] = [problem(kind.status, kind.code, "What happened.")]

    with pytest.raises(AbzugError) as caught:
        client.job("jb_1")

    assert type(caught.value) is kind
    assert caught.value.message == "What happened."


def test_wrong_fields_and_advice_and_the_request_are_named(client, server):
    server.plan["/v1/jobs"] = [
        problem(422, "invalid_request", "No.", errors=[{"pointer": "/edits/x", "detail": "why"}])
    ]
    server.plan["/v1/photos"] = [
        problem(507, "store_full", "Full.", advice="Wait.", request_id="r1")
    ]

    with pytest.raises(InvalidRequest) as invalid:
        client.submit([])
    with pytest.raises(AbzugError) as full:
        client.upload(b"x")

    assert invalid.value.errors == (FieldError("/edits/x", "why"),)
    assert full.value.hint == "Wait."
    assert full.value.__notes__ == ["request r1"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (problem(418, "from_the_future", "Tea."), RequestError),
        (problem(599, "from_the_future", "Tea."), BackendError),
        (httpx.Response(502, html="<h1>Bad Gateway</h1>"), BackendError),
        (httpx.Response(404, text="nothing here"), RequestError),
        (httpx.Response(200, html="<h1>Please sign in</h1>"), BackendError),
    ],
)
def test_an_answer_that_is_not_known_still_tells_whose_fault_it_is(client, server, answer, kind):
    server.plan["/v1/edits"] = [answer]

    with pytest.raises(kind) as caught:
        client.edits_schema()

    assert type(caught.value) is kind


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "", "ftp://host"])
def test_an_address_that_is_not_http_is_refused(url):
    with pytest.raises(ConfigError):
        Client(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_this_machine_is_not_reached_through_a_proxy(monkeypatch, host):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    with Client() as client:
        http = client._server._http

        def transport(url):
            return http._transport_for_url(httpx.URL(url))

        assert transport(f"http://{host}:8000/v1/jobs") is http._transport
        assert transport("http://abzug.example/v1/jobs") is not http._transport


def result(url, size):
    return {"name": "web", "format": "jpeg", "bytes": size, "url": url}


def test_a_result_is_downloaded_whole(client, server, tmp_path):
    server.files["v1/objects/results/a.jpg"] = b"edited"
    found = result("http://127.0.0.1:8000/v1/objects/results/a.jpg?expires=1&signature=2", 6)

    path = client.download(found, tmp_path / "a.jpg")

    assert path.read_bytes() == b"edited"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.jpg"]


def breaking(first):
    yield first
    raise httpx.ReadError("broken")


def test_a_download_that_breaks_begins_anew(client, server, tmp_path):
    server.files["v1/objects/a"] = b"edited"
    server.plan["/v1/objects/a"] = [
        httpx.Response(200, content=breaking(b"half of what is longer"))
    ]

    client.download(result("/v1/objects/a", 6), tmp_path / "a.jpg")

    assert (tmp_path / "a.jpg").read_bytes() == b"edited"


@pytest.mark.parametrize(
    "answers",
    [
        [httpx.Response(200, content=breaking(b"half")) for _ in range(ATTEMPTS)],
        [httpx.Response(200, content=b"too short")],
        [problem(404, "object_not_found", "Gone.")],
    ],
)
def test_a_failed_download_leaves_what_was_there(client, server, tmp_path, answers):
    (tmp_path / "a.jpg").write_bytes(b"old")
    server.plan["/v1/objects/a"] = answers

    with pytest.raises(BackendError):
        client.download(result("/v1/objects/a", 99), tmp_path / "a.jpg")

    assert (tmp_path / "a.jpg").read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.jpg"]


def test_another_server_is_not_told_the_owner(server, tmp_path):
    server.files["bucket/a.jpg"] = b"edited"
    client = Client(owner="alice", transport=httpx.MockTransport(server))

    client.download(result("https://s3.example/bucket/a.jpg?signature=1", 6), tmp_path / "a.jpg")

    assert "Abzug-Owner" not in server.seen[0].headers


def test_results_come_as_a_zip_of_the_outputs_chosen(client, server, tmp_path):
    server.files["v1/jobs/jb_1/results.zip"] = b"PK"

    client.results_zip("jb_1", tmp_path / "all.zip")
    client.results_zip("jb_1", tmp_path / "some.zip", outputs=["web", "print"])

    assert (tmp_path / "some.zip").read_bytes() == b"PK"
    assert [request.url.params.get("outputs") for request in server.seen] == [None, "web,print"]


def submitted(server, state="queued"):
    server.jobs["key"] = job("jb_1", state)
    return server.jobs["key"]


def test_waiting_for_a_finished_job_ends_at_once(client, server):
    submitted(server, "succeeded")
    server.streams = [[HELLO]]

    assert client.wait("jb_1")["state"] == "succeeded"


def test_waiting_follows_the_job_by_events(client, server, pauses):
    here = submitted(server)

    def stream():
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


def test_a_change_before_the_server_listens_is_not_missed(client, server):
    here = submitted(server)

    def stream():
        here["state"] = "succeeded"  # after the stream was asked for, before its first block
        yield HELLO
        raise AssertionError("it waits on")

    server.streams = [stream()]

    assert client.wait("jb_1")["state"] == "succeeded"


@pytest.mark.parametrize(
    "end", [[BYE], [], [PING], [b"event: job\ndata: {"]], ids=["bye", "none", "ping", "cut"]
)
def test_waiting_outlives_the_end_of_the_stream(client, server, pauses, end):
    here = submitted(server)

    def second():
        here["state"] = "partial"  # while nobody listened
        yield HELLO

    server.streams = [[HELLO, *end], second()]

    assert client.wait("jb_1")["state"] == "partial"
    assert len(pauses) == 1


def test_waiting_outlives_a_restart_of_the_server(client, server, pauses):
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


def test_a_server_that_came_back_in_between_is_not_given_up(client, server):
    here = submitted(server)

    def last():
        here["state"] = "succeeded"
        yield HELLO

    down = [httpx.ConnectError("down")] * RECONNECTS
    up = httpx.Response(200, content=HELLO)
    server.plan["/v1/events"] = [*down, up, *down]
    server.streams = [last()]

    assert client.wait("jb_1")["state"] == "succeeded"


def test_waiting_gives_up_a_server_that_stays_away(client, server):
    submitted(server)
    server.plan["/v1/events"] = [httpx.ConnectError("down")] * 999

    with pytest.raises(BackendError, match="cannot be reached"):
        client.wait("jb_1")


def test_waiting_for_a_job_that_is_not_there_is_refused(client, server):
    server.streams = [[HELLO]]

    with pytest.raises(NotFound):
        client.wait("jb_none")


def test_waiting_ends_when_its_time_is_up(client, server, monkeypatch):
    submitted(server)
    clock = [1000.0]
    monkeypatch.setattr("abzug.client.client.time.monotonic", lambda: clock[0])

    def stream():
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


def test_a_conflict_is_a_conflict(client, server):
    submitted(server, "succeeded")

    with pytest.raises(Conflict, match="finished"):
        client.cancel("jb_1")


def test_an_id_cannot_lead_to_another_page(client, server):
    with pytest.raises(NotFound):
        client.job("../photos?x=")

    assert server.seen[0].url.raw_path == b"/v1/jobs/..%2Fphotos%3Fx%3D"


def test_a_stream_may_be_cut_anywhere_and_end_its_lines_either_way():
    stream = "retry: 1\nid: 3\n\n: ping\n\nevent:job\ndata: a\u2028\r\ndata:  b\r\n\r\ndata: cut"
    expected = [Event("", ""), Event("", ""), Event("job", "a\u2028\n b")]

    for size in (1, 2, 3, 7, 1000):
        raw = stream.encode()
        assert list(parse(raw[i : i + size] for i in range(0, len(raw), size))) == expected


def test_what_the_package_exports_is_there():
    assert all(hasattr(abzug.client, name) for name in abzug.client.__all__)
