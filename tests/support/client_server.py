"""A small server in memory that answers as the HTTP contract says, for tests of the client."""

import json
import re

import httpx

BROKEN = [httpx.ConnectError, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError]


class FakeServer:
    """Photos and jobs in memory; `plan` holds what the next calls of a path do instead."""

    def __init__(self) -> None:
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


def submitted(server, state="queued"):
    server.jobs["key"] = job("jb_1", state)
    return server.jobs["key"]


def breaking(first):
    yield first
    raise httpx.ReadError("broken")
