"""The web server in a thread, on a free port, with real backends and no worker: tests report."""

from __future__ import annotations

import hashlib
import threading
import time
import uuid
from pathlib import Path
from typing import Any, Self

import httpx

from abzug.jobs.records import Task
from abzug.messages import ReportError, ReportKind, ResultRef, StatusReport
from abzug.service.service import Service
from abzug.settings import Settings
from abzug.web.server import Server
from tests.support.pictures import jpeg

SMALL = jpeg(1, 64, 48)
TIMEOUT = 120
"""Seconds: only a server that hangs takes so long, however busy the machine is."""


class Person:
    """A client of one owner, who is new unless named."""

    def __init__(self, web: WebServer, owner: str | None = None) -> None:
        self.web = web
        self.owner = owner or f"o-{uuid.uuid4().hex[:12]}"
        self.http = httpx.Client(
            base_url=web.url, headers={"Abzug-Owner": self.owner}, timeout=TIMEOUT
        )
        web.clients.append(self.http)

    def upload(self, data: bytes = SMALL, filename: str = "beach.jpg") -> dict[str, Any]:
        answer = self.http.post("/v1/photos", params={"filename": filename}, content=data)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def order(self, photos: int = 1, **body: Any) -> dict[str, Any]:
        ids = [self.upload(filename=f"photo{i}.jpg")["id"] for i in range(photos)]
        answer = self.http.post("/v1/jobs", json={"photos": ids} | body)
        assert answer.status_code == 202, answer.text
        return answer.json()

    def tasks(self, job: dict[str, Any]) -> list[Task]:
        return self.web.service.jobs.tasks(self.owner, job["id"], limit=1000, cursor=None).items


class WebServer:
    def __init__(self, home: Path, **settings: Any) -> None:
        self.service = Service.open(Settings(home=home, port=0, **settings))
        self._ready = threading.Event()
        self.server = Server(self.service, on_ready=lambda _: self._ready.set())
        self.url = self.server.url
        self.http = httpx.Client(base_url=self.url, timeout=TIMEOUT)
        """Of nobody in particular."""
        self.clients = [self.http]
        self.thread = threading.Thread(target=self.server.run)

    def person(self, owner: str | None = None) -> Person:
        return Person(self, owner)

    def __enter__(self) -> Self:
        self.thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        for client in self.clients:
            client.close()
        self.server.stop()
        self.thread.join()
        self.service.close()

    def start_task(self, task: Task) -> None:
        self.service.jobs.apply([report(task, ReportKind.started)])

    def succeed(self, task: Task, *, digests: bool = True, **results: bytes) -> None:
        """Store these bytes as the task's results, by output name, and report success."""
        refs = []
        for name, data in (results or {"edited": SMALL}).items():
            key = f"results/{task.owner}/{uuid.uuid4().hex}00000000.jpg"
            self.service.store.put(key, data, media_type="image/jpeg")
            refs.append(
                ResultRef(
                    name=name,
                    format="jpeg",
                    media_type="image/jpeg",
                    key=key,
                    width=64,
                    height=48,
                    bytes=len(data),
                    sha256=hashlib.sha256(data).hexdigest() if digests else None,
                )
            )
        self.service.jobs.apply([report(task, ReportKind.succeeded, results=tuple(refs))])

    def fail(self, task: Task) -> None:
        error = ReportError(code="truncated", message="It ends early.", permanent=True)
        self.service.jobs.apply([report(task, ReportKind.failed, error=error)])


def report(task: Task, kind: ReportKind, **more: Any) -> StatusReport:
    return StatusReport(
        kind=kind,
        task_id=task.id,
        job_id=task.job_id,
        owner=task.owner,
        generation=task.generation,
        receive_count=1,
        worker="worker-1",
        at=time.time(),
        **more,
    )
