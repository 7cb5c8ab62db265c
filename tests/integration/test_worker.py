"""Workers that die, hang, are stopped or cancelled: the photos come out all the same."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.pictures import jpeg
from tests.support.service import RunningService
from tests.support.waiting import until

OUTPUT = {"name": "web", "format": "jpeg", "max_side": 320}


def client(service: RunningService) -> httpx.Client:
    return httpx.Client(base_url=service.url, timeout=60, trust_env=False)


def upload(http: httpx.Client, data: bytes, name: str = "photo.jpg") -> str:
    response = http.post("/v1/photos", params={"filename": name}, content=data)
    assert response.status_code == 201, response.text
    return response.json()["id"]


def submit(
    http: httpx.Client, photos: list[str], wait: int = 0, side: int = 320, **edits: Any
) -> dict[str, Any]:
    response = http.post(
        "/v1/jobs",
        json={"photos": photos, "edits": edits, "outputs": [OUTPUT | {"max_side": side}]},
        headers={"Prefer": f"wait={wait}"} if wait else {},
    )
    assert response.status_code in {200, 202}, response.text
    return response.json()


def tasks(http: httpx.Client, job: dict[str, Any]) -> list[dict[str, Any]]:
    return http.get(f"/v1/jobs/{job['id']}/tasks", params={"limit": 1000}).json()["items"]


def messages(http: httpx.Client, *names: str) -> int:
    """How many are on these queues, visible or not."""
    queues = http.get("/v1/ops/stats").json()["queues"]
    kinds = ("visible", "in_flight", "delayed")
    return sum(queues[name][kind] for name in names for kind in kinds)


def finished(http: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    ended = {"succeeded", "partial", "failed", "cancelled"}

    def look() -> dict[str, Any] | None:
        now = http.get(f"/v1/jobs/{job['id']}").json()
        return now if now["state"] in ended else None

    return until(look)


def test_killed_workers_and_a_killed_tracker_lose_nothing(tmp_path: Path) -> None:
    with (
        RunningService(tmp_path / "home", editors=2, visibility_timeout=2) as service,
        client(service) as http,
    ):
        photos = [upload(http, jpeg(n)) for n in range(60)]
        job = submit(http, photos, exposure=0.3)
        for role in ("worker", "tracker", "editor", "worker"):
            done = http.get(f"/v1/jobs/{job['id']}").json()["counts"]["succeeded"]
            service.kill(until(partial(service.pids, role))[0])
            until(partial(finished_some, http, job, done))
        assert finished(http, job)["state"] == "succeeded"
        results = [task["results"] for task in tasks(http, job)]
        assert all(len(one) == 1 for one in results)
        assert len({one[0]["url"].split("?")[0] for one in results}) == 60


def finished_some(http: httpx.Client, job: dict[str, Any], before: int) -> bool:
    counts = http.get(f"/v1/jobs/{job['id']}").json()["counts"]
    return counts["succeeded"] > before or counts["succeeded"] == counts["total"]


def test_a_photo_that_kills_its_process_ends_as_a_dead_letter_and_can_be_redriven(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    with (
        RunningService(home, poison=True, editors=2, visibility_timeout=3) as service,
        client(service) as http,
    ):
        photos = [upload(http, jpeg(n, comment="POISON" if n == 4 else "")) for n in range(10)]
        job = submit(http, photos, contrast=10)
        assert finished(http, job)["state"] == "partial"
        dead, *innocent = sorted(tasks(http, job), key=lambda task: task["state"])
        assert dead["photo_id"] == photos[4]
        assert dead["error"]["code"] == "dead_lettered"
        assert len(dead["attempts"]) == 5
        assert all(task["state"] == "succeeded" for task in innocent)
        assert all(len(task["attempts"]) == 1 for task in innocent), "an innocent paid for it"
        listed = http.get("/v1/ops/dead-letters").json()["items"]
        assert [task["id"] for task in listed] == [dead["id"]]
    with RunningService(home, visibility_timeout=3) as service, client(service) as http:  # mended
        assert http.post("/v1/ops/dead-letters/redrive", json={}).status_code == 200
        assert finished(http, job)["state"] == "succeeded"
        assert http.get("/v1/ops/dead-letters").json()["items"] == []
        until(lambda: not messages(http, "requests", "status", "requests_dead"))


def test_a_photo_that_never_ends_is_stopped_and_fails_at_once(tmp_path: Path) -> None:
    limits = {"time_limit": 1, "time_limit_grace": 1, "editors": 1}
    with (
        RunningService(tmp_path / "home", poison=True, **limits) as service,
        client(service) as http,
    ):
        photos = [upload(http, jpeg(n, comment="HANGS" if n == 0 else "")) for n in range(3)]
        job = submit(http, photos)
        assert finished(http, job)["counts"]["succeeded"] == 2
        (stuck,) = [task for task in tasks(http, job) if task["state"] == "failed"]
        assert stuck["error"]["code"] == "time_limit"
        assert stuck["error"]["permanent"]


def test_a_photo_that_takes_longer_than_its_lease_is_given_to_nobody_else(tmp_path: Path) -> None:
    limits = {"time_limit": 4, "time_limit_grace": 1, "visibility_timeout": 1, "editors": 1}
    with (
        RunningService(tmp_path / "home", poison=True, workers=2, **limits) as service,
        client(service) as http,
    ):
        job = submit(http, [upload(http, jpeg(0, comment="HANGS"))])
        assert finished(http, job)["state"] == "failed"
        (task,) = tasks(http, job)
        assert [attempt["receive_count"] for attempt in task["attempts"]] == [1]


def test_a_worker_that_is_told_to_stop_finishes_what_it_has(tmp_path: Path) -> None:
    with RunningService(tmp_path / "home", editors=1) as service, client(service) as http:
        photos = [upload(http, jpeg(n, 2400, 1600)) for n in range(8)]
        job = submit(http, photos, side=2400, highlights=-30)
        until(lambda: finished_some(http, job, 0))
        (worker,) = service.pids("worker")
        os.kill(worker, signal.SIGTERM)
        until(lambda: worker not in service.all_pids())
        assert finished(http, job)["state"] == "succeeded"
        counts = [
            attempt["receive_count"] for task in tasks(http, job) for attempt in task["attempts"]
        ]
        outcomes = [a["outcome"] for task in tasks(http, job) for a in task["attempts"]]
        assert outcomes == ["succeeded"] * 8, "something was begun and thrown away"
        assert max(counts) <= 2


def test_equal_work_is_done_once(service: RunningService) -> None:
    with client(service) as http:
        photo = upload(http, jpeg(100))
        first = submit(http, [photo], wait=30, exposure=0.4)
        again = submit(http, [upload(http, jpeg(100))], wait=30, exposure=0.4)
        (one,), (two,) = tasks(http, first), tasks(http, again)
        assert one["attempts"][0]["cpu_seconds"] > 0
        assert two["attempts"][0]["cpu_seconds"] == 0
        assert one["results"][0]["url"].split("?")[0] == two["results"][0]["url"].split("?")[0]


def test_a_cancelled_job_is_not_edited_further(tmp_path: Path) -> None:
    with RunningService(tmp_path / "home", editors=1) as service, client(service) as http:
        data = jpeg(1, 3000, 2000)
        photos = [upload(http, data) for _ in range(60)]
        job = submit(http, photos, side=3000, shadows=40)
        until(lambda: finished_some(http, job, 0))
        cancelled = http.post(f"/v1/jobs/{job['id']}/cancel").json()
        assert cancelled["state"] == "cancelled"
        until(lambda: not messages(http, "requests"))
        counts = http.get(f"/v1/jobs/{job['id']}").json()["counts"]
        assert counts["cancelled"] > 20
        begun = sum(bool(task["attempts"]) for task in tasks(http, job))
        assert begun < 50, "it went on editing what nobody wants"


def test_a_job_taken_by_a_web_that_dies_is_done(tmp_path: Path) -> None:
    with RunningService(tmp_path / "home", editors=1) as service, client(service) as http:
        photos = [upload(http, jpeg(n)) for n in range(20)]
        job = submit(http, photos, vibrance=20)
        service.kill(service.pids("web")[0])

        def look() -> bool:
            try:
                return http.get(f"/v1/jobs/{job['id']}").json()["state"] == "succeeded"
            except httpx.TransportError:
                return False

        until(look)


@pytest.mark.parametrize("part", ["web", "tracker", "worker"])
def test_when_abzug_up_is_killed_its_parts_end(tmp_path: Path, part: str) -> None:
    with RunningService(tmp_path / "home", editors=1) as service:
        pids = until(lambda: service.pids(part))
        service.kill(service.pid)
        until(
            lambda: (
                not any(
                    Path(f"/proc/{pid}/cmdline").read_bytes()
                    for pid in pids
                    if Path(f"/proc/{pid}").exists()
                )
            )
        )


def test_editing_processes_are_replaced_after_some_photos_and_no_photo_notices(
    tmp_path: Path,
) -> None:
    with (
        RunningService(tmp_path / "home", editors=1, recycle_after=3) as service,
        client(service) as http,
    ):
        (first,) = until(lambda: service.pids("editor"))
        photos = [upload(http, jpeg(n)) for n in range(10)]
        job = submit(http, photos, contrast=15)
        assert finished(http, job)["state"] == "succeeded"
        attempts = [attempt for task in tasks(http, job) for attempt in task["attempts"]]
        assert len(attempts) == 10, "a photo was delivered again for it"
        until(lambda: service.pids("editor") not in ([], [first]))
