"""The calls of the client: what is sent, and what an answer means."""

import os
import random
from pathlib import Path

import httpx
import pytest
from tests.support.client_server import BROKEN, FakeServer, problem, submitted

import abzug.client
import abzug.errors
from abzug.client import Client
from abzug.client.connection import ATTEMPTS
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


def test_bytes_are_uploaded_under_a_name(client: Client, server: FakeServer) -> None:
    photo = client.upload(b"jpeg", "Grüße & more.jpg")

    assert server.photos == {photo["id"]: b"jpeg"}
    assert photo["filename"] == "Grüße & more.jpg"
    assert server.seen[0].headers["Content-Type"] == "application/octet-stream"


def test_a_file_is_uploaded_under_its_own_name_with_its_length(
    client: Client, server: FakeServer, tmp_path: Path
) -> None:
    (tmp_path / "a b.jpg").write_bytes(b"x" * 200_000)

    for path in (tmp_path / "a b.jpg", str(tmp_path / "a b.jpg")):
        photo = client.upload(path)
        assert photo["filename"] == "a b.jpg"
        assert server.photos[photo["id"]] == b"x" * 200_000
        assert server.seen[-1].headers["Content-Length"] == "200000"


@pytest.mark.parametrize("broken", BROKEN)
def test_an_upload_whose_connection_breaks_is_sent_again_whole(
    client: Client,
    server: FakeServer,
    pauses: list[float],
    tmp_path: Path,
    broken: type[httpx.TransportError],
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"photo")
    server.plan["/v1/photos"] = [broken("broken"), broken("broken")]

    photo = client.upload(tmp_path / "a.jpg")

    assert server.photos[photo["id"]] == b"photo"
    assert [request.content for request in server.seen] == [b"photo"] * 3
    assert len(pauses) == 2


def test_pauses_are_random_and_bounded(
    server: FakeServer, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds = []
    monkeypatch.setattr(random, "uniform", lambda low, high: bounds.append((low, high)))
    server.plan["/v1/edits"] = [httpx.ConnectError("broken")] * (ATTEMPTS - 1)

    Client(transport=httpx.MockTransport(server)).edits_schema()

    assert bounds == [(0, 0.25), (0, 0.5), (0, 1.0)]
    assert len(pauses) == 3


def test_a_server_out_of_reach_is_given_up(client: Client, server: FakeServer) -> None:
    server.plan["/v1/photos"] = [httpx.ConnectError("http://secret.example")] * 99

    with pytest.raises(BackendError, match="cannot be reached") as caught:
        client.upload(b"x")

    assert len(server.seen) == ATTEMPTS
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "refusal",
    [httpx.ReadTimeout("slow"), problem(503, "store_unavailable", "The photo store failed.")],
)
def test_a_slow_or_failing_server_is_not_asked_again(
    client: Client, server: FakeServer, refusal: httpx.ReadTimeout | httpx.Response
) -> None:
    server.plan["/v1/photos"] = [refusal]

    with pytest.raises(BackendError):
        client.upload(b"x")

    assert len(server.seen) == 1


def test_a_job_is_ordered_with_what_was_given_only(client: Client, server: FakeServer) -> None:
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


def test_an_order_whose_answer_is_lost_is_one_job(client: Client, server: FakeServer) -> None:
    server.plan["/v1/jobs"] = [httpx.ReadError("lost")]

    client.submit(["ph_1"])

    keys = {request.headers["Idempotency-Key"] for request in server.seen}
    assert len(server.seen) == 2
    assert len(keys) == 1


def test_two_orders_are_two_jobs_unless_their_key_is_the_same(client: Client) -> None:
    first, second = client.submit(["ph_1"]), client.submit(["ph_1"])
    third = client.submit(["ph_1"], idempotency_key="mine")
    fourth = client.submit(["ph_1"], idempotency_key="mine")

    assert first["id"] != second["id"]
    assert third["id"] == fourth["id"]


def test_waiting_for_an_order_gives_the_server_that_much_longer(server: FakeServer) -> None:
    client = Client(timeout=10, transport=httpx.MockTransport(server))

    client.submit(["ph_1"], wait=4.2)
    client.submit(["ph_1"])

    patient, usual = server.seen
    assert patient.headers["Prefer"] == "wait=5"
    assert patient.extensions["timeout"]["read"] == pytest.approx(14.2)
    assert "Prefer" not in usual.headers
    assert usual.extensions["timeout"]["read"] == 10


def test_lists_run_over_all_pages_and_fetch_them_as_needed(
    client: Client, server: FakeServer
) -> None:
    tasks = client.tasks("jb_1", state="failed")

    assert next(tasks)["id"] == "tk_0"
    assert len(server.seen) == 1
    assert server.seen[0].url.params["state"] == "failed"
    assert [task["id"] for task in tasks] == ["tk_1", "tk_2", "tk_3", "tk_4"]
    assert len(server.seen) == 3


def test_jobs_and_dead_letters_are_lists(client: Client) -> None:
    ids = [client.submit(["ph_1"])["id"] for _ in range(3)]

    assert [job["id"] for job in client.jobs()] == ids
    assert [task["owner"] for task in client.dead_letters()] == ["alice", "alice"]


def test_the_owner_is_told_with_every_call(server: FakeServer) -> None:
    client = Client(owner="alice", transport=httpx.MockTransport(server))
    client.upload(b"x")
    list(client.tasks("jb_1"))

    assert {request.headers["Abzug-Owner"] for request in server.seen} == {"alice"}


def test_cancel_retry_and_redrive_name_what_they_mean(client: Client) -> None:
    job_id = client.submit(["ph_1"])["id"]

    assert client.cancel(job_id)["state"] == "cancelled"
    assert {**client.retry(job_id)}["asked"] is None
    assert {**client.retry(job_id, ["tk_1"])}["asked"] == {"tasks": ["tk_1"]}
    assert client.redrive() == 2
    assert client.redrive(["tk_1"]) == 1
    assert client.edits_schema()["engine_version"] == "1"


ERRORS = [
    kind
    for kind in vars(abzug.errors).values()
    if isinstance(kind, type) and issubclass(kind, AbzugError)
]


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_code_is_raised_as_its_own_class(
    client: Client, server: FakeServer, kind: type[AbzugError]
) -> None:
    server.plan["/v1/jobs/jb_1"] = [problem(kind.status, kind.code, "What happened.")]

    with pytest.raises(AbzugError) as caught:
        client.job("jb_1")

    assert type(caught.value) is kind
    assert caught.value.message == "What happened."


def test_wrong_fields_and_advice_and_the_request_are_named(
    client: Client, server: FakeServer
) -> None:
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
    assert full.value.advice == "Wait."
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
def test_an_answer_that_is_not_known_still_tells_whose_fault_it_is(
    client: Client, server: FakeServer, answer: httpx.Response, kind: type[AbzugError]
) -> None:
    server.plan["/v1/edits"] = [answer]

    with pytest.raises(kind) as caught:
        client.edits_schema()

    assert type(caught.value) is kind


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "", "ftp://host"])
def test_an_address_that_is_not_http_is_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        Client(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_this_machine_is_not_reached_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    with Client() as client:
        http = client._server._http

        def transport(url: str) -> httpx.BaseTransport:
            return http._transport_for_url(httpx.URL(url))

        assert transport(f"http://{host}:8000/v1/jobs") is http._transport
        assert transport("http://abzug.example/v1/jobs") is not http._transport


def test_a_conflict_is_a_conflict(client: Client, server: FakeServer) -> None:
    submitted(server, "succeeded")

    with pytest.raises(Conflict, match="finished"):
        client.cancel("jb_1")


def test_an_id_cannot_lead_to_another_page(client: Client, server: FakeServer) -> None:
    with pytest.raises(NotFound):
        client.job("../photos?x=")

    assert server.seen[0].url.raw_path == b"/v1/jobs/..%2Fphotos%3Fx%3D"


def test_what_the_package_exports_is_there() -> None:
    assert all(hasattr(abzug.client, name) for name in abzug.client.__all__)


def test_a_name_that_is_no_utf_8_is_uploaded_with_what_can_be_said_of_it(
    client: Client, tmp_path: Path
) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    path.write_bytes(b"photo")

    assert client.upload(path)["filename"] == "caf\ufffd.jpg"


def test_a_server_that_is_not_there_is_named(pauses: list[float]) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with (
        Client("http://photos.example:81", transport=httpx.MockTransport(refuse)) as lost,
        pytest.raises(BackendError, match=r"http://photos\.example:81 cannot be reached"),
    ):
        lost.job("j")
