"""Jobs over HTTP: ordered once, waited for, cancelled, retried, taken home."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs
from tests.support.web_server import SMALL, Person, WebServer

from abzug.jobs.records import Task

OUTPUTS = [{"name": "web", "max_side": 1024}, {"name": "print", "format": "tiff"}]


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    with WebServer(tmp_path_factory.mktemp("web"), max_photos_per_job=20) as web:
        yield web


def test_an_order_is_acknowledged_with_its_place(web: WebServer) -> None:
    me = web.person()
    photo = me.upload()["id"]
    body = {"photos": [photo], "edits": {"exposure": 0.5}, "outputs": OUTPUTS, "name": "Rügen"}

    answer = me.http.post("/v1/jobs", json=body)

    job = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == job["links"]["self"] == f"/v1/jobs/{job['id']}"
    assert (job["state"], job["name"]) == ("queued", "Rügen")
    assert job["counts"] == {
        "total": 1,
        "queued": 1,
        "running": 0,
        "succeeded": 0,
        "failed": 0,
        "cancelled": 0,
    }
    assert job["edits"] == {"exposure": 0.5}
    assert [output["name"] for output in job["outputs"]] == ["web", "print"]
    assert me.http.get(answer.headers["location"]).json() == job
    assert me.http.get("/v1/jobs").json()["items"] == [job]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"edits": {"exposure": 99}}, "/edits/exposure"),
        ({"edits": {"sparkle": 1}}, "/edits/sparkle"),
        ({"outputs": [{"format": "bmp"}]}, "/outputs/0/format"),
        ({"photos": []}, "/photos"),
        ({"photos": ["ph_00000000000000000000000000"]}, "/photos/0"),
        ({"sizes": 1}, "/sizes"),
        ({"outputs": []}, "/outputs"),
        ({"name": "x" * 201}, "/name"),
        ({"name": "Wed\0ding"}, "/name"),
    ],
)
def test_what_is_wrong_is_refused_with_a_pointer(
    web: WebServer, body: dict[str, Any], pointer: str
) -> None:
    me = web.person()

    answer = me.http.post("/v1/jobs", json={"photos": [me.upload()["id"]]} | body)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid_request")
    assert [e["pointer"] for e in problem["errors"]] == [pointer]
    assert me.http.get("/v1/jobs").json()["items"] == []


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"{", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"{}", "text/plain"),
        (b"\xff", "application/json"),
        (b'{"photos": ["\\ud800"]}', "application/json"),
        (b'{"photos": ["ph_1"], "edits": {"\\udfff": 1}}', "application/json"),
        (b'{"photos": ["ph_1"], "edits": {"exposure": NaN}}', "application/json"),
    ],
    ids=["broken", "deep", "other type", "no text", "half a character", "half a name", "no number"],
)
def test_a_body_that_is_no_order_is_the_callers_error(
    web: WebServer, content: bytes, content_type: str
) -> None:
    answer = web.person().http.post(
        "/v1/jobs", content=content, headers={"Content-Type": content_type}
    )

    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_too_many_photos_for_one_job_are_refused(web: WebServer) -> None:
    answer = web.person().http.post("/v1/jobs", json={"photos": [f"ph_{i}" for i in range(21)]})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/photos"


def test_an_order_that_is_sent_twice_is_one_job(web: WebServer) -> None:
    me = web.person()
    body = {"photos": [me.upload()["id"]]}
    key = {"Idempotency-Key": "a-key"}

    first = me.http.post("/v1/jobs", json=body, headers=key)
    again = me.http.post("/v1/jobs", json=body, headers=key)
    other = me.http.post("/v1/jobs", json=body | {"name": "other"}, headers=key)

    assert again.status_code == 202
    assert again.json()["id"] == first.json()["id"]
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(me.http.get("/v1/jobs").json()["items"]) == 1


def test_who_prefers_to_wait_gets_the_results(web: WebServer) -> None:
    me = web.person()
    photo = me.upload()["id"]
    answers: list[httpx.Response] = []

    def order() -> None:
        headers = {"Prefer": "respond-async, wait=50"}
        answers.append(me.http.post("/v1/jobs", json={"photos": [photo]}, headers=headers))

    waiting = threading.Thread(target=order)
    waiting.start()
    web.succeed(next_task(web, me))
    waiting.join()

    (answer,) = answers
    job = answer.json()
    assert answer.status_code == 200
    assert answer.headers["preference-applied"] == "wait=50"
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
    assert job["state"] == "succeeded"
    (result,) = job["tasks"][0]["results"]
    assert me.http.get(result["url"]).content == SMALL


def next_task(web: WebServer, person: Person) -> Task:
    """The task of the owner's first job, as soon as there is one."""
    jobs = web.service.jobs
    pause = threading.Event()
    while not (page := jobs.list_jobs(person.owner, limit=1)).items:
        pause.wait(0.01)
    return jobs.tasks(person.owner, page.items[0].id, limit=1).items[0]


def test_a_wait_that_is_over_gives_the_job_as_it_is(web: WebServer) -> None:
    me = web.person()

    answer = me.http.post(
        "/v1/jobs", json={"photos": [me.upload()["id"]]}, headers={"Prefer": "wait=0"}
    )

    assert answer.status_code == 202
    assert answer.headers["preference-applied"] == "wait=0"
    assert "tasks" not in answer.json()


def test_a_task_tells_its_attempts_error_and_results(web: WebServer) -> None:
    me = web.person()
    job = me.order(2)
    first, second = me.tasks(job)
    web.start_task(first)
    web.fail(first)
    web.succeed(second, web=b"small", print=b"large")

    failed, done = me.http.get(job["links"]["tasks"]).json()["items"]

    assert (failed["state"], done["state"]) == ("failed", "succeeded")
    assert failed["error"]["code"] == "truncated"
    (attempt,) = failed["attempts"]
    assert (attempt["worker"], attempt["outcome"]) == ("worker-1", "failed")
    assert attempt["started_at"].endswith("Z")
    assert [r["name"] for r in done["results"]] == ["web", "print"]
    assert all(r["url"].startswith(f"{web.url}/v1/objects/results/") for r in done["results"])
    small = me.http.get(done["results"][0]["url"])
    assert small.content == b"small"
    assert small.headers["content-type"] == "image/jpeg"
    assert "immutable" in small.headers["cache-control"]
    assert 'filename="photo1-web.jpg"' in small.headers["content-disposition"]
    assert me.http.get(job["links"]["self"]).json()["state"] == "partial"
    only = me.http.get(job["links"]["tasks"], params={"state": "failed"}).json()["items"]
    assert [task["id"] for task in only] == [failed["id"]]


def test_a_link_works_for_nothing_else_and_not_for_ever(web: WebServer) -> None:
    me = web.person()
    job = me.order()
    web.succeed(me.tasks(job)[0])
    (task,) = me.http.get(job["links"]["tasks"]).json()["items"]
    url = httpx.URL(task["results"][0]["url"])
    other = url.copy_with(path=url.path.replace("/results/", "/originals/"))
    expired = web.service.store.signed_url(
        url.path.removeprefix("/v1/objects/"), expires_in=-1, filename="photo0.jpg"
    )

    wrong: list[httpx.URL | str] = [
        other,
        url.copy_set_param("expires", str(int(url.params["expires"]) + 1)),
        url.copy_set_param("signature", "0" * 64),
        url.copy_set_param("filename", "other.jpg"),
        url.copy_remove_param("signature"),
        expired,
        "/v1/objects/../secret?expires=1&signature=1",
    ]

    assert me.http.get(url).status_code == 200
    assert me.http.get(url, headers={"Range": "bytes=0-3"}).status_code == 206
    assert [me.http.get(url).status_code for url in wrong] == [404] * len(wrong)


def test_a_cancelled_job_ends_and_a_finished_one_does_not(web: WebServer) -> None:
    me = web.person()
    job, done = me.order(), me.order()
    web.succeed(me.tasks(done)[0])

    cancelled = me.http.post(f"/v1/jobs/{job['id']}/cancel")
    again = me.http.post(f"/v1/jobs/{job['id']}/cancel")
    refused = me.http.post(f"/v1/jobs/{done['id']}/cancel")

    assert (cancelled.status_code, again.status_code) == (202, 202)
    assert cancelled.json()["state"] == "cancelled"
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


def test_only_failed_photos_are_edited_again(web: WebServer) -> None:
    me = web.person()
    job = me.order(3)
    tasks = me.tasks(job)
    web.succeed(tasks[0])
    web.fail(tasks[1])
    web.fail(tasks[2])

    one = me.http.post(f"/v1/jobs/{job['id']}/retry", json={"tasks": [tasks[1].id]})
    rest = me.http.post(f"/v1/jobs/{job['id']}/retry")
    refused = me.http.post(f"/v1/jobs/{job['id']}/retry", json={"task": []})

    assert (one.status_code, one.json()["counts"]["queued"]) == (202, 1)
    assert (rest.status_code, rest.json()["counts"]["queued"]) == (202, 2)
    assert [task.generation for task in me.tasks(job)] == [1, 2, 2]
    assert refused.status_code == 422


def unzipped(answer: httpx.Response) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_results_come_home_as_one_zip(web: WebServer) -> None:
    me = web.person()
    names = ["a.jpg", "A.png", "../Möwe.jpg"]
    photos = [me.upload(filename=name)["id"] for name in names]
    job = me.http.post("/v1/jobs", json={"photos": photos, "outputs": OUTPUTS, "name": "Rügen"})
    path = job.json()["links"]["results"]

    nothing = me.http.get(path)
    for i, task in enumerate(me.tasks(job.json())):
        web.succeed(task, web=f"web{i}".encode(), print=f"print{i}".encode())
    everything = me.http.get(path)
    one = me.http.get(path, params={"outputs": "web"})

    assert (nothing.status_code, nothing.json()["code"]) == (409, "conflict")
    assert everything.headers["content-type"] == "application/zip"
    assert "R%C3%BCgen.zip" in everything.headers["content-disposition"]
    assert unzipped(everything) == {
        "a-web.jpg": b"web0",
        "a-print.jpg": b"print0",
        "A-web (2).jpg": b"web1",
        "A-print (2).jpg": b"print1",
        "Möwe-web.jpg": b"web2",
        "Möwe-print.jpg": b"print2",
    }
    assert unzipped(one) == {"a.jpg": b"web0", "A (2).jpg": b"web1", "Möwe.jpg": b"web2"}
    assert me.http.get(path, params={"outputs": "poster"}).status_code == 409


def flip(web: WebServer, key: str) -> None:
    """Damage an object where it is stored, as a disk does: its size stays."""
    data = bytearray(web.service.store.get(key))
    data[len(data) // 2] ^= 1
    web.service.store.put(key, bytes(data), media_type="image/jpeg")


def test_a_zip_of_which_a_result_is_gone_is_refused_and_a_retry_makes_it_again(
    web: WebServer,
) -> None:
    me = web.person()
    job = me.order(2)
    for task in me.tasks(job):
        web.succeed(task)
    web.service.store.delete(me.tasks(job)[1].results[0].key)

    answer = me.http.get(job["links"]["results"])
    assert answer.status_code == 409
    assert "photo1.jpg" in answer.json()["detail"]
    assert "Retry" in answer.json()["advice"]

    again = me.http.post(f"{job['links']['self']}/retry").json()
    assert again["counts"] | {"queued": 1, "succeeded": 1} == again["counts"]
    whole, remade = me.tasks(job)
    assert (whole.generation, remade.generation, remade.results) == (1, 2, ())
    web.succeed(remade)
    assert me.http.get(job["links"]["results"]).status_code == 200


def test_a_zip_breaks_off_where_a_result_is_damaged_and_a_retry_makes_it_again(
    web: WebServer,
) -> None:
    me = web.person()
    job = me.order(2)
    for task in me.tasks(job):
        web.succeed(task)
    flip(web, me.tasks(job)[1].results[0].key)

    with capture_logs() as logged, pytest.raises(httpx.RemoteProtocolError):
        me.http.get(job["links"]["results"])
    assert [line["event"] for line in logged] == ["request failed"]

    assert me.http.post(f"{job['links']['self']}/retry").json()["counts"]["queued"] == 1


@pytest.mark.parametrize("size", [1000, 3 * 2**20])
def test_a_damaged_result_is_never_given_to_its_end(web: WebServer, size: int) -> None:
    me = web.person()
    job = me.order()
    web.succeed(me.tasks(job)[0], edited=bytes(size))
    url = me.http.get(job["links"]["tasks"]).json()["items"][0]["results"][0]["url"]
    assert me.http.get(url).content == bytes(size)
    part = {"Range": "bytes=10-19"}
    assert me.http.get(url, headers=part).content == bytes(10)
    flip(web, me.tasks(job)[0].results[0].key)

    assert me.http.get(url, headers=part).json()["code"] == "object_damaged"
    if size < 2**20:
        assert me.http.get(url).json()["code"] == "object_damaged"
        return
    with pytest.raises(httpx.RemoteProtocolError):
        me.http.get(url)


def test_a_result_that_was_reported_without_a_digest_is_given_as_it_is(web: WebServer) -> None:
    me = web.person()
    job = me.order()
    web.succeed(me.tasks(job)[0], digests=False)
    url = me.http.get(job["links"]["tasks"]).json()["items"][0]["results"][0]["url"]
    assert "sha256" not in url
    assert me.http.get(url).content == SMALL
    assert me.http.get(job["links"]["results"]).status_code == 200


def test_a_zip_that_nobody_wants_any_more_is_let_go(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = web.person()
    job = me.order()
    ended = threading.Event()

    def without_end(key: str) -> Iterator[bytes]:
        try:
            while True:
                yield bytes(2**20)
        finally:
            ended.set()

    web.succeed(me.tasks(job)[0])
    monkeypatch.setattr(web.service.store, "stream", without_end)

    with me.http.stream("GET", job["links"]["results"]) as answer:
        assert answer.status_code == 200
        assert len(next(answer.iter_raw(1000))) == 1000

    assert ended.wait(60)


def test_jobs_are_listed_page_by_page(web: WebServer) -> None:
    me = web.person()
    ids = [me.order()["id"] for _ in range(3)]

    first = me.http.get("/v1/jobs?limit=2").json()
    second = me.http.get(first["next"]).json()

    assert [job["id"] for job in first["items"] + second["items"]] == ids[::-1]
    assert second["next"] is None
