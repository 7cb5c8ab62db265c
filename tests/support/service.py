"""A whole Abzug in child processes, as `abzug up` starts it: for tests and benchmarks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

ROLES = {
    "web": ["abzug", "web"],
    "tracker": ["abzug", "tracker"],
    "worker": ["abzug", "worker"],
    "editor": ["abzug.worker.editor"],
}


class RunningService:
    """`abzug up` on a free port in `home`. Keyword arguments become ABZUG_… settings.

    Leaving the `with` block stops it as Ctrl-C would. `log` is what it wrote to standard error.
    """

    def __init__(self, home: Path, *, poison: bool = False, **settings: object) -> None:
        self.home = home
        self.log = home.parent / f"{home.name}.log"
        self._env = {k: v for k, v in os.environ.items() if not k.startswith("ABZUG_")}
        self._env |= {f"ABZUG_{name.upper()}": str(value) for name, value in settings.items()}
        self._env |= {"ABZUG_HOME": str(home), "PYTHONUNBUFFERED": "1"}
        self._env.setdefault("ABZUG_PORT", "0")
        if poison:
            self._env["PYTHONPATH"] = str(Path(__file__).parent / "poison")
        self.url = ""

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "abzug", "up"],
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if b"Abzug is at " in line:
                self.url = line.split(b"Abzug is at ")[1].decode().strip()
                return self
        self._process.wait()
        raise RuntimeError(f"abzug up ended at once:\n{self.log.read_text()[-4000:]}")

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> int:
        """Stop it as Ctrl-C would; gives the exit code."""
        self._process.send_signal(signal.SIGINT)
        try:
            return self._process.wait(timeout=90)
        finally:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def pids(self, role: str) -> list[int]:
        """Its living processes of a role: web, tracker, worker or editor."""
        wanted = ROLES[role]
        return [
            pid
            for pid in _descendants(self._process.pid)
            if _command(pid)[2 : 2 + len(wanted)] == wanted
        ]

    def kill(self, pid: int) -> None:
        """SIGKILL, as a crash or an out-of-memory killer would."""
        os.kill(pid, signal.SIGKILL)

    def all_pids(self) -> list[int]:
        return [self._process.pid, *_descendants(self._process.pid)]


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(child) for child in tasks.read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        for child in children:
            found += [child, *_descendants(child)]
    return found


def _command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []
