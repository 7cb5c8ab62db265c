"""Hostile clients, each doing its worst to a web server of its own: does it still answer others?

Of each: the worst answer of /healthz meanwhile, and the memory that the server took for it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

import httpx
from sqlalchemy import insert
from tests.support.orders import RESULT, order, report
from tests.support.pictures import jpeg

from abzug.jobs import ids
from abzug.jobs.records import Photo
from abzug.jobs.rows import photo_values
from abzug.jobs.schema import photos
from abzug.jobs.transactions import Database
from abzug.service.service import Service
from abzug.settings import Settings

MIB = 1024 * 1024
HEALTHZ_MS = 500
MEMORY_MIB = 150
FEW = 1024
"""Descriptors of a server with more clients than that."""
OWNER = "local"
Figure = tuple[str, float, float, str]


class Web:
    """`abzug web` in a folder of its own, and somebody who watches it."""

    def __init__(self, home: Path, *, descriptors: int = 8 * FEW) -> None:
        self.home = home
        self._descriptors = descriptors
        self.worst = 0.0
        """Seconds of the slowest answer of /healthz."""
        self.grown = 0
        """Bytes of memory beyond those at the start."""
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        env = {k: v for k, v in os.environ.items() if not k.startswith("ABZUG_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "abzug", "web"],
            env=env | {"ABZUG_HOME": str(self.home), "ABZUG_PORT": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            preexec_fn=functools.partial(  # noqa: PLW1509  before any thread
                resource.setrlimit, resource.RLIMIT_NOFILE, (self._descriptors, self._descriptors)
            ),
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().decode().split()[-1]
        self.address = ("127.0.0.1", int(self.url.rpartition(":")[2]))
        for _ in range(50):  # what the first calls load is not the hostile ones' doing
            httpx.get(f"{self.url}/readyz")
        self._before = self._resident()
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watcher.join()
        self._process.terminate()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def figures(self, name: str) -> Iterator[Figure]:
        yield f"hostile_{name}_healthz_ms", 1000 * self.worst, HEALTHZ_MS, "at_most"
        yield f"hostile_{name}_memory_mib", self.grown / MIB, MEMORY_MIB, "at_most"

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            began = time.perf_counter()
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"{self.url}/healthz", timeout=60).raise_for_status()
            self.worst = max(self.worst, time.perf_counter() - began)
            self.grown = max(self.grown, self._resident() - self._before)

    def _resident(self) -> int:
        pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


def figures() -> Iterator[Figure]:
    for attack in ATTACKS:
        with tempfile.TemporaryDirectory(prefix="abzug-bench-") as folder:
            few = FEW if attack in (idle, slow_heads) else 8 * FEW
            with Web(Path(folder), descriptors=few) as web:
                found = list(attack(web))
            yield from found
            yield from web.figures(attack.__name__)


def bodies(web: Web) -> Iterator[Figure]:
    """Orders of 1 and 15 MiB that are wrong in every place."""
    makers: dict[str, Callable[[int], str]] = {
        "photos": lambda size: '{"photos":[' + ",".join("1" * (size // 2)) + "]}",
        "overrides": lambda size: _fields("overrides", size, "{}"),
        "outputs": lambda size: '{"photos":["a"],"outputs":[' + "{}," * (size // 3) + "{}]}",
        "edits": lambda size: _fields("edits", size, "1"),
        "unknown": lambda size: _fields("", size, "1"),
        "watermark": lambda size: (
            '{"photos":["a"],"edits":{"watermark":[' + "1," * (size // 2) + "1]}}"
        ),
        "deep": lambda size: '{"photos":' + "[" * (size // 2) + "]" * (size // 2) + "}",
    }
    worst = 0.0
    with httpx.Client(base_url=web.url, timeout=120) as client:
        for make in makers.values():
            for size in (MIB, 15 * MIB):
                body = make(size).encode()
                began = time.perf_counter()
                with contextlib.suppress(httpx.WriteError, httpx.ReadError):  # refused half-way
                    client.post(
                        "/v1/jobs", content=body, headers={"Content-Type": "application/json"}
                    )
                worst = max(worst, time.perf_counter() - began)
    yield "hostile_bodies_answer_ms", 1000 * worst, 500, "at_most"


def _fields(name: str, size: int, value: str) -> str:
    members = ",".join(f'"{i:x}":{value}' for i in range(size // (8 + len(value))))
    return f'{{"photos":["a"],"{name}":{{{members}}}}}' if name else f"{{{members}}}"


def idle(web: Web) -> Iterator[Figure]:
    """More connections than descriptors, which say nothing."""
    with _connections(web, 1100):
        time.sleep(5)
    yield from ()


def slow_heads(web: Web) -> Iterator[Figure]:
    with _connections(web, 1100) as found:
        for byte in b"GET / HTTP/1.1":
            for one in found:
                with contextlib.suppress(OSError):
                    one.send(bytes([byte]))
            time.sleep(0.2)
    yield from ()


def stalled_uploads(web: Web) -> Iterator[Figure]:
    head = b"POST /v1/photos HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n"
    data = head + jpeg(1, 4000, 3000)[: 999 * 1024].ljust(999 * 1024, b"\0")
    with _connections(web, 600) as found, ThreadPoolExecutor(32) as pool:
        for _ in pool.map(functools.partial(_send, data=data), found):
            pass
        time.sleep(3)
    yield from ()


def _send(connection: socket.socket, data: bytes) -> None:
    connection.settimeout(2)
    with contextlib.suppress(OSError):
        connection.sendall(data)


def streams(web: Web) -> Iterator[Figure]:
    """800 listeners, whose owners have no news, while another owner's job changes all the time."""
    with Service.open(Settings(home=web.home)) as service, httpx.Client(base_url=web.url) as client:
        alone = _get_ms(service, client, _stored_photos(web.home, 200))
        with _connections(web, 800) as found:
            for number, one in enumerate(found):
                owner = b"owner-%d" % (number // 20)
                one.send(
                    b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAbzug-Owner: %s\r\n\r\n" % owner
                )
            time.sleep(2)
            beside = _get_ms(service, client, _stored_photos(web.home, 200))
    yield "hostile_streams_get_times_alone", beside / alone, 3.0, "at_most"


def _get_ms(service: Service, client: httpx.Client, some: list[Photo]) -> float:
    """The median GET of a job while its photos are reported one by one."""
    requests = service.jobs.create_job(order(some, owner=OWNER))[1]
    done = threading.Event()

    def change() -> None:
        for request in requests:
            service.jobs.apply([report(request, "started")])
            service.jobs.apply([report(request, "succeeded")])
            time.sleep(0.005)
        done.set()

    took = []
    changing = threading.Thread(target=change)
    changing.start()
    try:
        while not done.is_set():
            began = time.perf_counter()
            client.get(f"/v1/jobs/{requests[0].job_id}").raise_for_status()
            took.append(1000 * (time.perf_counter() - began))
    finally:
        changing.join()
    return statistics.median(took)


def zips(web: Web) -> Iterator[Figure]:
    """50 readers of a ZIP of 300 MiB who take 64 KiB a second each."""
    with Service.open(Settings(home=web.home)) as service:
        requests = service.jobs.create_job(order(_stored_photos(web.home, 300), owner=OWNER))[1]
        for request in requests:
            key = f"results/{OWNER}/{request.task_id}.jpg"
            service.store.put(key, os.urandom(MIB), media_type="image/jpeg")
            result = RESULT.model_copy(update={"key": key, "bytes": MIB})
            service.jobs.apply([report(request, "succeeded", results=(result,))])
    call = f"GET /v1/jobs/{requests[0].job_id}/results.zip HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with _connections(web, 50) as found:
        for one in found:
            one.send(call.encode())
        for _ in range(10):
            time.sleep(1)
            for one in found:
                one.recv(64 * 1024)
    yield from ()


def large_order(web: Web) -> Iterator[Figure]:
    """10,000 photos in one order, on a server that does nothing else."""
    some = [photo.id for photo in _stored_photos(web.home, 10_000)]
    took = []
    with httpx.Client(base_url=web.url, timeout=60) as client:
        for number in range(3):
            body = {"photos": some, "edits": {"exposure": number + 1}}
            began = time.perf_counter()
            client.post("/v1/jobs", json=body).raise_for_status()
            took.append(time.perf_counter() - began)
    yield "order_of_10000_ms", 1000 * statistics.median(took), 1000, "at_most"


def _stored_photos(home: Path, count: int) -> list[Photo]:
    """Rows of photos whose bytes nobody will read."""
    now = time.time()
    made = []
    for number in range(count):
        id_ = ids.new_id(ids.PHOTO, now)
        key = f"originals/{OWNER}/{id_}"
        name = f"{number}.jpg"
        made.append(
            Photo(id_, OWNER, name, "image/jpeg", 2**22, 4000, 3000, 1, "5a" * 32, key, now)
        )
    database = Database(f"sqlite:///{home / 'jobs.db'}")
    database.run(lambda c: c.execute(insert(photos), [photo_values(photo) for photo in made]))
    database.close()
    return made


@contextlib.contextmanager
def _connections(web: Web, count: int) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        found = []
        for _ in range(count):
            one = stack.enter_context(socket.socket())
            one.settimeout(5)
            one.connect(web.address)
            found.append(one)
        yield found


ATTACKS = (bodies, idle, slow_heads, stalled_uploads, streams, zips, large_order)
