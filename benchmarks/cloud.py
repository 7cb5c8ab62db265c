"""Abzug on SQS and S3 that are 50 ms away: its throughput, its CPU, its calls for each photo.

The whole system runs on MiniStack, behind a proxy that counts calls and delays them. One long job
goes through; the delay is switched on and off while it does, so that what else the machine does
hits both alike, and calls are counted in steady state.
"""

from __future__ import annotations

import bisect
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.cloud import amazon
from tests.support.endpoints import ENVIRONMENT, Ministack
from tests.support.fault_proxy import FaultProxy
from tests.support.pictures import jpeg
from tests.support.service import RunningService

from abzug.client import Client
from benchmarks.system import EDITORS, JOB_A, OUTPUT_B, cpu_seconds

DELAY = 0.05
TURN = 3.0
"""Seconds between switches."""
SETTLES = 1.0
"""Seconds after a switch that count for neither side."""
PATIENT = "&linger=10"
"""So that a slow or busy machine fills its calls as well as a fast one with the usual 3 s."""
SIDES = range(200, 1000, 100)
OUTPUTS = [{"name": f"w{side}", "format": "jpeg", "max_side": side} for side in SIDES]
Figure = tuple[str, float, float, str]


def figures() -> Iterator[Figure]:
    os.environ.update(ENVIRONMENT)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="abzug-cloud-")))
        ministack = stack.enter_context(Ministack(folder))
        proxy = stack.enter_context(FaultProxy(ministack.url))
        settings = amazon(ministack, folder / "home", PATIENT, endpoint=proxy.url)
        service = stack.enter_context(
            RunningService(folder / "home", editors=EDITORS, log_level="warning", **settings)
        )
        bench = Bench(service, proxy, stack.enter_context(Client(service.url)))
        yield from bench.figures("job_b", jpeg(1, 4000, 3000), [OUTPUT_B], 300)
        yield from bench.figures("8_outputs", jpeg(2, 2000, 1500), OUTPUTS, 800)


@dataclass(frozen=True)
class Turn:
    """A time with or without the delay, and the CPU that worker and editors used in it."""

    delay: float
    begin: float
    end: float
    cpu: float


@dataclass
class Bench:
    service: RunningService
    proxy: FaultProxy
    client: Client

    def figures(self, name: str, photo: bytes, outputs: list[Any], count: int) -> Iterator[Figure]:
        photos = [self.client.upload(photo, f"{number}.jpg") for number in range(count)]
        warm = self.client.submit(photos[: 4 * EDITORS], edits=JOB_A, outputs=outputs)
        self.client.wait(warm["id"], timeout=600)
        self.proxy.calls = calls = Counter[str]()
        job = self.client.submit(photos, edits=JOB_A | {"exposure": 0.5}, outputs=outputs)
        turns = list(self._turns(job["id"]))
        tasks = self.client.tasks(job["id"])
        ends = sorted(
            datetime.fromisoformat(ended).timestamp()
            for t in tasks
            if (ended := t["attempts"][-1]["ended_at"])
        )
        # only turns in which there was enough to do from begin to end
        full = [t for t in turns if t.begin > ends[0] and t.end < ends[-4 * EDITORS]]
        (near, near_cpu), (far, far_cpu) = (_pace(full, ends, delay) for delay in (0.0, DELAY))
        print(f"    {name}: {near:.2f} photos/s and {near_cpu:.3f} CPU s each, with the delay "
              f"{far:.2f} and {far_cpu:.3f}; calls {dict(calls)}", file=sys.stderr)  # fmt: skip
        yield f"cloud_{name}_50_ms_vs_0_throughput", far / near, 0.9, "at_least"
        yield f"cloud_{name}_50_ms_vs_0_cpu", far_cpu / near_cpu, 1.1, "at_most"
        if len(outputs) > 1:  # of the quick job: a call of a slow one has less to carry
            yield "cloud_s3_gets_a_photo", calls["s3 GET"] / count, 1.0, "at_most"
            yield "cloud_s3_puts_an_output", calls["s3 PUT"] / len(outputs) / count, 1.0, "at_most"
            sqs = sum(number for what, number in calls.items() if what.startswith("sqs"))
            yield "cloud_sqs_calls_a_photo", sqs / count, 0.5, "at_most"

    def _turns(self, job: str) -> Iterator[Turn]:
        """Switch the delay on and off until the job is done."""
        while self.client.job(job)["state"] in {"queued", "running"}:
            self.proxy.delay = DELAY - self.proxy.delay
            time.sleep(SETTLES)
            begin, used = time.time(), self._cpu()
            time.sleep(TURN - SETTLES)
            yield Turn(self.proxy.delay, begin, time.time(), self._cpu() - used)
        if (state := self.client.job(job)["state"]) != "succeeded":
            raise AssertionError(f"the job is {state}")

    def _cpu(self) -> float:
        return cpu_seconds([p for role in ("worker", "editor") for p in self.service.pids(role)])


def _pace(turns: list[Turn], ends: list[float], delay: float) -> tuple[float, float]:
    """Photos a second and CPU seconds a photo of the turns with this delay."""
    those = [turn for turn in turns if turn.delay == delay]
    done = sum(bisect.bisect(ends, t.end) - bisect.bisect(ends, t.begin) for t in those)
    return done / sum(t.end - t.begin for t in those), sum(t.cpu for t in those) / done
