"""Which editor gets which photo: editors that only write down what they are told."""

from __future__ import annotations

import itertools
import subprocess
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import cast

import pytest

from abzug.messages import EditRequest, PhotoRef
from abzug.queues.base import Received
from abzug.settings import Settings
from abzug.worker import pool as module
from abzug.worker.pool import AHEAD, SILENCE, STARTS, EditorProcess, Pool, Work
from abzug.worker.protocol import Alive, Dropped, Edited, Editing, Ready, Succeeded

Heard = list[tuple[Work, object]]
TOKENS = itertools.count(1)


def work(receive_count: int = 1) -> Work:
    photo = PhotoRef(
        id="ph", key="k", sha256="0", filename="f.jpg", media_type="image/jpeg", bytes=1
    )
    request = EditRequest(
        task_id="tk", job_id="jb", owner="local", photo=photo, edits={}, outputs=({"name": "a"},)
    )
    message = Received("m", f"handle {receive_count}", "", "local", receive_count, 0.0)
    return Work(next(TOKENS), message, request)


def editor() -> EditorProcess:
    process = SimpleNamespace(kill=lambda: None, returncode=-9)
    connection = SimpleNamespace(send_bytes=lambda _data: None)
    return EditorProcess(
        cast("subprocess.Popen[bytes]", process), cast("Connection", connection), ready=True
    )


@pytest.fixture
def heard() -> Heard:
    return []


@pytest.fixture
def pool(heard: Heard) -> Pool:
    pool = Pool(
        Settings(),
        0,
        on_note=lambda work, note: heard.append((work, note)),
        on_crash=lambda work: heard.append((work, "crash")),
    )
    pool._editors = [editor(), editor()]
    return pool


def finish(pool: Pool, editor: EditorProcess, work: Work) -> None:
    for note in (
        Editing(token=work.token),
        Edited(token=work.token),
        Succeeded(token=work.token, results=(), cpu_seconds=0.1),
    ):
        pool._heard(editor, note)


def test_work_is_spread_and_no_more_is_asked_for_than_can_be_begun(pool: Pool) -> None:
    assert pool.wait_for_room(0) == 2 * AHEAD
    pool.give([work(), work()])
    assert [len(e.works) for e in pool._editors] == [1, 1]
    pool.give([work(), work()])
    assert pool.wait_for_room(0) == 0


def test_a_suspect_runs_alone(pool: Pool) -> None:
    one, _ = pool._editors
    suspect = work(receive_count=2)
    pool.give([suspect])
    pool.give([work(), work()])
    (home,) = [e for e in pool._editors if suspect.token in e.works]
    assert len(home.works) == 1
    assert one.room() + pool._editors[1].room() == 0


def test_a_suspect_is_not_passed_by_for_ever_under_a_steady_load(pool: Pool) -> None:
    pool.give([work() for _ in range(4)])
    suspect = work(receive_count=2)
    pool.give([suspect])
    for _ in range(20):
        for one in pool._editors:
            for busy in [w for w in one.works.values() if w is not suspect][:1]:
                finish(pool, one, busy)
        pool.give([work() for _ in range(max(0, pool.wait_for_room(0)))])
        if any(suspect.token in e.works for e in pool._editors):
            return
    pytest.fail("it still waits")


def test_when_an_editor_dies_only_what_it_edited_is_to_blame(pool: Pool, heard: Heard) -> None:
    pool._stopping = False
    one, other = pool._editors
    other.draining = True
    culprit, fetched = work(), work()
    pool.give([culprit, fetched])
    pool._heard(one, Editing(token=culprit.token))
    one.draining = True  # so that no process is started in its place
    pool._ended(one)
    assert (culprit, "crash") in heard
    assert (fetched, "crash") not in heard
    assert list(pool._waiting) == [fetched]


def pass_time(editor: EditorProcess, pool: Pool, seconds: float) -> None:
    pool._heard(editor, Alive(awake=editor.clock + seconds))
    editor.end_if_late(limit=60)


def test_an_editor_that_hangs_before_it_edits_is_replaced_and_the_store_is_blamed(
    pool: Pool, heard: Heard
) -> None:
    one, _ = pool._editors
    hangs = work()
    pool.give([hangs])
    pass_time(one, pool, 59)
    assert not one.doomed
    pass_time(one, pool, 2)
    assert one.doomed
    one.draining = True  # so that no process is started in its place
    pool._ended(one)
    assert heard == [(hangs, "crash")]
    assert (hangs.stuck, hangs.timed_out) == (True, False)


def test_a_photo_that_is_edited_for_too_long_is_to_blame_whatever_else_goes_on(pool: Pool) -> None:
    one, other = pool._editors
    other.draining = True
    endless, failing = work(), work()
    pool.give([endless, failing])
    pool._heard(one, Editing(token=endless.token))
    pass_time(one, pool, 40)
    pool._heard(one, Dropped(token=failing.token, cancelled=True))
    pass_time(one, pool, 30)
    assert one.doomed
    assert (endless.stuck, endless.timed_out) == (False, True)


def test_an_idle_editor_may_be_so_for_ever(pool: Pool) -> None:
    one, _ = pool._editors
    pass_time(one, pool, 1000)
    assert not one.doomed
    pool.give([work()])
    pass_time(one, pool, 50)
    assert not one.doomed, "its time began when it was given work"


def test_an_editor_that_is_stopped_is_replaced_and_its_photo_is_not_to_blame(pool: Pool) -> None:
    one, _ = pool._editors
    stopped = work()
    pool.give([stopped])
    pool._heard(one, Editing(token=stopped.token))
    for _ in range(SILENCE):
        one.end_if_late(limit=60)
    assert not one.doomed
    one.end_if_late(limit=60)
    assert one.doomed
    assert not stopped.timed_out


def test_an_editor_that_never_gets_ready_is_replaced(pool: Pool) -> None:
    one, _ = pool._editors
    one.ready = False
    pass_time(one, pool, 61)
    assert one.doomed


def test_what_a_draining_editor_gives_back_is_given_to_another(pool: Pool, heard: Heard) -> None:
    one, other = pool._editors
    other.ready = False
    given = work()
    pool.give([given])
    other.ready = True
    one.draining = True
    pool._heard(one, Dropped(token=given.token))
    assert given.token in other.works
    assert heard == []


def test_nonsense_from_an_editor_is_an_error(pool: Pool) -> None:
    with pytest.raises(ValueError, match="no work 12345"):
        pool._heard(pool._editors[0], Editing(token=12345))


def test_editors_that_never_start_are_given_up_but_not_those_that_once_did(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    spawned = []
    monkeypatch.setattr(pool, "_spawn", lambda: spawned.append(1))
    monkeypatch.setattr(module, "LONGEST_BACKOFF", 0.0)

    def fail_to_start() -> None:
        unready = editor()
        unready.ready = False
        pool._editors.append(unready)
        pool._ended(unready)

    for _ in range(STARTS - 1):
        fail_to_start()
    assert not pool.is_broken
    fail_to_start()
    assert pool.is_broken
    assert len(spawned) == STARTS - 1
    pool._heard(pool._editors[0], Ready())
    assert not pool.is_broken
