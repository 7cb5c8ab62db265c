"""The calls of the client."""

from __future__ import annotations

import hashlib
import json
import math
import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlencode

import httpx

from abzug.client.connection import SILENCE, Connection, pause
from abzug.client.types import (
    FINISHED,
    DeadLetter,
    ImportedPreset,
    Job,
    JobSummary,
    Lut,
    Photo,
    Result,
    Task,
)
from abzug.errors import BackendError

MAX_PAGE = "1000"
RECONNECTS = 10
"""How often in a row `wait` tries to reach the server again: for some 40 s."""
RECONNECT_PAUSE = 0.5
"""Seconds before `wait` does so the first time, at most."""


class Client:
    """One server, and one owner there. May be used from several threads; close it, or use `with`.

    owner: whose photos and jobs; None is the server's default. timeout: seconds to connect, and
    between two pieces of an answer. transport: httpx's, for tests.

    Every method raises the errors of abzug.errors: RequestError and PhotoError where the server
    refuses, BackendError where it is out of order, cannot be reached or is too slow. What breaks
    on the way is tried again, which is harmless for all of them.
    """

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8000",
        *,
        owner: str | None = None,
        timeout: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._server = Connection(base_url, owner, timeout, transport)

    def upload(self, photo: Path | str | bytes, filename: str | None = None) -> Photo:
        """Upload a file, streamed, or the bytes of one. It is durable on return."""
        body = photo if isinstance(photo, bytes) else Path(photo)
        name = filename or (_name_of(body) if isinstance(body, Path) else "")
        stored: Photo = self._server.call(
            "POST",
            "/v1/photos",
            body=body,
            params={"filename": name} if name else None,
            headers={"Content-Type": "application/octet-stream"},
        )
        return stored

    def upload_lut(self, cube: Path | str | bytes) -> Lut:
        """Store a `.cube` file, or the bytes of one, for the edit `lut`."""
        stored: Lut = self._server.call(
            "POST",
            "/v1/luts",
            body=cube if isinstance(cube, bytes) else Path(cube),
            headers={"Content-Type": "application/octet-stream"},
        )
        return stored

    def luts(self) -> Iterator[Lut]:
        """All stored LUTs, in order of their ids."""
        return self._server.pages("/v1/luts", {"limit": MAX_PAGE})

    def delete_lut(self, lut_id: str) -> None:
        """Remove a stored LUT; what waits to be edited with it fails. Raises NotFound."""
        self._server.call("DELETE", f"/v1/luts/{quote(lut_id, safe='')}")

    def import_preset(self, file: Path | str) -> ImportedPreset:
        """The edits in a Lightroom preset, `.xmp` or `.lrtemplate`; or a stored `.cube` file's."""
        path = Path(file)
        imported: ImportedPreset = self._server.call(
            "POST",
            "/v1/presets/import",
            body=path,
            params={"filename": _name_of(path)},
            headers={"Content-Type": "application/octet-stream"},
        )
        return imported

    def upload_direct(self, photo: Path | str | bytes, filename: str | None = None) -> Photo:
        """Upload straight into the server's photo store, past the server.

        Raises Conflict where the store has no endpoint of its own: use `upload`.
        """
        body = photo if isinstance(photo, bytes) else Path(photo)
        name = filename or (_name_of(body) if isinstance(body, Path) else "")
        size, sha256 = _measured(body)
        upload = self._server.call(
            "POST", "/v1/uploads/direct", json={"bytes": size, "sha256": sha256}
        )
        self._server.put(upload["url"], body, upload["headers"])
        stored: Photo = self._server.call(
            "POST", f"/v1/uploads/direct/{upload['id']}/complete", json={"filename": name}
        )
        return stored

    def submit(
        self,
        photos: Sequence[str | Photo],
        *,
        edits: Mapping[str, Any] | None = None,
        outputs: Sequence[Mapping[str, Any]] | None = None,
        name: str | None = None,
        overrides: Mapping[str, Mapping[str, Any]] | None = None,
        idempotency_key: str | None = None,
        wait: float | None = None,
    ) -> Job:
        """Order photos × edits × outputs. The order is durable on return.

        photos: as uploaded, or their ids. overrides: edits of single photos, by id.
        idempotency_key: the same key and order again give the same job; by default each call
        has its own. wait: seconds to wait for the job, at most 60; it comes as it is by then.
        """
        order = {
            "photos": [photo if isinstance(photo, str) else photo["id"] for photo in photos],
            "edits": edits,
            "outputs": outputs,
            "name": name,
            "overrides": overrides,
        }
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        if wait is not None:
            headers["Prefer"] = f"wait={math.ceil(wait)}"
        job: Job = self._server.call(
            "POST",
            "/v1/jobs",
            json={field: value for field, value in order.items() if value is not None},
            headers=headers,
            wait=wait or 0.0,
        )
        return job

    def job(self, job_id: str) -> Job:
        job: Job = self._server.call("GET", _path(job_id))
        return job

    def jobs(self) -> Iterator[Job]:
        """All jobs, newest first."""
        return self._server.pages("/v1/jobs", {"limit": MAX_PAGE})

    def tasks(self, job_id: str, *, state: str | None = None) -> Iterator[Task]:
        """The tasks of a job, in the order of its photos; only those in `state` if given."""
        params = {"limit": MAX_PAGE} | ({"state": state} if state else {})
        return self._server.pages(f"{_path(job_id)}/tasks", params)

    def wait(
        self,
        job_id: str,
        *,
        timeout: float | None = None,
        on_progress: Callable[[JobSummary], None] | None = None,
    ) -> Job:
        """The job when it is finished. `on_progress` gets it whenever it has changed.

        Listens to the server's events, and outlives a restart of the server. Raises TimeoutError
        after `timeout` seconds, which are looked at with every sign of life of the server (at
        least every 15 s); the job goes on.
        """
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        failures = 0
        while time.monotonic() < deadline:
            try:
                for job in self._changes(job_id, deadline):
                    failures = 0
                    if on_progress:
                        on_progress(job)
                    if job["state"] in FINISHED:
                        return self.job(job_id)
            except (BackendError, httpx.TransportError) as error:
                failures += 1
                if failures > RECONNECTS:
                    msg = "The server cannot be reached."
                    raise BackendError(msg) from error
            pause(RECONNECT_PAUSE * 2**failures)
        msg = f"job {job_id} is not finished"
        raise TimeoutError(msg)

    def _changes(self, job_id: str, deadline: float) -> Iterator[JobSummary]:
        """The job as it is and whenever it changes, until the stream ends or time is up."""
        with self._server.events(min(SILENCE, deadline - time.monotonic())) as events:
            for number, event in enumerate(events):
                if number == 0:
                    # not before: by its first block the server listens, and no change is missed
                    yield self.job(job_id)
                if event.kind == "job":
                    job: JobSummary = json.loads(event.data)["job"]
                    if job["id"] == job_id:
                        yield job
                if time.monotonic() >= deadline:
                    return

    def cancel(self, job_id: str) -> Job:
        """End a job early: what is finished stays. Raises Conflict for one that is over."""
        job: Job = self._server.call("POST", f"{_path(job_id)}/cancel")
        return job

    def retry(self, job_id: str, task_ids: Sequence[str] | None = None) -> Job:
        """Edit the failed photos of a job again, or those of them that are named."""
        which = None if task_ids is None else {"tasks": list(task_ids)}
        job: Job = self._server.call("POST", f"{_path(job_id)}/retry", json=which)
        return job

    def download(self, result: Result, path: Path | str) -> Path:
        """One result as a file: whole, or not at all."""
        self._server.download(result["url"], Path(path), size=result["bytes"])
        return Path(path)

    def results_zip(
        self, job_id: str, path: Path | str, *, outputs: Sequence[str] | None = None
    ) -> Path:
        """All results of a job so far, or those of some outputs, as one ZIP file."""
        chosen = f"?{urlencode({'outputs': ','.join(outputs)})}" if outputs else ""
        self._server.download(f"{_path(job_id)}/results.zip{chosen}", Path(path))
        return Path(path)

    def edits_schema(self) -> dict[str, Any]:
        """JSON Schemas of `edits` and of one of `outputs`, and the `engine_version`."""
        schema: dict[str, Any] = self._server.call("GET", "/v1/edits")
        return schema

    def dead_letters(self) -> Iterator[DeadLetter]:
        """For operators: tasks of all owners that were given up after too many deliveries."""
        return self._server.pages("/v1/ops/dead-letters", {"limit": MAX_PAGE})

    def redrive(self, task_ids: Sequence[str] | None = None) -> int:
        """For operators: send dead letters again, all or those named; gives how many."""
        which = None if task_ids is None else {"tasks": list(task_ids)}
        answer = self._server.call("POST", "/v1/ops/dead-letters/redrive", json=which)
        return int(answer["redriven"])

    def close(self) -> None:
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _path(job_id: str) -> str:
    return f"/v1/jobs/{quote(job_id, safe='')}"


def _measured(body: Path | bytes) -> tuple[int, str]:
    """Bytes, and their digest in hex."""
    if isinstance(body, bytes):
        return len(body), hashlib.sha256(body).hexdigest()
    with body.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


def _name_of(path: Path) -> str:
    """Of a file: bytes that are no UTF-8 cannot be said in a URL, nor in JSON."""
    return os.fsencode(path.name).decode(errors="replace")
