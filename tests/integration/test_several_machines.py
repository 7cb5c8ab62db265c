"""Two web servers, two trackers and three workers that share nothing but the cloud's services.

Each has a home folder of its own: the queues are on SQS, the photos in S3, the jobs in
PostgreSQL, all of them stand-ins on loopback.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.support.cloud import cloud_settings
from tests.support.endpoints import Ministack
from tests.support.pictures import jpeg
from tests.support.postgres import Postgres
from tests.support.waiting import until
from tests.support.web_server import WebServer

from abzug.client import Client
from abzug.settings import Settings, environment

PHOTOS = 8


class Machines:
    """Parts by name, each a process."""

    def __init__(self, settings: Settings, folder: Path, stack: ExitStack) -> None:
        self._settings = settings
        self._folder = folder
        self._stack = stack
        self._parts: dict[str, subprocess.Popen[str]] = {}

    def start(self, name: str, *command: str) -> subprocess.Popen[str]:
        home = self._folder / name
        settings = self._settings.model_copy(update={"home": home})
        part = subprocess.Popen(
            [sys.executable, "-m", "abzug", *command],
            env={**os.environ, **environment(settings), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._stack.enter_context((self._folder / f"{name}.log").open("w")),
            text=True,
        )
        self._stack.enter_context(part)
        self._stack.callback(part.kill)
        self._parts[name] = part
        return part

    def start_web(self, name: str) -> Client:
        part = self.start(name, "web")
        assert part.stdout is not None
        url = part.stdout.readline().split()[-1]
        return self._stack.enter_context(Client(url))

    def kill(self, *names: str) -> None:
        """As a power cut would."""
        for name in names:
            self._parts[name].kill()
            self._parts[name].wait()


@pytest.fixture
def shared(ministack: Ministack, postgres: Postgres, tmp_path: Path) -> Settings:
    """Settings of fresh queues, a fresh bucket and a fresh database."""
    home = tmp_path / "home"
    # short polls, so that what is stopped need not wait for its last one
    urls = cloud_settings(ministack, postgres, home, "&wait=1&linger=0")
    return Settings(home=home, port=0, editors=1, visibility_timeout=3, **urls)


@pytest.fixture
def machines(shared: Settings, tmp_path: Path) -> Iterator[Machines]:
    with ExitStack() as stack:
        yield Machines(shared, tmp_path, stack)


def test_what_is_ordered_here_is_followed_there_whoever_dies(
    machines: Machines, tmp_path: Path
) -> None:
    here = machines.start_web("web1")
    there = machines.start_web("web2")
    for number in (1, 2):
        machines.start(f"tracker{number}", "tracker")
    for number in (1, 2, 3):
        machines.start(f"worker{number}", "worker")

    photos = [here.upload(jpeg(number, 1200, 900), f"{number}.jpg") for number in range(PHOTOS)]
    job = here.submit(photos, edits={"exposure": 0.5})
    until(lambda: there.job(job["id"])["state"] != "queued")
    machines.kill("web1", "tracker1", "worker1")
    done = there.wait(job["id"], timeout=200)

    assert done["counts"]["succeeded"] == PHOTOS
    tasks = list(there.tasks(job["id"]))
    assert [task["photo_id"] for task in tasks] == [photo["id"] for photo in photos]
    for task in tasks:
        (result,) = task["results"]
        path = there.download(result, tmp_path / f"{task['id']}.jpg")
        assert path.stat().st_size == result["bytes"]


def test_an_event_written_on_one_web_server_reaches_a_listener_of_another(
    shared: Settings, tmp_path: Path
) -> None:
    urls = {name: getattr(shared, name) for name in ("queue_url", "store_url", "database_url")}
    with WebServer(tmp_path / "1", **urls) as one, WebServer(tmp_path / "2", **urls) as other:
        me, elsewhere = one.person("ann"), other.person("ann")
        with elsewhere.http.stream("GET", "/v1/events") as events:
            lines = events.iter_lines()
            assert next(line for line in lines if line.startswith("id:"))
            with ThreadPoolExecutor(1) as thread:
                # by itself the other server looks again after 15 s only
                heard = thread.submit(next, (line for line in lines if "queued" in line))
                job = me.order(1)
                assert job["id"] in heard.result(timeout=10)
