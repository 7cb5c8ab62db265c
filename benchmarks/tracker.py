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

from tests.support.orders import report, submitted
from tests.support.postgres import Postgres, postgres_server

from abzug.jobs.database import Jobs, connect
from abzug.messages import StatusReport

JOBS = 20
PHOTOS = 100
ROUNDS = 5
BATCH = 100
"""Reports of one transaction: a tracker receives ten messages, a busy worker puts ten in each."""


def figures() -> Iterator[tuple[str, float, float, str]]:
    with (
        tempfile.TemporaryDirectory(prefix="abzug-pg-") as data,
        tempfile.TemporaryDirectory() as home,
        postgres_server(Path(data), durable=True) as server,
    ):
        url = server.make(upgraded=True)
        before = written(server, url)
        jobs = connect(url, Path(home))
        rates = [rate(jobs, server) for _ in range(ROUNDS)]
        jobs.close()
        while server.query("SELECT 1 FROM pg_stat_activity WHERE datname LIKE 'test%'"):
            time.sleep(0.1)  # a connection counts its rows when it ends, if not before
        photos = ROUNDS * JOBS * PHOTOS
        rows, wal = (
            (now - then) / photos for now, then in zip(written(server, url), before, strict=True)
        )
    a_second, own, servers = (statistics.median(column) for column in zip(*rates, strict=True))
    yield "tracker_reports_per_s_postgresql", a_second, 1500.0, "at_least"
    yield "tracker_reports_per_cpu_s_postgresql", 1 / (1 / own + 1 / servers), 1500.0, "at_least"
    yield "tracker_reports_per_own_cpu_s", own, 3000.0, "at_least"
    yield "postgresql_reports_per_cpu_s", servers, 5000.0, "at_least"
    yield "postgresql_rows_a_photo", rows, 12.0, "at_most"
    yield "postgresql_wal_bytes_a_photo", wal, 8000.0, "at_most"


def rate(jobs: Jobs, server: Postgres) -> tuple[float, float, float]:
    """Reports per second, per CPU second of the tracker, and per CPU second of the server.

    The two take turns, so on a machine with nothing else to do the first is about both others.
    """
    reports = news(jobs)
    began, own, servers = time.perf_counter(), time.process_time(), server_cpu(server)
    for start in range(0, len(reports), BATCH):
        jobs.apply(reports[start : start + BATCH])
    own, servers = time.process_time() - own, server_cpu(server) - servers
    count = len(reports)
    return count / (time.perf_counter() - began), count / own, count / max(servers, 0.01)


def written(server: Postgres, url: str) -> tuple[float, float]:
    """Rows inserted, updated and deleted in this database so far, and bytes of the log."""
    name = url.partition("?")[0].rpartition("/")[2]
    found = {
        row[0]: row[1:]
        for row in server.query(
            "SELECT datname, tup_inserted + tup_updated + tup_deleted,"
            " pg_current_wal_lsn() - '0/0'::pg_lsn FROM pg_stat_database"
        )
    }
    return float(found[name][0]), float(found[name][1])


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
    for name, value, target, sense in figures():
        print(f"{name} {value:.3g} ({sense} {target:.0f})")
