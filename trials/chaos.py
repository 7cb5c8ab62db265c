"""`make chaos`: is a photo lost when processes die?

Some 2,000 tasks of four owners are uploaded, submitted and edited through the whole system on one
machine, while a random process of it (worker, editor, tracker, web) is killed with SIGKILL and
started again, about once a second, or as often as the machine can start it. Then: is every
acknowledged job finished, every result there, once, byte-equal to that of an undisturbed run, the
queue empty and sound? Exit code 1 if not.
A second part sends a photo that kills its process each time.

With --cloud the disturbed run is on SQS, S3 and PostgreSQL, a smaller one: there the endpoint of
SQS and S3 is killed as well, and one call in five to it is slow, refused, or cut off.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from tests.support.endpoints import Ministack
from tests.support.pictures import jpeg
from tests.support.service import RunningService

from trials.chaos_cloud import Place, cloud

OWNERS = ("anna", "ben", "cleo", "dan")
RECIPES: tuple[dict[str, Any], ...] = (
    {},
    {"exposure": 0.4, "contrast": 20},
    {"temperature": 15, "vibrance": 30},
    {"highlights": -40, "shadows": 35},
    {"black_and_white": True, "contrast": 30},
    {"crop": {"aspect": "1:1"}, "exposure": -0.3},
    {"rotate": 90},
    {"straighten": 2.5, "saturation": -20},
)
OUTPUTS = (
    {"name": "web", "format": "jpeg", "max_side": 480},
    {"name": "small", "format": "webp", "max_side": 160},
)
FINISHED = {"succeeded", "partial", "failed", "cancelled"}
SETTINGS: dict[str, Any] = {
    "workers": 2,
    "editors": 1,
    "visibility_timeout": 5,
    "log_level": "warning",
}


@dataclass
class Tally:
    """What came out: of each task its state and the digests of its results."""

    results: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """(owner, file name) → output name → sha256."""
    not_succeeded: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)


class Caller:
    """An HTTP client that asks again until it has an answer, as people's programs do.

    A photo whose upload was not answered is uploaded again; a job is submitted under an
    idempotency key, so that asking twice cannot make two.
    """

    def __init__(self, url: str, owner: str) -> None:
        self.owner = owner
        self._client = httpx.Client(
            base_url=url, headers={"Abzug-Owner": owner}, timeout=30, trust_env=False
        )

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        deadline = time.monotonic() + 120
        while True:
            try:
                response = self._client.request(method, path, **options)
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            else:
                if response.status_code < 500:
                    response.raise_for_status()
                    return response
            time.sleep(0.1)

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        url: str | None = f"{path}?limit=500"
        while url:
            page = self.call("GET", url).json()
            yield from page["items"]
            url = page["next"]


class Killer(threading.Thread):
    """Kills a random process of the service, or the endpoint it is on, again and again.

    pause: mean seconds between two kills. Were it shorter than a start takes on a machine that
    has much else to do, no process would live long enough to do anything.
    """

    ROLES = ("worker", "worker", "editor", "editor", "tracker", "web")

    def __init__(
        self, service: RunningService, endpoint: Ministack | None, seed: int, pause: float
    ) -> None:
        super().__init__(name="killer", daemon=True)
        self._service = service
        self._endpoint = endpoint
        self._roles = (*self.ROLES, "endpoint") if endpoint else self.ROLES
        self.kills: dict[str, int] = dict.fromkeys(self._roles, 0)
        self._random = random.Random(seed)
        self._pause = pause
        self._halt = threading.Event()

    def run(self) -> None:
        victims = self._victims()
        while not self._halt.wait(self._random.uniform(0.6, 1.4) * self._pause):
            role = next(victims)
            if role == "endpoint":
                self._restart_endpoint()
            elif pids := self._service.pids(role):
                self._service.kill(self._random.choice(pids))
                self.kills[role] += 1

    def _victims(self) -> Iterator[str]:
        """Roles at random, but in a short run each has its turn, too."""
        while True:
            yield from self._random.sample(self._roles, len(self._roles))

    def _restart_endpoint(self) -> None:
        assert self._endpoint
        self._endpoint.crash()
        self._halt.wait(self._random.uniform(0, 2))
        self._endpoint.start()
        self.kills["endpoint"] += 1

    def stop(self) -> None:
        self._halt.set()
        self.join()


def work(url: str, photos: int, batch: int) -> dict[str, list[str]]:
    """Upload and submit everything; gives each owner's acknowledged jobs."""

    def one_owner(index: int) -> tuple[str, list[str]]:
        owner = OWNERS[index]
        caller = Caller(url, owner)
        jobs: list[str] = []
        for start in range(0, photos, batch):
            ids = []
            for number in range(start, min(start + batch, photos)):
                seed = index * photos + number
                size = 240 + 40 * (seed % 8)
                response = caller.call(
                    "POST",
                    f"/v1/photos?filename=photo-{number:05}.jpg",
                    content=jpeg(seed, size, size * 2 // 3),
                    headers={"Content-Type": "application/octet-stream"},
                )
                ids.append(response.json()["id"])
            order = {
                "photos": ids,
                "edits": RECIPES[(start // batch + index) % len(RECIPES)],
                "outputs": OUTPUTS,
            }
            headers = {"Idempotency-Key": f"{owner}-{start}"}
            response = caller.call("POST", "/v1/jobs", json=order, headers=headers)
            jobs.append(response.json()["id"])
        return owner, jobs

    with ThreadPoolExecutor(len(OWNERS)) as pool:
        return dict(pool.map(one_owner, range(len(OWNERS))))


def wait_finished(url: str, jobs: dict[str, list[str]], deadline: float) -> list[str]:
    """Wait for every job; gives those that are not finished at the deadline."""
    open_jobs = [(owner, job) for owner, ids in jobs.items() for job in ids]
    callers = {owner: Caller(url, owner) for owner in jobs}
    while open_jobs and time.monotonic() < deadline:
        open_jobs = [
            (owner, job)
            for owner, job in open_jobs
            if callers[owner].call("GET", f"/v1/jobs/{job}").json()["state"] not in FINISHED
        ]
        if open_jobs:
            time.sleep(0.5)
    return [job for _, job in open_jobs]


def collect(url: str, jobs: dict[str, list[str]], photos: int) -> Tally:
    """Fetch every result of every task."""
    tally = Tally()
    for owner, ids in jobs.items():
        caller = Caller(url, owner)
        listed = [job["id"] for job in caller.pages("/v1/jobs")]
        if len(listed) != len(set(ids)):
            tally.doubled.append(f"{owner} has {len(listed)} jobs, ordered {len(set(ids))}")
        for job in ids:
            for task in caller.pages(f"/v1/jobs/{job}/tasks"):
                key = (owner, task["filename"])
                if task["state"] != "succeeded":
                    tally.not_succeeded.append(f"{key} {task['state']} {task['error']}")
                    continue
                if key in tally.results or len(task["results"]) != len(OUTPUTS):
                    tally.doubled.append(str(key))
                tally.results[key] = {
                    result["name"]: hashlib.sha256(
                        caller.call("GET", result["url"]).content
                    ).hexdigest()
                    for result in task["results"]
                }
    expected = photos * len(OWNERS)
    if len(tally.results) + len(tally.not_succeeded) != expected:
        tally.unfinished.append(f"{len(tally.results)} of {expected} tasks")
    return tally


def run(
    home: Path, photos: int, batch: int, seed: int | None = None, place: Place | None = None
) -> tuple[Tally, dict[str, Any]]:
    """One run; with a seed, under fire. Gives the tally and the facts of the queue."""
    place = place or Place()
    began = time.monotonic()
    with RunningService(home, **SETTINGS, **place.settings) as service:
        pause = max(1.0, (time.monotonic() - began) / 2)
        killer = Killer(service, place.endpoint, seed, pause) if seed is not None else None
        if killer:
            killer.start()
        began = time.monotonic()
        jobs = work(service.url, photos, batch)
        unfinished = wait_finished(service.url, jobs, time.monotonic() + 900)
        seconds = time.monotonic() - began
        if killer:
            killer.stop()
        if place.proxy:
            place.proxy.faults = ()
        tally = collect(service.url, jobs, photos)
        tally.unfinished += unfinished
        left = wait_empty(service.url, time.monotonic() + 60)
        metrics = httpx.get(f"{service.url}/v1/ops/stats", trust_env=False).json()
        code = service.stop()
    facts = {
        "seconds": seconds,
        "kills": killer.kills if killer else {},
        "faults": dict(place.proxy.befallen) if place.proxy else {},
        "messages_left": left,
        "stats": metrics,
        "exit_code": code,
        "integrity": "ok" if place.settings else integrity(home / "queue.db"),
    }
    return tally, facts


def wait_empty(url: str, deadline: float) -> int:
    """Messages that are still on the queues once all is done; late deletes get a moment."""
    while True:
        queues = httpx.get(f"{url}/v1/ops/stats", trust_env=False).json()["queues"]
        left = sum(q["visible"] + q["in_flight"] + q["delayed"] for q in queues.values())
        if not left or time.monotonic() > deadline:
            return int(left)
        time.sleep(0.2)


def integrity(path: Path) -> str:
    with sqlite3.connect(path) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def poison(home: Path, place: Place) -> list[str]:
    """A photo that kills its process each time, among innocents; then mended and redriven."""
    wrong: list[str] = []
    with RunningService(home, poison=True, **SETTINGS, **place.settings) as service:
        caller = Caller(service.url, "anna")
        files = [jpeg(n, 300, 200, "POISON" if n == 7 else "") for n in range(20)]
        ids = [
            caller.call("POST", f"/v1/photos?filename=p{n}.jpg", content=data).json()["id"]
            for n, data in enumerate(files)
        ]
        order = {"photos": ids, "edits": {"exposure": 0.2}, "outputs": OUTPUTS}
        job = caller.call("POST", "/v1/jobs", json=order).json()["id"]
        if wait_finished(service.url, {"anna": [job]}, time.monotonic() + 180):
            wrong.append("the poison's job did not finish")
        states = {t["filename"]: t for t in caller.pages(f"/v1/jobs/{job}/tasks")}
        error = states["p7.jpg"]["error"] or {}
        if error.get("code") != "dead_lettered":
            wrong.append(f"the poison ended as {states['p7.jpg']['state']} {error}")
        innocents = [t for name, t in states.items() if name != "p7.jpg"]
        hurt = [t["filename"] for t in innocents if t["state"] != "succeeded"]
        if hurt:
            wrong.append(f"innocents hurt: {hurt}")
        extra = [t["filename"] for t in innocents if len(t["attempts"]) > 1]
        print(f"poison: dead-lettered after {len(states['p7.jpg']['attempts'])} attempts, "
              f"innocents delivered again: {len(extra)}")  # fmt: skip
        if len(caller.call("GET", "/v1/ops/dead-letters").json()["items"]) != 1:
            wrong.append("the dead letter is not listed")
    with RunningService(home, **SETTINGS, **place.settings) as service:  # the same, mended
        caller = Caller(service.url, "anna")
        caller.call("POST", "/v1/ops/dead-letters/redrive", json={})
        if wait_finished(service.url, {"anna": [job]}, time.monotonic() + 60):
            wrong.append("the redriven job did not finish")
        state = caller.call("GET", f"/v1/jobs/{job}").json()["state"]
        if state != "succeeded":
            wrong.append(f"after the redrive the job is {state}")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cloud", action="store_true", help="on SQS, S3 and PostgreSQL")
    parser.add_argument("--tasks", type=int, help="2000; with --cloud 400")
    parser.add_argument("--batch", type=int, default=50, help="photos of one job")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    photos = -(-(options.tasks or (400 if options.cloud else 2000)) // len(OWNERS))
    print(f"chaos: {photos * len(OWNERS)} tasks of {len(OWNERS)} owners, seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="abzug-chaos-") as name, ExitStack() as stack:
        folder = Path(name)
        calm, calm_facts = run(folder / "calm", photos, options.batch)
        print(f"undisturbed: {calm_facts['seconds']:.0f} s", flush=True)
        place = stack.enter_context(cloud(folder, options.seed)) if options.cloud else Place()
        stormy, facts = run(folder / "stormy", photos, options.batch, options.seed, place)
        print(f"disturbed: {facts['seconds']:.0f} s, kills {facts['kills']}", flush=True)
        if facts["faults"] and place.proxy:
            print(f"calls to SQS and S3: {place.proxy.calls.total()}, faults {facts['faults']}")
        poisoned = poison(folder / "poison", place)
    wrong = [key for key, digests in calm.results.items() if stormy.results.get(key) != digests]
    jobs = facts["stats"]["jobs"]
    for text in [*calm.not_succeeded, *calm.unfinished, *stormy.not_succeeded, *stormy.unfinished,
                 *stormy.doubled, *poisoned][:20]:  # fmt: skip
        print("  ", text)
    lost = len(stormy.not_succeeded) + len(stormy.unfinished)
    redelivered = jobs["attempts"] - sum(jobs["tasks"].values())
    again = f"redelivered {redelivered}  leases run out {jobs['expired_leases']}"
    print(f"lost {lost}  duplicated {len(stormy.doubled)}  wrong {len(wrong)}  {again}")
    sound = facts["integrity"] == "ok" and not facts["messages_left"]
    print(f"queue integrity {facts['integrity']}, messages left {facts['messages_left']}")
    bad = lost or stormy.doubled or wrong or poisoned or not sound
    bad = bad or calm.not_succeeded or calm.unfinished or not stormy.results
    print("chaos: FAILED" if bad else "chaos: nothing lost")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
