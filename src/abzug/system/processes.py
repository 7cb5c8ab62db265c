"""Child processes that are kept alive, and that end with their parent.

A child is given the read end of a pipe (its lifeline). The parent never writes to it: when the
parent dies, however it dies, the kernel closes the pipe and the child stops itself.

By another pipe (its pulse) the child proves that it lives. One that has begun to and then is
silent is stopped or hangs: it is killed, with its own children, and started again.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

import structlog

from abzug.errors import CANNOT_WORK

LIFELINE = "ABZUG_LIFELINE"
PULSE = "ABZUG_PULSE"
BEAT = 1.0
"""Seconds between two beats of a pulse."""
SILENCE = 30
"""Seconds, as many as this process was not stopped itself, that a child may be silent."""
FIRST_BACKOFF = 0.1
LONGEST_BACKOFF = 5.0
HEALTHY = 3.0
"""Seconds: what lived longer did not die of its own start, and is started again at once."""
log = structlog.get_logger()


class Supervised:
    """One `abzug …` child process: started again when it ends unasked, after a growing pause, but
    not when it ends with CANNOT_WORK."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        env: Mapping[str, str],
        silence: int = SILENCE,
    ) -> None:
        self.name = name
        self._silence = silence
        self.beats = 0
        """That were heard of the process that runs now."""
        self._arguments = [sys.executable, "-m", "abzug", *arguments]
        self._env = env
        self._stopping = threading.Event()
        self.exit_code: int | None = None
        """Of the last time that it ended unasked."""
        self._process: subprocess.Popen[bytes] | None = None
        self._lifeline = self._pulse = -1
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
    def cannot_work(self) -> bool:
        """Whether it has found that it never will be able to."""
        return self.exit_code == CANNOT_WORK

    @property
    def ended(self) -> bool:
        return not self._thread.is_alive()

    def _spawn(self) -> None:
        with self._lock:
            if self._stopping.is_set():
                return
            read_end, self._lifeline = os.pipe()
            self._pulse, write_end = os.pipe()
            self._process = subprocess.Popen(
                self._arguments,
                env={
                    **os.environ,
                    **self._env,
                    LIFELINE: str(read_end),
                    PULSE: str(write_end),
                },
                pass_fds=[read_end, write_end],
                stdin=subprocess.DEVNULL,
                # a Ctrl-C in the terminal is the parent's to handle, once
                start_new_session=True,
            )
            os.close(read_end)
            os.close(write_end)

    def _keep(self) -> None:
        backoff = FIRST_BACKOFF
        while self._process is not None:
            started = time.monotonic()
            code = self._end_of(self._process)
            os.close(self._lifeline)
            os.close(self._pulse)
            if self._stopping.is_set():
                return
            self.exit_code = code
            if code == CANNOT_WORK:  # it has said why
                return
            lived = time.monotonic() - started
            backoff = FIRST_BACKOFF if lived > HEALTHY else backoff
            log.warning("ended unasked; starting it again", part=self.name, exit_code=code)
            if self._stopping.wait(backoff):
                return
            backoff = min(2 * backoff, LONGEST_BACKOFF)
            self._spawn()

    def _end_of(self, process: subprocess.Popen[bytes]) -> int:
        """Wait for it; gives its exit code. Kills it when its pulse stops."""
        pulse = select.poll()
        pulse.register(self._pulse, select.POLLIN)
        self.beats = silent = 0
        while process.poll() is None:
            if not pulse.poll(1000 * BEAT):
                silent += 1
            elif heard := os.read(self._pulse, 4096):
                self.beats += len(heard)
                silent = 0
            else:
                break  # it closed it: it is dead, or about to be
            if self.beats and silent == self._silence:
                log.warning("killed: it does not show that it lives", part=self.name)
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


class Pulse:
    """Of a child: `beat` tells its parent that it lives. Where there is no parent, nobody."""

    def __init__(self) -> None:
        fd = os.environ.pop(PULSE, None)
        self._fd = None if fd is None else int(fd)
        if self._fd is not None:
            os.set_blocking(self._fd, False)

    def beat(self) -> None:
        """Never waits, not even for a parent that is stopped."""
        if self._fd is not None:
            with contextlib.suppress(BlockingIOError, BrokenPipeError):
                os.write(self._fd, b".")

    def keep_beating(self) -> None:
        """In a thread, as long as the process is not stopped."""

        def run() -> None:
            while True:
                self.beat()
                time.sleep(BEAT)

        if self._fd is not None:
            threading.Thread(target=run, name="pulse", daemon=True).start()


def stop_on_signal() -> threading.Event:
    """An event that is set when this process is told to stop, or when its parent has died."""
    end_with_any_thread()
    Pulse().keep_beating()
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
