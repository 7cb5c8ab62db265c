"""The worker's loop: what a queue says or gives does not end it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from abzug.errors import QueueError
from abzug.messages import EditRequest, PhotoRef
from abzug.queues.base import Queue, Received
from abzug.queues.sqlite import SqliteQueue
from abzug.settings import Settings
from abzug.worker.loop import Worker
from abzug.worker.pool import Work


class Taker:
    """Stands for the pool: has room, and remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[Work] = []

    def wait_for_room(self, timeout: float) -> int:
        return 4

    def give(self, works: Iterable[Work]) -> None:
        self.given += works


def request() -> EditRequest:
    photo = PhotoRef(
        id="ph", key="k", sha256="0", filename="f.jpg", media_type="image/jpeg", bytes=1
    )
    return EditRequest(
        task_id="tk", job_id="jb", owner="local", photo=photo, edits={}, outputs=({"name": "a"},)
    )


def worker(queue: Queue) -> tuple[Worker, Taker]:
    made, taker = Worker(Settings(editors=1), queue, queue), Taker()
    cast("Any", made)._pool = taker
    return made, taker


def test_a_queue_that_fails_does_not_end_a_worker() -> None:
    answers: list[list[Received]] = [[Received("m", "h", request().to_json(), "local", 1, 0.0)]]

    def receive(*_: object, **__: object) -> list[Received]:
        if len(calls) < 2:
            calls.append(1)
            raise QueueError("The queue does not answer.")
        return answers.pop()

    calls: list[int] = []
    stop = SimpleNamespace(wait=lambda _seconds: False)
    made, taker = worker(cast("Queue", SimpleNamespace(receive=receive, linger=0.0)))
    for _ in range(3):
        made._take(cast("threading.Event", stop))
    assert [work.request.task_id for work in taker.given] == ["tk"]


@pytest.mark.parametrize("body", ["nonsense", "{}", '{"version": 99}'])
def test_a_request_that_cannot_be_read_is_left_to_the_queue_and_the_rest_is_taken(
    tmp_path: Path, body: str
) -> None:
    with SqliteQueue(tmp_path / "q.db", "requests", max_receives=5) as queue:
        queue.send(body)
        queue.send(request().to_json())
        made, taker = worker(queue)
        made._take(threading.Event())
        assert [work.request.task_id for work in taker.given] == ["tk"]
        assert made._leases.held() == 1, "a lease of the unreadable one is renewed"
        assert queue.depth().in_flight == 2, "it was not deleted"
