"""A whole Abzug in one thread, whose clock, worker and misfortunes are a test's.

Queue, store, jobs database and tracker are the real, embedded ones; the worker is played.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from abzug.errors import Conflict
from abzug.jobs.database import connect, upgrade
from abzug.jobs.records import TERMINAL, Job, Task
from abzug.messages import EditRequest, StatusReports
from abzug.queues.base import Queue, Received
from abzug.queues.sqlite import SqliteQueue
from abzug.service.service import Service
from abzug.settings import Settings
from abzug.tracker import Tracker
from tests.support.orders import BROKEN, RESULT, add_photos, order, report

QUEUES = ("requests", "requests_dead", "status", "status_dead")
MINUTE = 60.0
HOUR = 3600.0


class World:
    """now: Unix seconds. finished: what the tasks were when they were first seen at an end."""

    def __init__(self, folder: Path, template: Path | None = None, **settings: object) -> None:
        """template: an upgraded jobs database, as making one takes a second."""
        self.now = 1_700_000_000.0
        self.settings = Settings(home=folder, **settings)  # type: ignore[arg-type]
        self._database = folder / "jobs.db"
        if template:
            shutil.copy(template, self._database)
        url = f"sqlite:///{self._database}"
        upgrade(url)
        self.service = Service(self.settings, connect(url, folder, self.clock))
        self._file = folder / "queue.db"
        self._open_queues()
        self.trackers = [Tracker(self.service, self.clock) for _ in range(2)]
        self.jobs: list[Job] = []
        self.in_hand: list[Received] = []

    def clock(self) -> float:
        return self.now

    def close(self) -> None:
        self.service.close()

    def _open_queues(self) -> None:
        for name in QUEUES:
            queue = SqliteQueue(
                self._file,
                name.replace("_", "-"),
                max_receives=self.settings.max_receives,
                clock=self.clock,
            )
            vars(self.service)[name] = queue  # where the cached property would put it

    def queue(self, name: str) -> Queue:
        queue: Queue = getattr(self.service, name)
        return queue

    # what people do

    def order(self, photos: int = 1, *, sent: bool = True) -> Job:
        """sent: else the web server dies, or the queue is away, before it has sent all of it."""
        job, requests, _ = self.service.jobs.create_job(
            order(add_photos(self.service.jobs, photos))
        )
        self.jobs.append(job)
        self.service.send(requests if sent else requests[1:])
        return job

    def cancel(self, job: Job) -> None:
        try:
            self.service.cancel(job.owner, job.id)
        except Conflict:
            assert not self.open_tasks(job)

    def retry(self, job: Job) -> None:
        try:
            self.service.retry(job.owner, job.id)
        except Conflict:
            assert not [t for t in self.tasks(job) if t.state in ("failed", "cancelled")]

    # what workers do

    def take(self, most: int = 10) -> list[Received]:
        """Receive, and begin."""
        taken = self.queue("requests").receive(
            most, visibility_timeout=self.settings.visibility_timeout
        )
        self.in_hand += taken
        for message in taken:
            self.tell(message, "started")
        return taken

    def tell(self, message: Received, kind: str) -> None:
        request = EditRequest.model_validate_json(message.body)
        more = {"error": BROKEN} if kind == "released" else {}
        delivery = (request.earlier or 0) + message.receive_count
        said = report(request, kind, delivery, at=self.now, **more)
        self.queue("status").send(StatusReports(reports=(said,)).to_json())

    def finish(self, message: Received, kind: str = "succeeded") -> None:
        self.tell(message, kind)
        self.queue("requests").delete_batch([message.receipt_handle])

    def release(self, message: Received, seconds: float = 2.0) -> None:
        self.tell(message, "released")
        self.queue("requests").change_visibility_batch([(message.receipt_handle, seconds)])

    def work(self) -> None:
        """Do all there is, as it should be."""
        while taken := self.take():
            for message in taken:
                self.finish(message)
        self.in_hand.clear()

    # what the tracker does

    def track(self, which: int = 0) -> None:
        tracker = self.trackers[which]
        for queue, handle in tracker.inboxes().values():
            while messages := queue.receive(visibility_timeout=self.settings.visibility_timeout):
                handle(messages)
        tracker.keep_house()

    def live(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """All parts work as they should, for so long."""
        end = self.now + seconds
        while self.now < end and not until():
            self.work()
            self.track()
            self.now += 15.0

    # misfortunes

    def purge(self, name: str) -> None:
        """Empty a queue, of what is in flight as well."""
        with closing(sqlite3.connect(self._file)) as sql, sql:
            sql.execute(
                "DELETE FROM messages WHERE queue = (SELECT id FROM queues WHERE name = ?)",
                (name.replace("_", "-"),),
            )

    def copy_queues(self, to: Path) -> None:
        with closing(sqlite3.connect(self._file)) as sql, closing(sqlite3.connect(to)) as copy:
            sql.backup(copy)

    def restore_queues(self, copy: Path) -> None:
        with closing(sqlite3.connect(copy)) as old, closing(sqlite3.connect(self._file)) as sql:
            old.backup(sql)

    # what there is

    def tasks(self, job: Job) -> list[Task]:
        return self.service.jobs.tasks(job.owner, job.id, limit=1000).items

    def open_tasks(self, job: Job) -> list[Task]:
        return [task for task in self.tasks(job) if task.state not in TERMINAL]

    def all_ended(self) -> bool:
        return not any(self.open_tasks(job) for job in self.jobs)


__all__ = ["HOUR", "MINUTE", "QUEUES", "RESULT", "World"]
