"""Wake-ups between processes."""

import contextlib
import errno
import fcntl
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Never

import pytest

from abzug.system.bell import Bell


@pytest.fixture
def bell(tmp_path: Path) -> Iterator[Bell]:
    with closing(Bell(tmp_path / "bell")) as bell:
        yield bell


def test_a_wait_without_a_ring_ends_with_its_time(bell: Bell) -> None:
    assert not bell.wait(0.01)


def test_a_ring_before_the_wait_is_kept_once(bell: Bell) -> None:
    bell.wait(0)
    Bell(bell._folder).ring()

    assert bell.wait(0)
    assert not bell.wait(0)


def test_a_ring_wakes_a_waiter(bell: Bell) -> None:
    bell.fileno()
    with ThreadPoolExecutor(1) as pool:
        woken = pool.submit(bell.wait, 60)
        bell.ring()

        assert woken.result(timeout=30)


def test_one_ring_wakes_every_waiter(tmp_path: Path) -> None:
    waiters = [Bell(tmp_path) for _ in range(3)]
    for waiter in waiters:
        waiter.fileno()
    Bell(tmp_path).ring()

    assert [waiter.wait(0) for waiter in waiters] == [True, True, True]
    for waiter in waiters:
        waiter.close()
    assert list(tmp_path.iterdir()) == []


def test_a_nudge_wakes_only_its_own_waiter(tmp_path: Path) -> None:
    one, other = Bell(tmp_path), Bell(tmp_path)
    with closing(one), closing(other):
        one.fileno(), other.fileno()
        one.nudge()

        assert one.wait(0)
        assert not other.wait(0)


def test_a_nudge_takes_no_lock_as_a_signal_handler_may_interrupt_its_holder(bell: Bell) -> None:
    bell.fileno()
    with bell._lock:
        bell.nudge()

    assert bell.wait(0)


def test_a_nudge_to_a_bell_that_nobody_waits_at_makes_nothing(bell: Bell) -> None:
    bell.nudge()

    assert list(bell._folder.iterdir()) == []


def test_the_name_of_a_waiter_that_was_killed_is_removed_by_the_next_ring(bell: Bell) -> None:
    code = f"""
import os, pathlib
from abzug.system.bell import Bell
Bell(pathlib.Path({str(bell._folder)!r})).fileno()
os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    assert len(list(bell._folder.iterdir())) == 1

    bell.ring()

    assert list(bell._folder.iterdir()) == []


def test_a_bell_that_is_rung_while_it_is_set_up_is_heard_afterwards(
    bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = os.mkfifo

    def make_and_ring(path: Path, mode: int) -> None:
        make(path, mode)
        bell.ring()  # would take it for a dead waiter's and remove it, had it its name already

    monkeypatch.setattr(os, "mkfifo", make_and_ring)
    bell.fileno()
    bell.ring()

    assert bell.wait(0)


def test_a_waiter_that_never_looks_does_not_block_the_ringer(bell: Bell) -> None:
    bell.fileno()
    filled = os.open(next(bell._folder.iterdir()), os.O_WRONLY | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(filled, b"!" * 4096)
    os.close(filled)

    bell.ring()

    assert bell.wait(0)
    assert not bell.wait(0)


def test_a_failure_to_ring_is_not_hidden(bell: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    bell.fileno()

    def refuse(*_: object) -> Never:
        raise OSError(errno.EMFILE, "too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        with pytest.raises(OSError, match="too many"):
            bell.ring()


def test_a_process_with_thousands_of_open_files_may_wait(bell: Bell) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2048:
        pytest.skip("this machine allows fewer than 2048 open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2048), hard))
    low = bell.fileno()
    bell._fd = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, 1100)
    os.close(low)
    bell.ring()

    assert bell.wait(0)


def test_many_threads_may_ring_at_once(bell: Bell) -> None:
    bell.fileno()
    threads = [threading.Thread(target=bell.ring) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert bell.wait(0)
    assert not bell.wait(0)


def test_a_closed_bell_leaves_nothing_and_closes_twice(bell: Bell) -> None:
    bell.fileno()
    bell.close()
    bell.close()

    assert list(bell._folder.iterdir()) == []
