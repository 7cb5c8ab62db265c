"""A store that is away, full, or refuses us: no receive is used up, and what is told is true.

Editor, worker, reporter, queue and store are the real ones; their time passes only while somebody
waits.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import Any

import pytest
from tests.support.pictures import jpeg

from abzug.edits.outputs import canonical_outputs
from abzug.errors import ObjectNotFound, StoreError, StoreFull
from abzug.messages import EditRequest, PhotoRef, StatusReport, StatusReports
from abzug.queues.sqlite import SqliteQueue
from abzug.settings import Settings
from abzug.stores.file import FileStore, connect
from abzug.worker import patience, protocol
from abzug.worker.editor import Editor, ask
from abzug.worker.loop import Worker
from abzug.worker.patience import Away, Patience
from abzug.worker.protocol import Drain, Edit, Failed, Succeeded, Voice, Waiting

PHOTO = jpeg(1, 64, 48)
KEY = "originals/ann/ph_1"
OUTPUTS = canonical_outputs([{"name": "small", "max_side": 32}], max_outputs=1)


class Moody(FileStore):
    """A store that fails for some seconds from a call on; `now` are the seconds of its world."""

    now = 0.0
    moment = ("", 0)
    seconds = 0.0
    until = 0.0
    error: StoreError

    def plan(self, call: str, number: int, seconds: float, error: StoreError) -> None:
        """Fail from that call on, the first being 1, for so long."""
        self.moment, self.seconds, self.error = (call, number), seconds, error

    def _called(self, call: str) -> None:
        planned, number = self.moment
        if call == planned:
            self.moment = (planned, number - 1)
            if number == 1:
                self.until = self.now + self.seconds
        if self.now < self.until:
            raise self.error

    def get(self, key: str, **span: Any) -> bytes:
        self._called("get")
        return super().get(key, **span)

    def head(self, key: str) -> Any:
        self._called("head")
        return super().head(key)

    def writer(self, key: str, **how: Any) -> Any:
        self._called("write")
        return super().writer(key, **how)


class Server:
    """A worker with one editor, whose leases are renewed while it waits."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home=home, max_receives=2)
        self.store = Moody(home / "photos", b"secret")
        self.store.put(KEY, PHOTO, media_type="image/jpeg")
        self.requests, self.status = (
            SqliteQueue(home / "queue.db", name, max_receives=2, clock=self.clock)
            for name in ("requests", "status")
        )
        self.worker = Worker(self.settings, self.requests, self.status)
        self.ours, theirs = Pipe()
        self.waited = 0
        editor = Editor(
            theirs, Voice(theirs), self.settings, self.store,
            clock=self.clock, on_orphaned=lambda: None,
        )  # fmt: skip
        editor._patience = Patience(lambda: ask(self.store), self.sleep, self.clock)
        self.thread = threading.Thread(target=editor.run)
        self.thread.start()

    def clock(self) -> float:
        return 1e9 + self.store.now

    def sleep(self, seconds: float) -> bool:
        self.store.now += seconds
        self.worker._leases.renew_due()
        return False

    def close(self) -> None:
        protocol.send(self.ours, Drain())
        self.thread.join()
        self.requests.close()
        self.status.close()

    def deliver(self) -> Succeeded | Failed:
        """One delivery, from the receive to the delete."""
        self.worker = Worker(self.settings, self.requests, self.status)
        (message,) = self.requests.receive(visibility_timeout=30)
        assert message.receive_count == 1, "a receive was used up"
        self.worker._leases._clock = self.clock
        self.worker._leases.hold(message.receipt_handle)
        work = self.worker._work(message)
        assert work is not None
        protocol.send(self.ours, Edit(token=work.token, request=work.request))
        while True:
            note = protocol.read_answer(self.ours)
            self.waited += isinstance(note, Waiting)
            if isinstance(note, Succeeded | Failed):
                break
        self.worker._noted(work, note)
        self.worker._reporter.start()
        self.worker._reporter.stop(timeout=30)
        return note

    def reports(self) -> list[StatusReport]:
        said: list[StatusReport] = []
        while messages := self.status.receive(visibility_timeout=1e4):
            for message in messages:
                said += StatusReports.model_validate_json(message.body).reports
        return said


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.close()


def request() -> EditRequest:
    photo = PhotoRef(
        id="ph_1", key=KEY, sha256=hashlib.sha256(PHOTO).hexdigest(), filename="a.jpg",
        media_type="image/jpeg", bytes=len(PHOTO),
    )  # fmt: skip
    return EditRequest(
        task_id="tk", job_id="jb", owner="ann", photo=photo, edits={}, outputs=tuple(OUTPUTS)
    )


@pytest.mark.parametrize("seconds", [1, 30, 600])
@pytest.mark.parametrize("moment", [("head", 1), ("get", 1), ("write", 1)])
@pytest.mark.parametrize(
    "error", [StoreError("The photo store did not answer."), StoreFull("The photo store is full.")]
)
def test_a_store_that_is_away_uses_up_no_receive(
    server: Server, moment: tuple[str, int], seconds: float, error: StoreError
) -> None:
    server.store.plan(*moment, seconds, error)
    server.requests.send(request().to_json(), group="ann")

    while isinstance(server.deliver(), Failed):
        server.store.now += 10
        assert server.store.now < 2 * seconds + 60, "it is tried for ever"

    assert server.waited > 0
    depth = server.requests.depth()
    assert (depth.visible, depth.in_flight, depth.delayed) == (0, 0, 0)
    *before, last = server.reports()
    assert last.kind == "succeeded"
    assert last.receive_count == 1 + sum(report.kind == "released" for report in before)
    for report in before:
        if report.kind == "released":
            assert report.error is not None
            assert (report.error.message, report.error.permanent) == (error.message, False)


def test_what_fails_while_the_store_answers_is_an_attempt(server: Server) -> None:
    server.requests.send(request().to_json())
    path = server.store._folders.root / KEY
    path.chmod(0)
    fails = StoreError("The photo store failed.")
    server.store.get = lambda *_: raising(fails)  # type: ignore[method-assign]

    note = server.deliver()

    assert isinstance(note, Failed)
    assert (note.away, note.error.code) == (False, "store_unavailable")


def raising(error: Exception) -> Any:
    raise error


# patience


def patient(answers: Callable[[], object], sleeps: list[float]) -> Patience:
    def sleep(seconds: float) -> bool:
        sleeps.append(seconds)
        return False

    return Patience(answers, sleep, lambda: sum(sleeps))


def test_it_is_waited_so_long_and_then_given_up_with_the_last_cause() -> None:
    sleeps: list[float] = []
    causes = iter(StoreError(str(number)) for number in range(10_000))

    with pytest.raises(Away) as caught:
        patient(lambda: raising(StoreError("?")), sleeps).through(
            lambda: raising(next(causes)), lambda: None
        )

    assert patience.LONGEST <= sum(sleeps) <= patience.LONGEST + 2 * patience.LONGEST_PAUSE
    assert caught.value.cause.message == str(len(sleeps) - 1)


def test_who_is_told_to_stop_waits_no_longer() -> None:
    waits = Patience(lambda: raising(StoreError("?")), lambda _: True)
    with pytest.raises(Away):
        waits.through(lambda: raising(StoreError("away")), lambda: None)


def test_a_missing_object_is_not_waited_for() -> None:
    sleeps: list[float] = []
    with pytest.raises(ObjectNotFound):
        patient(lambda: None, sleeps).through(lambda: raising(ObjectNotFound("!")), lambda: None)
    assert sleeps == []


# the store's folder


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    store = connect((tmp_path / "photos").as_uri(), Settings(home=tmp_path / "home"))
    store.put("a/photo", b"photo", media_type="image/jpeg")
    return store


def listed(store: FileStore) -> Callable[[str], object]:
    return lambda prefix: list(store.list(prefix))


@pytest.mark.parametrize("put_up", [False, True], ids=["gone", "a bare mount point"])
def test_a_store_whose_folder_is_gone_says_of_no_object_that_it_was_deleted(
    store: FileStore, tmp_path: Path, put_up: bool
) -> None:
    (tmp_path / "photos").rename(tmp_path / "away")
    if put_up:
        (tmp_path / "photos").mkdir()
    anew = connect((tmp_path / "photos").as_uri(), Settings(home=tmp_path / "home"))
    for each in (store, anew):
        for call in (each.get, each.head, each.delete, listed(each)):
            with pytest.raises(StoreError, match="not there") as caught:
                call("a/photo")
            assert not caught.value.permanent
        with pytest.raises(StoreError):
            each.put("b/photo", b"", media_type="image/jpeg")
    shutil.rmtree(tmp_path / "photos", ignore_errors=True)
    (tmp_path / "away").rename(tmp_path / "photos")
    assert store.get("a/photo") == anew.get("a/photo") == b"photo"


def test_a_missing_object_of_a_store_that_is_there_is_missing(store: FileStore) -> None:
    with pytest.raises(ObjectNotFound):
        store.get("a/other")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_a_store_that_cannot_be_written_is_away(
    store: FileStore, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr("tempfile.mkstemp", failing)
    sleeps: list[float] = []
    with pytest.raises(Away):
        patient(lambda: ask(store), sleeps).through(
            lambda: store.put("b", b"", media_type="image/jpeg"), lambda: None
        )
