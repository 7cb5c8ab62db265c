"""The whole system with its queues on SQS: what is above the queue does not know."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.model import OperationModel
from tests.support.endpoints import REGION, Ministack
from tests.support.pictures import jpeg
from tests.support.service import RunningService
from tests.support.waiting import until

from abzug.backends import connect_queue, create_queues
from abzug.queues.sqs import SqsQueue
from abzug.service.orders import JobRequest
from abzug.service.service import Service
from abzug.settings import Settings
from abzug.tracker import Tracker
from abzug.worker.loop import Worker

OUTPUT = {"name": "web", "format": "jpeg", "max_side": 160}


@pytest.fixture
def queue_url(ministack: Ministack) -> str:
    return f"sqs://{REGION}/{ministack.new_name()}?endpoint={ministack.url}&wait=1"


def test_photos_are_edited_by_processes_that_meet_on_sqs(tmp_path: Path, queue_url: str) -> None:
    create = [sys.executable, "-m", "abzug", "queues", "create"]
    env = os.environ | {"ABZUG_QUEUE_URL": queue_url}
    made = subprocess.run(create, env=env, capture_output=True, text=True, check=True)
    assert made.stdout.count(": made\n") == 4
    with (
        RunningService(tmp_path / "home", queue_url=queue_url, editors=1) as service,
        httpx.Client(base_url=service.url, timeout=60, trust_env=False) as http,
    ):
        photos = [
            http.post("/v1/photos", params={"filename": f"{n}.jpg"}, content=jpeg(n)).json()["id"]
            for n in range(3)
        ]
        order = {"photos": photos, "edits": {"exposure": 0.5}, "outputs": [OUTPUT]}
        job = http.post("/v1/jobs", json=order, headers={"Prefer": "wait=60"}).json()
        assert job["state"] == "succeeded"
        until(lambda: not messages(http))


def messages(http: httpx.Client) -> int:
    queues = http.get("/v1/ops/stats").json()["queues"].values()
    return sum(queue[kind] for queue in queues for kind in ("visible", "in_flight", "delayed"))


@pytest.fixture
def calls() -> Counter[str]:
    """The calls made so far, by name and queue; of receives those that brought something."""
    return Counter()


@pytest.fixture
def service(tmp_path: Path, queue_url: str, calls: Counter[str]) -> Iterator[Service]:
    """The system in this process, but for the editors."""
    # so patient that a slow machine makes no more calls than a fast one
    settings = Settings(home=tmp_path / "home", queue_url=f"{queue_url}&linger=10", editors=2)
    create_queues(settings, ["requests", "status"])
    stop = threading.Event()
    with ExitStack() as parts:
        service = parts.enter_context(Service.open(settings))
        requests = parts.enter_context(connect_queue(settings, "requests"))
        status = parts.enter_context(connect_queue(settings, "status"))
        for queue in (service.requests, service.status, requests, status):
            assert isinstance(queue, SqsQueue)
            for client in (queue._client, queue._poller):

                def count(
                    model: OperationModel, parsed: dict[str, Any], name: str = queue.name, **_: Any
                ) -> None:
                    waited_in_vain = model.name == "ReceiveMessage" and "Messages" not in parsed
                    calls[f"{model.name} {name}"] += not waited_in_vain

                client.meta.events.register("after-call.sqs", count)
        worker = Worker(settings, requests, status)
        threads = [
            threading.Thread(target=part.run, args=[stop]) for part in (worker, Tracker(service))
        ]
        for thread in threads:
            thread.start()
        yield service
        stop.set()
        for thread in threads:
            thread.join()


def test_a_call_carries_ten_photos_under_load(service: Service, calls: Counter[str]) -> None:
    photos = []
    for number in range(200):
        upload = service.upload("local", f"{number}.jpg")
        upload.write(jpeg(number, 64, 48))
        photos.append(upload.finish().id)
    job, _ = service.submit("local", JobRequest(photos=tuple(photos), outputs=(OUTPUT,)))
    until(lambda: service.jobs.job("local", job.id).state == "succeeded")

    assert calls.pop("SendMessageBatch requests") == len(photos) / 10
    assert sum(calls.values()) / len(photos) < 0.5, calls
