"""Child processes that are kept alive, and that end with their parent.

A child is given the read end of a pipe (its lifeline). The parent never writes to it: when the
parent dies, however it dies, the kernel closes the pipe and the child stops itself.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

import structlog

LIFELINE = "ABZUG_LIFELINE"
FIRST_BACKOFF = 0.1
LONGEST_BACKOFF = 5.0
HEALTHY = 3.0
"""Seconds: what lived longer did not die of its own start, and is started again at once."""
CANNOT_WORK = 78
"""Exit code of a process that will never do its work, however often it is started (EX_CONFIG)."""
log = structlog.get_logger()


class Supervised:
    """One `abzug …` child process: started again when it ends unasked, after a growing pause."""

    def __init__(self, name: str, arguments: Sequence[str], env: Mapping[str, str]) -> None:
        self.name = name
        self._arguments = [sys.executable, "-m", "abzug", *arguments]
        self._env = env
        self._stopping = threading.Event()
        self.exit_code: int | None = None
        """Of the last time that it ended unasked."""
        self._process: subprocess.Popen[bytes] | None = None
        self._lifeline = -1
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name=f"keep {name}", daemon=True)

    def start(self) -> None:
        self._spawn()
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """Of the process that runs now, if one does."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def drain(self) -> None:
        """Ask it to finish what it has and end; it is not started again."""
        self._stopping.set()
        with self._lock, contextlib.suppress(ProcessLookupError):
            if self._process is not None and self._process.poll() is None:
                self._process.send_signal(signal.SIGTERM)

    def join(self, timeout: float) -> None:
        """Wait for a drained one to end; kill it when `timeout` seconds have gone by."""
        self._thread.join(timeout)
        if self._thread.is_alive() and self._process is not None:
            log.warning("killed: it did not stop in time", part=self.name)
            self._process.kill()
            self._thread.join()

    @property
    def ended(self) -> bool:
        return not self._thread.is_alive()

    def _spawn(self) -> None:
        with self._lock:
            if self._stopping.is_set():
                return
            read_end, write_end = os.pipe()
            self._process = subprocess.Popen(
                self._arguments,
                env={**os.environ, **self._env, LIFELINE: str(read_end)},
                pass_fds=[read_end],
                stdin=subprocess.DEVNULL,
                # a Ctrl-C in the terminal is the parent's to handle, once
                start_new_session=True,
            )
            os.close(read_end)
            self._lifeline = write_end

    def _keep(self) -> None:
        backoff = FIRST_BACKOFF
        while self._process is not None:
            started = time.monotonic()
            code = self._process.wait()
            os.close(self._lifeline)
            if self._stopping.is_set():
                return
            self.exit_code = code
            lived = time.monotonic() - started
            backoff = FIRST_BACKOFF if lived > HEALTHY else backoff
            log.warning("ended unasked; starting it again", part=self.name, exit_code=code)
            if self._stopping.wait(backoff):
                return
            backoff = min(2 * backoff, LONGEST_BACKOFF)
            self._spawn()


def stop_on_signal() -> threading.Event:
    """An event that is set when this process is told to stop, or when its parent has died."""
    end_with_any_thread()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    watch_lifeline(stop.set)
    return stop


def end_with_any_thread() -> None:
    """From now on an error that ends a thread ends this process.

    Without that one thread the rest would look alive and do nothing. A process that dies loses
    nothing here, and is started again.
    """

    def end(failure: threading.ExceptHookArgs) -> None:
        name = failure.thread.name if failure.thread else ""
        log.error("a thread failed, and ends its process", thread=name, exc_info=failure.exc_value)
        os._exit(70)

    threading.excepthook = end


def watch_lifeline(on_death: Callable[[], object]) -> None:
    """Call `on_death` (no arguments) in a thread once the parent is gone. For its children only."""
    fd = os.environ.pop(LIFELINE, None)
    if fd is None:
        return

    def watch() -> None:
        os.read(int(fd), 1)
        on_death()

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
