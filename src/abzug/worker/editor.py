"""An editing process: get → edit → put, each in a thread of its own.

The next original is fetched and the last results are stored while one photo is edited. It is
started as `python -m abzug.worker.editor FD`, FD being its end of the socket pair to the
supervisor; when that closes, it ends at once.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TypeVar

import structlog

from abzug.backends import connect_store
from abzug.edits import engine
from abzug.edits.on_disk import File, on_disk
from abzug.edits.operation import Stored
from abzug.edits.outputs import media_type
from abzug.edits.sizes import Size
from abzug.errors import AbzugError, ObjectNotFound, PhotoError, UnreadablePhoto
from abzug.keys import cancel_key, result_key
from abzug.messages import EditRequest, ReportError, ResultRef
from abzug.settings import Settings
from abzug.stores.base import Store
from abzug.system import logs
from abzug.system.awake import Awake
from abzug.system.processes import end_with_any_thread
from abzug.worker import protocol
from abzug.worker.asset_cache import AssetCache
from abzug.worker.patience import Away, Patience
from abzug.worker.protocol import (
    Alive,
    Dropped,
    Edit,
    Edited,
    Editing,
    Failed,
    Ready,
    Succeeded,
    Voice,
    Waiting,
)

CANCEL_TTL = 5.0
"""Seconds for which it is believed that a job was not cancelled."""
PUTS_AT_ONCE = 8
"""Results of one photo that are stored together: one by one, ten of them would take longer than
their making, where the store is far.
"""
PROBE = "probe"
"""A key that no object has."""
T = TypeVar("T")
log = structlog.get_logger()


@dataclass(frozen=True)
class Fetched:
    """An original, with what its edits need, ready to be edited."""

    token: int
    request: EditRequest
    data: File
    assets: Stored


@dataclass(frozen=True)
class Finished:
    """Results in memory, ready to be stored."""

    token: int
    request: EditRequest
    edited: engine.Edited
    cpu_seconds: float


class Editor:
    """The three threads and what they share."""

    def __init__(
        self,
        connection: Connection,
        voice: Voice,
        settings: Settings,
        store: Store,
        *,
        clock: Callable[[], float],
        on_orphaned: Callable[[], object],
    ) -> None:
        """clock: seconds, that the time limit is counted by. on_orphaned: the supervisor is gone,
        and the leases with it: nothing to finish."""
        self._on_orphaned = on_orphaned
        self._connection = connection
        self._voice = voice
        self._settings = settings
        self._store = store
        self._assets = AssetCache(store)
        self._limits = engine.Limits(
            max_pixels=settings.max_pixels,
            time_limit=settings.time_limit,
            clock=clock,
            raw_previews=settings.undevelopable_raw == "preview",
            photo_memory=settings.photo_memory,
            memory=settings.memory_limit,
        )
        self._puts = ThreadPoolExecutor(PUTS_AT_ONCE, thread_name_prefix="put")
        self._fetched: queue.SimpleQueue[Fetched | None] = queue.SimpleQueue()
        self._finished: queue.SimpleQueue[Finished | None] = queue.SimpleQueue()
        self._edits: queue.SimpleQueue[Edit | None] = queue.SimpleQueue()
        self._draining = threading.Event()
        self._patience = Patience(lambda: ask(store), self._draining.wait, clock)
        self._not_cancelled: dict[str, float] = {}

    def run(self) -> None:
        """Edit until drained."""
        # daemons, so that an error that ends this thread ends the process and is not waited out
        threading.Thread(target=self._listen, name="commands", daemon=True).start()
        threading.Thread(target=self._fetch_all, name="fetch", daemon=True).start()
        storing = threading.Thread(target=self._store_all, name="store", daemon=True)
        storing.start()
        self._say(Ready())
        while (fetched := self._fetched.get()) is not None:
            if self._draining.is_set():
                self._say(Dropped(token=fetched.token))
            else:
                self._edit(fetched)
        self._finished.put(None)
        storing.join()

    def _say(self, note: protocol.Note) -> None:
        self._voice.say(note)

    def _fail(self, token: int, error: Exception, cpu_seconds: float = 0.0) -> None:
        away = isinstance(error, Away)
        told = report_error(error.cause if isinstance(error, Away) else error)
        self._say(Failed(token=token, error=told, cpu_seconds=cpu_seconds, away=away))

    # fetch

    def _listen(self) -> None:
        """Apart from the fetching: who waits for the store must hear that it is time to stop."""
        while True:
            try:
                command = protocol.read_command(self._connection)
            except (EOFError, OSError):
                self._on_orphaned()
                return
            if isinstance(command, Edit):
                self._edits.put(command)
            else:
                self._draining.set()
                self._edits.put(None)

    def _fetch_all(self) -> None:
        while (command := self._edits.get()) is not None:
            if self._draining.is_set():
                self._say(Dropped(token=command.token))
            else:
                self._fetch(command.token, command.request)
        self._fetched.put(None)

    def _fetch(self, token: int, request: EditRequest) -> None:
        try:
            found = self._patiently(token, lambda: self._looked_up(token, request))
        except Exception as error:
            self._fail(token, error)
            return
        if isinstance(found, Fetched):
            self._fetched.put(found)
        else:
            self._say(found)

    def _looked_up(self, token: int, request: EditRequest) -> Fetched | Dropped | Succeeded:
        """What the store has of it; may be called again."""
        if self._is_cancelled(request):
            return Dropped(token=token, cancelled=True)
        if request.check_existing and (found := self._existing(request)):
            return Succeeded(token=token, results=found, cpu_seconds=0, reused=True)
        assets = self._assets.of(request.owner, request.edits)
        return Fetched(token, request, self._original(request), assets)

    def _patiently(self, token: int, step: Callable[[], T]) -> T:
        return self._patience.through(step, lambda: self._say(Waiting(token=token)))

    def _is_cancelled(self, request: EditRequest) -> bool:
        now = time.monotonic()
        # of several jobs: those of different owners come in turn
        self._not_cancelled = {j: end for j, end in self._not_cancelled.items() if end > now}
        if request.job_id in self._not_cancelled:
            return False
        try:
            self._store.head(cancel_key(request.owner, request.job_id))
        except ObjectNotFound:
            self._not_cancelled[request.job_id] = now + CANCEL_TTL
            return False
        return True

    def _original(self, request: EditRequest) -> File:
        data = self._store.get(request.photo.key)
        if hashlib.sha256(data).hexdigest() != request.photo.sha256:
            raise UnreadablePhoto("The stored original is not the file that was uploaded.")
        return on_disk(data)

    def _existing(self, request: EditRequest) -> tuple[ResultRef, ...]:
        """The results, if every one is stored already and is what was stored, else ().

        What is damaged, or of unknown digest, is made again.
        """
        digests = request.digests or {}
        found = []
        for output in request.outputs:
            key = key_of(request, output)
            try:
                data = self._store.get(key) if key in digests else b""
                if hashlib.sha256(data).hexdigest() != digests.get(key):
                    return ()
                width, height = engine.header(data)
            except (ObjectNotFound, PhotoError):
                return ()
            found.append(_ref(request, output, (width, height), data))
        return tuple(found)

    # edit

    def _edit(self, fetched: Fetched) -> None:
        request = fetched.request
        self._say(Editing(token=fetched.token))
        began = time.process_time()
        try:
            edited = engine.edit(
                fetched.data,
                request.edits,
                list(request.outputs),
                assets=fetched.assets,
                limits=self._limits,
            )
        except Exception as error:
            self._fail(fetched.token, error, time.process_time() - began)
            return
        cpu_seconds = time.process_time() - began
        self._say(Edited(token=fetched.token))
        self._finished.put(Finished(fetched.token, request, edited, cpu_seconds))

    # store

    def _store_all(self) -> None:
        while (finished := self._finished.get()) is not None:
            try:
                note = self._patiently(finished.token, functools.partial(self._put, finished))
            except Exception as error:
                self._fail(finished.token, error, finished.cpu_seconds)
            else:
                self._say(note)

    def _put(self, finished: Finished) -> Succeeded:
        def put(output: dict[str, object], result: engine.EditedOutput) -> ResultRef:
            key = key_of(finished.request, output)
            self._store.put(key, result.data, media_type=result.media_type)
            return _ref(finished.request, output, (result.width, result.height), result.data)

        made = zip(finished.request.outputs, finished.edited.results, strict=True)
        stored = [self._puts.submit(put, output, result) for output, result in made]
        return Succeeded(
            token=finished.token,
            results=tuple(one.result() for one in stored),
            notices=tuple(finished.edited.notices),
            cpu_seconds=finished.cpu_seconds,
        )


def key_of(request: EditRequest, output: dict[str, object]) -> str:
    return result_key(request.owner, request.photo.sha256, request.edits, request.outputs, output)


def _ref(
    request: EditRequest, output: dict[str, object], size: Size, data: bytes | memoryview
) -> ResultRef:
    return ResultRef(
        name=str(output["name"]),
        format=str(output["format"]),
        media_type=media_type(str(output["format"])),
        key=key_of(request, output),
        width=size[0],
        height=size[1],
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def ask(store: Store) -> None:
    """Whether the store can be read and written. Raises StoreError."""
    with contextlib.suppress(ObjectNotFound):
        store.head(PROBE)
    with store.writer(PROBE, media_type="text/plain") as writer:
        writer.write(b"?")


def report_error(error: Exception) -> ReportError:
    """An exception as what people and programs read. Ours speak for themselves."""
    if isinstance(error, ObjectNotFound):
        return ReportError(
            code="original_gone",
            message="The original is no longer stored: it was deleted.",
            advice="Upload it again.",
            permanent=True,
        )
    if isinstance(error, AbzugError):
        return ReportError.of(error)
    log.error("unexpected error while editing", exc_info=error)
    return ReportError(
        code="internal_error",
        message="Something in the service went wrong with this photo.",
        advice="Retrying is safe; if it fails again, please report it.",
        permanent=False,
    )


def main() -> None:
    # a Ctrl-C or a stop of the whole process group is the supervisor's to handle
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end_with_any_thread()
    connection = Connection(int(sys.argv[1]))
    settings = Settings.model_validate_json(connection.recv_bytes())
    logs.set_up(settings.log_level)
    voice = Voice(connection)
    awake = Awake(lambda seconds: tell_alive(voice, seconds))
    awake.start()  # before what may hang: the store's folder may be on a server that is gone
    engine.prepare_process(settings.memory_limit)
    engine.warm_up()
    Editor(
        connection, voice, settings, connect_store(settings), clock=awake.seconds, on_orphaned=end
    ).run()


def end() -> None:
    """At once, from whatever thread."""
    os._exit(1)


def tell_alive(voice: Voice, seconds: float) -> None:
    try:
        voice.say(Alive(awake=seconds))
    except OSError:
        end()


if __name__ == "__main__":
    main()
