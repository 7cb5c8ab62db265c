"""The whole system on one machine: throughput, latency, fairness, idle cost."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from tests.support.pictures import jpeg
from tests.support.service import RunningService

from abzug.service.service import Service
from abzug.settings import Settings
from abzug.worker.pool import AHEAD

EDITORS = 2
JOB_A = {"exposure": 0.3, "contrast": 15, "saturation": 10, "sharpening": {"amount": 40}}
OUTPUT_A = {"name": "a", "format": "jpeg", "quality": 80, "max_side": 1600, "metadata": "strip"}
OUTPUT_B = {"name": "b", "format": "jpeg", "quality": 90, "metadata": "strip"}
ROUNDS = 3


def figures() -> Iterator[tuple[str, float, float, str]]:
    with tempfile.TemporaryDirectory(prefix="abzug-bench-") as folder:
        photo = Path(folder) / "photo.jpg"
        photo.write_bytes(jpeg(1, 4000, 3000))
        with RunningService(Path(folder) / "home", editors=EDITORS, log_level="warning") as service:
            for name, output, count, target in (
                ("system_job_a_vs_engine", OUTPUT_A, 60, 0.85),
                ("system_job_b_vs_engine", OUTPUT_B, 24, 0.93),
            ):
                yield name, throughput_ratio(service, photo, output, count), target, "at_least"
            yield from latency(service)
            yield "idle_cpu_percent", idle_percent(service), 2.0, "at_most"
            yield "fairness_single_behind_5000", fairness(service), 3.0, "at_most"


def throughput_ratio(
    service: RunningService, photo: Path, output: dict[str, Any], count: int
) -> float:
    """Photos a second through the system ÷ through the engine alone, on as many processes.

    Taken in turn; the edits differ from round to round, so that nothing is reused.
    """
    with _client(service) as client, ThreadPoolExecutor(8) as pool:
        data = photo.read_bytes()
        ids = list(pool.map(lambda _: _upload(client, data), range(count)))
        ratios = []
        for number in range(ROUNDS + 1):
            edits = JOB_A | {"exposure": round(0.3 + number / 100, 2)}
            bare = bare_seconds(photo, edits, output, count)
            whole = _job_seconds(client, ids, edits, output)
            ratios.append(bare / whole)
    return statistics.median(ratios[1:])


BARE = """
import json, sys, time
from pathlib import Path
from abzug.edits import engine
engine.prepare_process(0)
engine.warm_up()
data = Path(sys.argv[1]).read_bytes()
edits, output, count = json.loads(sys.argv[2])
limits = engine.Limits(max_pixels=10**9, time_limit=600)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(count):
    engine.edit(data, edits, [output], limits=limits)
print("done", flush=True)
"""


def bare_seconds(photo: Path, edits: dict[str, Any], output: dict[str, Any], count: int) -> float:
    """Seconds that EDITORS processes of the engine alone take for `count` photos."""
    import json

    from abzug.edits.outputs import canonical_outputs
    from abzug.edits.recipe import canonical_edits

    (canonical,) = canonical_outputs([output], max_outputs=1)
    task = json.dumps([canonical_edits(edits), canonical, count // EDITORS])
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", BARE, str(photo), task],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(EDITORS)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    began = time.perf_counter()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
    seconds = time.perf_counter() - began
    for process in processes:
        process.communicate()
    return seconds


def latency(service: RunningService) -> Iterator[tuple[str, float, float, str]]:
    """Submit → succeeded of one small photo on an idle system, beyond the engine's own time."""
    with _client(service) as client:
        beyond = []
        for number in range(110):
            photo = _upload(client, jpeg(10_000 + number))
            began = time.perf_counter()
            job = _submit(client, [photo], {"exposure": 0.3}, OUTPUT_A, wait=30)
            seconds = time.perf_counter() - began
            task = client.get(f"/v1/jobs/{job['id']}/tasks").json()["items"][0]
            beyond.append(1000 * (seconds - task["attempts"][0]["cpu_seconds"]))
        beyond = sorted(beyond[10:])
    yield "latency_p50_ms", beyond[len(beyond) // 2], 20, "at_most"
    yield "latency_p95_ms", beyond[int(len(beyond) * 0.95)], 60, "at_most"


def idle_percent(service: RunningService) -> float:
    """CPU of all processes together, in percent of one core, with nothing to do."""
    seconds = 10
    before = cpu_seconds(service.all_pids())
    time.sleep(seconds)
    return 100 * (cpu_seconds(service.all_pids()) - before) / seconds


def fairness(service: RunningService) -> float:
    """One owner's single photo behind another's 5,000 ÷ its lone time, medians.

    Not counted is the time for what is being edited already: AHEAD photos an editor.
    """
    settings = Settings(home=service.home)
    many = {"Abzug-Owner": "many"}
    with Service.open(settings) as own, ThreadPoolExecutor(16) as pool, _client(service) as client:

        def upload(number: int) -> str:
            with own.upload("many", f"{number}.jpg") as upload:
                upload.write(small[number % len(small)])
                return upload.finish().id

        small = [jpeg(20_000 + n, 240, 160) for n in range(50)]
        ids = list(pool.map(upload, range(5000)))
        singles = [_upload(client, jpeg(30_000 + n)) for n in range(40)]
        lone = [_timed(client, photo) for photo in singles[:20]]
        order = {"photos": ids, "edits": {"contrast": 10}, "outputs": [OUTPUT_A]}
        began = time.perf_counter()
        job = client.post("/v1/jobs", json=order, headers=many).raise_for_status().json()
        behind = [_timed(client, photo) for photo in singles[20:]]
        seconds = time.perf_counter() - began
        counts = client.get(f"/v1/jobs/{job['id']}", headers=many).json()["counts"]
        if not counts["queued"]:
            raise AssertionError("the backlog was gone before the last single photo was done")
    being_edited = AHEAD * EDITORS * seconds / counts["succeeded"]
    return (statistics.median(behind) - being_edited) / statistics.median(lone)


def _timed(client: httpx.Client, photo: str) -> float:
    began = time.perf_counter()
    _submit(client, [photo], {"exposure": 0.2}, OUTPUT_A, wait=60)
    return time.perf_counter() - began


def _client(service: RunningService) -> httpx.Client:
    return httpx.Client(base_url=service.url, timeout=300, trust_env=False)


def _upload(client: httpx.Client, data: bytes) -> str:
    response = client.post("/v1/photos?filename=photo.jpg", content=data)
    response.raise_for_status()
    return str(response.json()["id"])


def _submit(
    client: httpx.Client,
    photos: list[str],
    edits: dict[str, Any],
    output: dict[str, Any],
    wait: int,
) -> dict[str, Any]:
    response = client.post(
        "/v1/jobs",
        json={"photos": photos, "edits": edits, "outputs": [output]},
        headers={"Prefer": f"wait={wait}"},
    )
    response.raise_for_status()
    job: dict[str, Any] = response.json()
    if job["state"] != "succeeded":
        raise AssertionError(f"the job is {job['state']}: {job}")
    return job


def _job_seconds(
    client: httpx.Client, photos: list[str], edits: dict[str, Any], output: dict[str, Any]
) -> float:
    began = time.perf_counter()
    _submit(client, photos, edits, output, wait=60)
    return time.perf_counter() - began


def cpu_seconds(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    for figure in figures():
        print(*figure)
