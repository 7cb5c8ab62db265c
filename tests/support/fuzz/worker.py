"""A real worker in a process of its own, given one file after the other."""

from __future__ import annotations

import hashlib
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from abzug.backends import connect_queue, connect_store
from abzug.edits.recipe import canonical_edits
from abzug.errors import ObjectNotFound
from abzug.keys import original_key
from abzug.messages import (
    EditRequest,
    PhotoRef,
    ReportError,
    ReportKind,
    StatusReport,
    StatusReports,
)
from abzug.queues.base import MAX_BATCH, Outgoing
from abzug.settings import Settings, environment
from tests.support.fuzz.cases import Case
from tests.support.pictures import jpeg

_OWNER = "fuzz"
_SOUND = jpeg(1, 64, 48)
"""What is edited where the damaged photo is the watermark."""
_AHEAD = 40
"""Cases that are at the worker at once."""
_LIMITS: dict[str, Any] = {
    "max_pixels": 4_000_000,
    "time_limit": 40,
    "time_limit_grace": 5,
    "memory_limit": 2048 * 2**20,
    "max_receives": 2,
    "log_level": "warning",
}
_SILENCE = 120.0
"""Seconds after which nothing comes any more: well past the worker's own limits."""


@dataclass(frozen=True)
class Outcome:
    """Results by the outputs' names, or why there are none: an error, or silence."""

    case: Case
    results: dict[str, bytes] | None
    error: ReportError | None
    cpu_seconds: float = 0.0


class FuzzedWorker:
    """`abzug worker` on queues and a store in `home`; its log goes to home/worker.log."""

    def __init__(self, home: Path, **environment: str) -> None:
        self._settings = Settings(home=home, editors=2, **_LIMITS)
        self._environment = environment
        self._stack = ExitStack()
        self._sent: dict[str, tuple[Case, EditRequest]] = {}
        home.mkdir(parents=True, exist_ok=True)
        self.log = home / "worker.log"

    def __enter__(self) -> Self:
        open_ = self._stack.enter_context
        self._requests = open_(connect_queue(self._settings, "requests"))
        self._status = open_(connect_queue(self._settings, "status"))
        self._store = connect_store(self._settings)
        self._store.put(original_key(_OWNER, "sound"), _SOUND, media_type="image/jpeg")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "abzug", "worker"],
            env=os.environ | environment(self._settings) | self._environment,
            stderr=open_(self.log.open("ab")),
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=60)
        finally:
            self._process.kill()
            self._process.wait()
            self._stack.close()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def run(self, cases: Iterable[Case]) -> Iterator[Outcome]:
        """Each case's outcome, as they come. Ends early if the supervisor dies or all is silent;
        what was under way then has neither results nor error."""
        more, heard = iter(cases), time.monotonic()
        while True:
            self._send(list(itertools.islice(more, _AHEAD - len(self._sent))))
            if not self._sent:
                return
            outcomes = list(self._receive())
            if outcomes:
                heard = time.monotonic()
            yield from outcomes
            if not self.is_alive or time.monotonic() - heard > _SILENCE:
                yield from (Outcome(case, None, None) for case, _ in self._sent.values())
                return

    def _send(self, cases: list[Case]) -> None:
        requests = []
        for case in cases:
            request = _request(case)
            self._store.put(_key(case), case.data, media_type="image/unknown")
            self._sent[request.task_id] = case, request
            requests.append(Outgoing(request.to_json()))
        for at in range(0, len(requests), MAX_BATCH):
            self._requests.send_batch(requests[at : at + MAX_BATCH])

    def _receive(self) -> Iterator[Outcome]:
        messages = self._status.receive(MAX_BATCH, wait=1.0)
        packs = [StatusReports.model_validate_json(message.body) for message in messages]
        for report in [report for pack in packs for report in pack.reports]:
            if report.kind is not ReportKind.started and report.task_id in self._sent:
                case, request = self._sent.pop(report.task_id)
                yield self._outcome(case, request, report)
        self._status.delete_batch([message.receipt_handle for message in messages])

    def _outcome(self, case: Case, request: EditRequest, report: StatusReport) -> Outcome:
        self._store.delete(_key(case))
        cpu = report.cpu_seconds or 0.0
        if report.kind is not ReportKind.succeeded:
            return Outcome(case, None, report.error, cpu)
        results = {}
        for ref in report.results:
            try:
                results[ref.name] = self._store.get(ref.key)
            except ObjectNotFound:
                results[ref.name] = b""
        return Outcome(case, results, None, cpu)


def _id(case: Case) -> str:
    return "ph_" + hashlib.sha256(f"{case.seed} {case.order.name}".encode()).hexdigest()[:26]


def _key(case: Case) -> str:
    """Where the damaged photo is stored."""
    return original_key(_OWNER, _id(case))


def _request(case: Case) -> EditRequest:
    order, photo_id, data = case.order, _id(case), case.data
    edits = order.edits
    if order.is_stamp:
        edits = canonical_edits({**edits, "watermark": [{"image": photo_id, "scale": 50}]})
        photo_id, data = "sound", _SOUND
    photo = PhotoRef(
        id=photo_id,
        key=original_key(_OWNER, photo_id),
        sha256=hashlib.sha256(data).hexdigest(),
        filename=case.source,
        media_type="image/unknown",
        bytes=len(data),
    )
    return EditRequest(
        task_id=f"fuzz-{case.seed}-{order.name}".replace(":", "-"),
        job_id="fuzz",
        owner=_OWNER,
        photo=photo,
        edits=edits,
        outputs=tuple(order.outputs),
    )
