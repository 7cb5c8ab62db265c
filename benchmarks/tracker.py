"""How many reports a second one tracker's transactions put into PostgreSQL.

`.venv/bin/python -m benchmarks.tracker`; some 20 seconds. As many photos are in work at once as a
large fleet has, so that a batch is of many jobs; each photo gives `started`, then `succeeded`. The
server is a real one, with fsync, started from a wheel on this machine.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.orders import report, submitted
from tests.postgres import Postgres, postgres_server

from abzug.jobs.database import Jobs, connect
from abzug.messages import StatusReport

JOBS = 20
PHOTOS = 100
ROUNDS = 5
BATCH = 100
"""Reports of one transaction: a tracker receives ten messages, a busy worker puts ten in each."""


def figures() -> Iterator[tuple[str, float, float]]:
    with (
        tempfile.TemporaryDirectory(prefix="abzug-pg-") as data,
        tempfile.TemporaryDirectory() as home,
        postgres_server(Path(data), durable=True) as server,
    ):
        jobs = connect(server.make(upgraded=True), Path(home))
        rates = [rate(jobs, server) for _ in range(ROUNDS)]
        jobs.close()
    a_second, a_cpu_second = (statistics.median(column) for column in zip(*rates, strict=True))
    yield "tracker_reports_per_s_postgresql", a_second, 1500.0
    yield "tracker_reports_per_cpu_s_postgresql", a_cpu_second, 1500.0


def rate(jobs: Jobs, server: Postgres) -> tuple[float, float]:
    """Reports per second, and per CPU second of tracker and server together.

    The two take turns, so on a machine with nothing else to do the one is about the other.
    """
    reports = news(jobs)
    began, used = time.perf_counter(), time.process_time() + server_cpu(server)
    for start in range(0, len(reports), BATCH):
        jobs.apply(reports[start : start + BATCH])
    used = time.process_time() + server_cpu(server) - used
    return len(reports) / (time.perf_counter() - began), len(reports) / used


def server_cpu(server: Postgres) -> float:
    """CPU seconds of the server's processes so far."""
    ticks = 0
    for (pid,) in server.query("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def news(jobs: Jobs) -> list[StatusReport]:
    """What a fleet says of some new jobs, photos of one owner's jobs in turn with the others'."""
    requests = [
        request
        for number in range(JOBS)
        for request in submitted(jobs, PHOTOS, owner=f"owner-{number}")[1]
    ]
    random.Random(1).shuffle(requests)
    return [report(request, kind) for kind in ("started", "succeeded") for request in requests]


if __name__ == "__main__":
    for name, value, target in figures():
        print(f"{name} {value:.0f} (at least {target:.0f})")
