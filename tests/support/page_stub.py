"""A server that only pretends: the page and its HTTP contract without store, queue and workers.

Tests steer it through attributes of `Stub`; what a photo's edit comes to is in its name: "broken"
fails for good, "flaky" fails the first time, "refused" is refused when it is uploaded, "noted"
comes with notices.

    .venv/bin/python -m tests.support.page_stub [PORT]     serves it, editing ten photos a second
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import json
import sys
import threading
import time
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from PIL import Image, ImageOps, UnidentifiedImageError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from abzug.edits.automatic import told
from abzug.edits.notices import Told
from abzug.web.routes.edits import get_edits
from abzug.web.security import PAGE_POLICY
from tests.support import ROOT
from tests.support.page_schemas import EDITS_SCHEMA, OUTPUT_SCHEMA

WEB = ROOT / "src" / "abzug" / "web"
FINISHED = ("succeeded", "failed", "cancelled")


NOTICES = [
    Told.first_of_frames_in.notice(frames=8, outputs=["web"]).model_dump(),
    told("auto_tone", {"exposure": 0.35, "contrast": -12.0}).model_dump(),
]
ERRORS = {
    "broken": {
        "code": "truncated",
        "message": "The file ends too early: the last third of the picture is missing.",
        "advice": "Copy it from the card again.",
        "permanent": True,
    },
    "flaky": {
        "code": "store_unavailable",
        "message": "The storage did not answer three times in a row.",
        "advice": "Retrying is safe.",
        "permanent": False,
    },
}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _problem(status: int, code: str, detail: str, advice: str = "") -> JSONResponse:
    body = {"type": "about:blank", "title": code, "status": status, "code": code}
    body |= {"detail": detail, "advice": advice, "request_id": "7f3a91c2", "errors": []}
    return JSONResponse(body, status, media_type="application/problem+json")


def _note(setting: str, outcome: str, code: str, reason: str, **values: float) -> dict[str, Any]:
    told = {"property": setting, "outcome": outcome, "code": code}
    return told | {"reason": reason, "values": values}


class Gatekeeper:
    """Answers 503 while the stub is away; puts the product's policy on every answer."""

    def __init__(self, app: ASGIApp, stub: Stub) -> None:
        self.app = app
        self.stub = stub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if self.stub.away and path.startswith(("/v1", "/healthz")):
            detail = "The jobs database did not answer."
            await _problem(503, "database_unavailable", detail)(scope, receive, send)
            return

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = PAGE_POLICY
                headers["Cache-Control"] = "no-cache"
            await send(message)

        await self.app(scope, receive, send_with_policy)


class Stub:
    """All state of the pretended server.

    hold: photos are not edited while it is set. hold_uploads: uploads of names that contain it
    are not answered. away: every call is answered 503. delay: seconds one edit takes.
    """

    def __init__(self, *, delay: float = 0) -> None:
        self.delay = delay
        self._numbers = itertools.count(1)
        self.reset()

    def reset(self) -> None:
        """Forget all, for the next test. Ids go on: an old page's calls must find nothing."""
        self.hold = False
        self.hold_uploads = ""
        self.away = False
        self.photos: dict[str, dict[str, Any]] = {}
        self.bytes: dict[str, bytes] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.tasks: dict[str, list[dict[str, Any]]] = {}
        self.keys: dict[str, str] = {}
        self.proxies: set[str] = set()
        self.uploads = 0
        self.events: list[tuple[str, dict[str, Any]]] = []

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers):026d}"

    def tell(self, job: dict[str, Any], task: dict[str, Any] | None = None) -> None:
        if task is not None:
            self.events.append(("task", {"task": json.loads(json.dumps(task))}))
        shown = {name: value for name, value in job.items() if name not in ("edits", "outputs")}
        self.events.append(("job", {"job": json.loads(json.dumps(shown))}))

    def count(self, job: dict[str, Any]) -> None:
        states = [task["state"] for task in self.tasks[job["id"]]]
        names = ("queued", "running", *FINISHED)
        job["counts"] = {name: states.count(name) for name in names} | {"total": len(states)}
        over = all(state in FINISHED for state in states)
        job["finished_at"] = (job["finished_at"] or _now()) if over else None
        job["state"] = ("succeeded" if "failed" not in states else "partial") if over else "running"

    def move(self, task: dict[str, Any], state: str, **more: Any) -> None:
        task |= {"state": state, **more}
        job = self.jobs[task["job_id"]]
        self.count(job)
        self.tell(job, task)

    def edit(self, task: dict[str, Any]) -> None:
        job = self.jobs[task["job_id"]]
        kind = next((kind for kind in ERRORS if kind in task["filename"]), None)
        if kind == "broken" or (kind == "flaky" and task["generation"] == 1):
            self.move(task, "failed", error=ERRORS[kind])
            return
        size = {"width": 512, "height": 341, "bytes": 88_000}
        results = [
            {"name": output["name"], "format": output["format"], **size}
            | {"media_type": f"image/{output['format']}"}
            | {"url": f"/v1/objects/{task['photo_id']}?output={output['name']}"}
            for output in job["outputs"]
        ]
        notices = NOTICES if "noted" in task["filename"] else []
        self.move(task, "succeeded", results=results, error=None, notices=notices)

    async def work(self) -> None:
        """Edit what is queued, two photos at a time as two cores would, until cancelled."""
        while True:
            queued = (
                task for tasks in self.tasks.values() for task in tasks if task["state"] == "queued"
            )
            batch = [] if self.hold else list(itertools.islice(queued, 2 if self.delay else 50))
            for task in batch:
                self.move(task, "running")
            await asyncio.sleep(self.delay if batch else 0.02)
            for task in batch:
                if task["state"] == "running":
                    self.edit(task)


def create_app(stub: Stub) -> FastAPI:  # noqa: C901  one small function a route
    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        worker = asyncio.create_task(stub.work())
        yield
        worker.cancel()

    app = FastAPI(lifespan=lifespan)
    app.add_middleware(Gatekeeper, stub=stub)

    @app.get("/")
    async def page() -> FileResponse:
        return FileResponse(WEB / "pages" / "index.html")

    @app.get("/static/{name:path}")
    async def static(name: str) -> FileResponse:
        return FileResponse(WEB / "static" / name)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/v1/edits")
    async def edits() -> dict[str, Any]:
        return get_edits().model_dump() | {"edits": EDITS_SCHEMA, "outputs": OUTPUT_SCHEMA}

    @app.post("/v1/presets/import")
    async def import_preset(request: Request, filename: str) -> Any:
        if b"broken" in await request.body():
            return _problem(422, "invalid_request", "This is not a Lightroom preset.")
        edits = {"exposure": 0.5, "mesh": [[0.5, 0.5]]}
        notes = [
            _note("Exposure2012", "carried", "", ""),
            _note("Sparkle", "ignored", "newer_than_the_page", "Sparkle is new."),
            _note("Contrast2012", "approximated", "out_of_range", "…", value=0.5, used=1),
        ]
        return {"name": Path(filename).stem, "edits": edits, "notes": notes}

    @app.post("/v1/photos", status_code=201)
    async def upload(request: Request, filename: str) -> Any:
        body = await request.body()
        while stub.hold_uploads and stub.hold_uploads in filename:
            if await request.is_disconnected():
                return Response(status_code=400)
            await asyncio.sleep(0.02)
        if "refused" in filename:
            advice = "Save it as JPEG first."
            return _problem(415, "unsupported_media", "The server refuses this format.", advice)
        stub.uploads += 1
        photo: dict[str, Any] = {"id": stub.new_id("ph"), "filename": filename, "bytes": len(body)}
        photo |= {"media_type": "image/jpeg", "width": 1800, "height": 1200, "sha256": ""}
        stub.photos[photo["id"]] = photo | {"created_at": _now()}
        stub.bytes[photo["id"]] = body
        return photo

    @app.get("/v1/photos/{photo_id}/original")
    async def original(photo_id: str) -> Response:
        return Response(stub.bytes[photo_id], media_type="image/jpeg")

    @app.get("/v1/photos/{photo_id}/proxy")
    def proxy(photo_id: str) -> Response:
        if photo_id not in stub.proxies:
            stub.proxies.add(photo_id)
            return JSONResponse({"state": "queued"}, 202, {"Retry-After": "1"})
        out = io.BytesIO()
        Image.new("RGB", (90, 60), "teal").save(out, "jpeg")
        return Response(out.getvalue(), media_type="image/jpeg")

    @app.get("/v1/objects/{photo_id}")
    def result(photo_id: str) -> Response:
        try:
            image: Image.Image = Image.open(io.BytesIO(stub.bytes[photo_id]))
        except UnidentifiedImageError:
            image = Image.new("RGB", (30, 20), "gray")
        image.thumbnail((512, 512))
        out = io.BytesIO()
        ImageOps.grayscale(ImageOps.exif_transpose(image)).convert("RGB").save(out, "webp")
        return Response(out.getvalue(), media_type="image/webp")

    @app.post("/v1/jobs", status_code=202)
    async def order(request: Request) -> Any:
        key = request.headers["Idempotency-Key"]
        if key not in stub.keys:
            take(key, await request.json())
        job = stub.jobs[stub.keys[key]]
        if "Prefer" not in request.headers:
            return job
        while not job["finished_at"]:
            if await request.is_disconnected():
                return Response(status_code=400)
            await asyncio.sleep(0.02)
        return JSONResponse(job | {"tasks": stub.tasks[job["id"]]})

    def take(key: str, body: dict[str, Any]) -> None:
        job = {"id": stub.new_id("jb"), "name": body["name"], "state": "queued"}
        job |= {"edits": body["edits"], "outputs": body["outputs"], "created_at": _now()}
        job |= {"overrides": body.get("overrides", {})}
        job |= {"started_at": _now(), "finished_at": None}
        stub.keys[key] = job["id"]
        stub.jobs[job["id"]] = job
        stub.tasks[job["id"]] = [
            {"id": stub.new_id("tk"), "job_id": job["id"], "photo_id": photo, "generation": 1}
            | {"filename": stub.photos[photo]["filename"], "state": "queued", "error": None}
            | {"notices": [], "results": []}
            for photo in body["photos"]
        ]
        stub.count(job)
        stub.tell(job)

    @app.get("/v1/jobs/{job_id}")
    async def job(job_id: str) -> Any:
        return stub.jobs.get(job_id) or _problem(404, "not_found", "There is no such job.")

    @app.get("/v1/jobs/{job_id}/tasks")
    async def tasks(job_id: str, limit: int = 100, cursor: int = 0) -> dict[str, Any]:
        every = stub.tasks[job_id]
        more = cursor + limit < len(every)
        following = f"/v1/jobs/{job_id}/tasks?limit={limit}&cursor={cursor + limit}"
        return {"items": every[cursor : cursor + limit], "next": following if more else None}

    @app.post("/v1/jobs/{job_id}/cancel", status_code=202)
    async def cancel(job_id: str) -> Any:
        for task in stub.tasks[job_id]:
            if task["state"] not in FINISHED:
                stub.move(task, "cancelled")
        return stub.jobs[job_id]

    @app.post("/v1/jobs/{job_id}/retry", status_code=202)
    async def retry(job_id: str, request: Request) -> Any:
        wanted = (await request.json())["tasks"]
        for task in stub.tasks[job_id]:
            if task["id"] in wanted and task["state"] == "failed":
                again = {"generation": task["generation"] + 1, "error": None}
                stub.move(task, "queued", **again)
        return stub.jobs[job_id]

    @app.get("/v1/jobs/{job_id}/results.zip")
    async def results(job_id: str) -> Response:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for task in stub.tasks[job_id]:
                if task["state"] == "succeeded":
                    archive.writestr(task["filename"], b"result")
        headers = {"Content-Disposition": 'attachment; filename="results.zip"'}
        return Response(out.getvalue(), media_type="application/zip", headers=headers)

    @app.get("/v1/events")
    async def events(request: Request, after: int = -1) -> StreamingResponse:
        known = request.headers.get("last-event-id", "")
        begin = int(known) if known else after if after >= 0 else len(stub.events)

        async def stream() -> AsyncIterator[str]:
            sent = begin
            yield ": here\n\n"
            while not stub.away:
                for kind, data in stub.events[sent:]:
                    sent += 1
                    yield f"id: {sent}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"
                await asyncio.sleep(0.02)

        return StreamingResponse(stream(), media_type="text/event-stream")

    return app


@contextlib.contextmanager
def serve(stub: Stub) -> Iterator[str]:
    """Serve on a free port in a thread; gives the URL."""
    config = uvicorn.Config(
        create_app(stub), port=0, log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    stub.away = True  # ends the event streams
    server.should_exit = True
    thread.join()


if __name__ == "__main__":
    port_wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 8010
    uvicorn.run(create_app(Stub(delay=0.2)), port=port_wanted, log_level="warning")
