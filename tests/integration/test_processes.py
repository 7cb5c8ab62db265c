"""Child processes that are kept alive, and a fleet of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.support.waiting import until

from abzug.cli import up
from abzug.errors import ConfigError
from abzug.fleets.process import ProcessFleet, connect
from abzug.queues.sqlite import SqliteQueue
from abzug.settings import Settings, environment
from abzug.system.processes import Supervised


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", editors=1)


def test_a_child_that_dies_is_started_again_and_a_drained_one_is_not(settings: Settings) -> None:
    child = Supervised("worker", ["worker"], environment(settings))
    child.start()
    first = until(lambda: child.pid)
    os.kill(first, signal.SIGKILL)
    until(lambda: child.pid not in {None, first})
    child.drain()
    child.join(30)
    assert child.ended
    assert child.pid is None


@pytest.mark.parametrize("part", ["web", "tracker", "worker"])
def test_a_part_that_is_stopped_is_started_anew(settings: Settings, part: str) -> None:
    free_port = settings.model_copy(update={"port": 0})
    child = Supervised(part, [part], environment(free_port), silence=2)
    child.start()
    first = until(lambda: child.beats and child.pid)
    os.kill(first, signal.SIGSTOP)
    until(lambda: child.pid not in {None, first})
    until(lambda: child.beats)
    child.drain()
    child.join(30)
    assert child.ended


def test_a_part_that_does_not_stop_in_time_is_killed(settings: Settings) -> None:
    child = Supervised("tracker", ["tracker"], environment(settings))
    child.start()
    first = until(lambda: child.beats and child.pid)
    os.kill(first, signal.SIGSTOP)
    child.drain()
    child.join(0.1)
    assert child.ended
    assert child.pid is None


def test_a_fleet_grows_and_shrinks_to_what_is_wanted(settings: Settings) -> None:
    fleet: ProcessFleet = connect("process:", settings)
    assert fleet.set_desired(2) == 2
    until(lambda: fleet.state().ready == 2)
    fleet.set_desired(1)
    assert fleet.state().desired == 1
    until(lambda: fleet.state().draining == 0)
    assert fleet.state().ready == 1
    fleet.close()
    assert fleet.state().ready == 0
    assert fleet.state().draining == 0


def test_a_process_ends_with_any_of_its_threads() -> None:
    code = """
import threading
from abzug.system.processes import stop_on_signal
stop = stop_on_signal()
threading.Thread(target=lambda: 1 / 0, name="reports").start()
stop.wait()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 70
    assert "reports" in done.stderr + done.stdout
    assert "ZeroDivisionError" in done.stderr + done.stdout


@pytest.mark.parametrize("part", ["web", "tracker", "worker"])
def test_a_home_is_private_whoever_makes_it(settings: Settings, part: str) -> None:
    free_port = settings.model_copy(update={"port": 0})
    child = Supervised(part, [part], environment(free_port))
    before = os.umask(0o022)
    try:
        child.start()
    finally:
        os.umask(before)
    made = "queue.db" if part == "worker" else "jobs.db"
    until(lambda: (settings.home / made).exists() and child.beats)
    modes = {path: path.stat().st_mode & 0o077 for path in settings.home.rglob("*")}
    child.drain()
    child.join(30)
    assert settings.home.stat().st_mode & 0o777 == 0o700
    assert modes == dict.fromkeys(modes, 0)


def test_databases_are_private_though_the_process_would_not_make_them_so(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        SqliteQueue(tmp_path / "new" / "queue.db", "requests", max_receives=5).close()
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "new").iterdir()}
    assert modes == dict.fromkeys(modes, 0)
    assert "queue.db" in modes


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QUEUE_URL", "foo://x"),
        ("STORE_URL", "foo://x"),
        ("DATABASE_URL", "foo://x"),
        ("DATABASE_URL", "no url"),
        ("HOME", "/proc/abzug"),
        ("HOME", "/dev/null"),
        ("PORT", "many"),
    ],
)
def test_what_cannot_work_is_told_in_one_line_and_nothing_is_started(
    name: str, value: str, tmp_path: Path
) -> None:
    env = {"ABZUG_HOME": str(tmp_path), "ABZUG_PORT": "0", f"ABZUG_{name}": value}
    done = subprocess.run(
        [sys.executable, "-m", "abzug", "up"],
        env=os.environ | env,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 78
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("abzug: ")


def test_a_part_that_cannot_work_is_not_started_again(tmp_path: Path) -> None:
    child = Supervised("web", ["web"], {"ABZUG_HOME": str(tmp_path), "ABZUG_HOST": "192.0.2.1"})
    child.start()
    until(lambda: child.ended)

    assert child.cannot_work


def test_up_ends_when_a_part_finds_that_it_cannot_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path, port=0, workers=0)
    monkeypatch.setattr("abzug.settings.environment", lambda _: {"ABZUG_QUEUE_URL": "foo://x"})

    with pytest.raises(ConfigError, match="cannot work"):
        up.run(settings, threading.Event())
