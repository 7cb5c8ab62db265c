"""A small server in memory that answers as the HTTP contract says, for tests of the client."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import httpx

Json = dict[str, Any]

BROKEN = [httpx.ConnectError, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError]


class FakeServer:
    """Photos and jobs in memory; `plan` holds what the next calls of a path do instead."""

    def __init__(self) -> None:
        self.seen: list[httpx.Request] = []
        self.plan: dict[str, list[httpx.Response | Exception]] = {}
        self.photos: dict[str, bytes] = {}
        self.jobs: dict[str, Json] = {}
        self.streams: list[Iterable[bytes]] = []
        self.files: dict[str, bytes] = {}
        self.dead = ["tk_1", "tk_2"]

    def __call__(self, request: httpx.Request) -> httpx.Response:
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

    def upload(self, request: httpx.Request) -> httpx.Response:
        photo = {
            "id": f"ph_{len(self.photos)}",
            "filename": request.url.params.get("filename", "photo"),
            "bytes": len(request.content),
        }
        self.photos[photo["id"]] = request.content
        return httpx.Response(201, json=photo)

    def submit(self, request: httpx.Request) -> httpx.Response:
        key = request.headers["Idempotency-Key"]
        if key not in self.jobs:
            body = json.loads(request.content)
            self.jobs[key] = job(f"jb_{len(self.jobs)}", "queued") | {"asked": body}
        return httpx.Response(202, json=self.jobs[key])

    def find(self, job_id: str) -> Json:
        """The job, or nothing."""
        return next((job for job in self.jobs.values() if job["id"] == job_id), {})

    def get_job(self, _request: httpx.Request, job_id: str) -> httpx.Response:
        found = self.find(job_id)
        return httpx.Response(200, json=found) if found else problem(404, "not_found", "No job.")

    def get_jobs(self, request: httpx.Request) -> httpx.Response:
        return self.page(request, list(self.jobs.values()))

    def get_tasks(self, request: httpx.Request, job_id: str) -> httpx.Response:
        return self.page(request, [{"id": f"tk_{n}", "job_id": job_id} for n in range(5)])

    def get_dead(self, request: httpx.Request) -> httpx.Response:
        return self.page(request, [{"id": task_id, "owner": "alice"} for task_id in self.dead])

    def page(self, request: httpx.Request, items: list[Json], size: int = 2) -> httpx.Response:
        start = int(request.url.params.get("cursor", 0))
        later = f"{request.url.path}?limit=1000&cursor={start + size}"
        following = later if start + size < len(items) else None
        return httpx.Response(200, json={"items": items[start : start + size], "next": following})

    def cancel(self, _request: httpx.Request, job_id: str) -> httpx.Response:
        found = self.find(job_id)
        if found["state"] == "succeeded":
            return problem(409, "conflict", "The job is finished.")
        found["state"] = "cancelled"
        return httpx.Response(202, json=found)

    def retry(self, request: httpx.Request, job_id: str) -> httpx.Response:
        asked = json.loads(request.content) if request.content else None
        return httpx.Response(202, json=self.find(job_id) | {"asked": asked})

    def redrive(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)["tasks"] if request.content else self.dead
        return httpx.Response(200, json={"redriven": len(asked)})

    def events(self, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=self.streams.pop(0))

    def edits(self, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"edits": {}, "outputs": {}, "engine_version": "1"})

    def file(self, _request: httpx.Request, name: str) -> httpx.Response:
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


def job(job_id: str, state: str) -> Json:
    return {"id": job_id, "state": state}


def problem(status: int, code: str, detail: str, **more: Any) -> httpx.Response:
    body = {"status": status, "code": code, "detail": detail, **more}
    return httpx.Response(
        status, json=body, headers={"Content-Type": "application/problem+json; charset=utf-8"}
    )


def block(kind: str, **data: Any) -> bytes:
    return f"id: 7\nevent: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


HELLO = b"retry: 2000\nid: 3\n\n"
PING = b": ping\n\n"
BYE = b"event: bye\ndata: {}\n\n"


def submitted(server: FakeServer, state: str = "queued") -> Json:
    server.jobs["key"] = job("jb_1", state)
    return server.jobs["key"]


def breaking(first: bytes) -> Iterator[bytes]:
    yield first
    raise httpx.ReadError("broken")
