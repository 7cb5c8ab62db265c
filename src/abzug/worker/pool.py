"""The editors of one worker: kept alive, given work, stopped when they take too long."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

import structlog

from abzug.messages import EditRequest
from abzug.queues.base import Received
from abzug.settings import Settings
from abzug.worker import protocol
from abzug.worker.protocol import (
    Alive,
    Drain,
    Dropped,
    Edit,
    Edited,
    Editing,
    Failed,
    Ready,
    Succeeded,
    Waiting,
)

AHEAD = 2
"""Requests an editor may have before their pixels are done: one edited, the next one fetched.
Not more: what a dying worker has fetched is delivered once more than it needed."""
SILENCE = 60
"""Looks, of one a second, after which an editor that says nothing at all is taken for stopped."""
LAST_BREATH = 5.0
"""Seconds that a killed editor has to end. One that hangs in the kernel does not."""
HELD = 4
"""Requests an editor may have at all, with those being stored: bounds its memory."""
LONGEST_BACKOFF = 10.0
STARTS = 3
"""Times that each editor may fail to start; if none ever did, none ever will."""
log = structlog.get_logger()


@dataclass(eq=False)
class Work:
    """One leased request on its way through an editor."""

    token: int
    message: Received
    request: EditRequest
    editing_since: float | None = None
    edited: bool = False
    """By its editor's clock."""
    timed_out: bool = False
    stuck: bool = False
    """The store did not come to an end with it."""

    @property
    def being_edited(self) -> bool:
        return self.editing_since is not None and not self.edited

    @property
    def suspect(self) -> bool:
        """Received before and never finished: it may kill its process, so it runs alone."""
        return self.message.receive_count > 1


@dataclass(eq=False)
class EditorProcess:
    process: subprocess.Popen[bytes]
    connection: Connection
    works: dict[int, Work] = field(default_factory=dict)
    ready: bool = False
    draining: bool = False
    given: int = 0
    clock: float = 0.0
    """Seconds that it was not stopped, as it told last."""
    heard: float = 0.0
    """When something went on in it last."""
    silent: int = 0
    """Looks at it since it said anything."""
    doomed: bool = False
    """It was killed for being late."""

    def room(self) -> int:
        """How many more innocent requests it can take."""
        if not self.ready or self.draining or any(w.suspect for w in self.works.values()):
            return 0
        ahead = sum(not w.edited for w in self.works.values())
        return max(0, min(AHEAD - ahead, HELD - len(self.works)))

    def can_take(self, work: Work) -> bool:
        return self.room() > 0 and not (work.suspect and self.works)

    def culprits(self) -> list[Work]:
        """Whose fault its death is: what was being edited; if nothing was, nobody is cleared."""
        editing = [w for w in self.works.values() if w.being_edited]
        return editing or list(self.works.values())

    def end_if_late(self, limit: float) -> None:
        """Kill it if what it does takes longer than `limit` seconds, or if it was stopped.

        The seconds are its own: while it is stopped, or this process is, none goes by.
        """
        self.silent += 1
        editing = [work for work in self.works.values() if work.being_edited]
        for work in editing:
            work.timed_out = self.clock - (work.editing_since or 0.0) > limit
        busy = bool(self.works or self.draining or not self.ready)
        stuck = busy and not editing and self.clock - self.heard > limit
        for work in self.works.values():
            work.stuck = stuck
        if stuck or self.silent > SILENCE or any(work.timed_out for work in editing):
            self.doomed = True
            self.process.kill()


def _load(editor: EditorProcess) -> int:
    return len(editor.works)


class Pool:
    """Editors and the work they have.

    on_note is called with each answer about a work, on_crash with each work whose editor died
    of it; both in some thread, neither under a lock.
    """

    def __init__(
        self,
        settings: Settings,
        editors: int,
        on_note: Callable[[Work, Editing | Succeeded | Failed | Dropped], None],
        on_crash: Callable[[Work], None],
    ) -> None:
        self._settings = settings
        self._wanted = editors
        self._on_note = on_note
        self._on_crash = on_crash
        self._editors: list[EditorProcess] = []
        self._reserved: list[EditorProcess] = []
        self._waiting: deque[Work] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._backoff = 0.0
        self._failed_starts = 0
        self._started_once = False

    def start(self) -> None:
        threading.Thread(target=self._watch, name="time limits", daemon=True).start()
        for _ in range(self._wanted):
            self._spawn()

    @property
    def is_broken(self) -> bool:
        """No editor can be started, as with a library that is damaged: not one ever was."""
        return not self._started_once and self._failed_starts >= STARTS * max(1, self._wanted)

    def wait_for_room(self, timeout: float) -> int:
        """How many requests can be begun soon; waits up to `timeout` seconds for one."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._room() > 0 or self._stopping or self.is_broken, timeout
            )
            return self._room()

    def give(self, works: Iterable[Work]) -> None:
        """Hand over leased requests; each comes back through on_note or on_crash."""
        with self._changed:
            self._waiting.extend(works)
            self._dispatch()

    def drain(self, timeout: float) -> list[Work]:
        """Finish what is begun, end the editors; gives the works that were never begun.

        What is not finished after `timeout` seconds is killed, and left to its lease.
        """
        with self._changed:
            self._stopping = True
            for editor in self._editors:
                self._drain_editor(editor)
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._editors, timeout)
            for editor in self._editors:
                log.warning("editor killed: it did not finish in time", works=len(editor.works))
                editor.process.kill()
            self._changed.wait_for(lambda: not self._editors, 10)
            unbegun, self._waiting = list(self._waiting), deque()
            return unbegun

    def _room(self) -> int:
        if self._stopping:
            return 0
        innocent = sum(not work.suspect for work in self._waiting)
        return sum(e.room() for e in self._editors if e not in self._reserved) - innocent

    # each of the following is called with the lock held

    def _dispatch(self) -> None:
        """Give waiting works to the editors that have the least to do.

        For a suspect that has to wait an editor is reserved until it is idle: under a steady
        load none would ever be.
        """
        if self._stopping:
            return
        kept: deque[Work] = deque()
        self._reserved = []
        for work in self._waiting:
            free = [editor for editor in self._editors if editor not in self._reserved]
            able = [editor for editor in free if editor.can_take(work)]
            if able:
                self._assign(min(able, key=_load), work)
                continue
            kept.append(work)
            if work.suspect and free:
                self._reserved.append(min(free, key=_load))
        self._waiting = kept

    def _assign(self, editor: EditorProcess, work: Work) -> None:
        if not editor.works:
            editor.heard = editor.clock
        editor.works[work.token] = work
        editor.given += 1
        try:
            protocol.send(editor.connection, Edit(token=work.token, request=work.request))
        except OSError:
            editor.ready = False  # it is dying: its reader finds the work and takes it back
            return
        if editor.given >= self._settings.recycle_after:
            self._drain_editor(editor)
            threading.Thread(target=self._spawn, name="spawn", daemon=True).start()

    def _drain_editor(self, editor: EditorProcess) -> None:
        editor.draining = True
        if not editor.ready:  # still warming up: it has nothing to finish
            editor.process.kill()
            return
        try:
            protocol.send(editor.connection, Drain())
        except OSError:
            editor.process.kill()

    # threads

    def _spawn(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "abzug.worker.editor", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        editor = EditorProcess(process, Connection(ours.detach()))
        editor.connection.send_bytes(self._settings.model_dump_json().encode())
        with self._changed:
            self._editors.append(editor)
            if self._stopping:
                self._drain_editor(editor)
        threading.Thread(target=self._listen, args=[editor], name="editor", daemon=True).start()

    def _listen(self, editor: EditorProcess) -> None:
        """Everything an editor says, and its end."""
        try:
            while editor.connection.poll(LAST_BREATH) or not editor.doomed:
                if editor.connection.poll():
                    self._heard(editor, protocol.read_answer(editor.connection))
        except (EOFError, OSError):
            pass
        except ValueError:
            log.exception("an editor talks nonsense; it is killed")
        editor.process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            editor.process.wait(LAST_BREATH)
        editor.connection.close()
        self._ended(editor)

    def _heard(
        self,
        editor: EditorProcess,
        note: Alive | Ready | Editing | Waiting | Edited | Succeeded | Failed | Dropped,
    ) -> None:
        editor.silent = 0
        if isinstance(note, Alive):
            editor.clock = note.awake
            return
        editor.heard = editor.clock
        if isinstance(note, Waiting):
            return
        if isinstance(note, Ready):
            with self._changed:
                editor.ready = self._started_once = True
                self._backoff = 0.0
                self._dispatch()
                self._changed.notify_all()
            return
        with self._changed:
            work = editor.works.get(note.token)
            if work is None:
                raise ValueError(f"it has no work {note.token}")
            if isinstance(note, Editing):
                work.editing_since = editor.clock
            elif isinstance(note, Edited):
                work.edited = True
            else:
                del editor.works[note.token]
            dropped_by_recycling = isinstance(note, Dropped) and not note.cancelled
            if dropped_by_recycling:
                self._waiting.appendleft(work)
            self._dispatch()
            self._changed.notify_all()
        if not isinstance(note, Edited) and not dropped_by_recycling:
            self._on_note(work, note)

    def _ended(self, editor: EditorProcess) -> None:
        with self._changed:
            culprits = editor.culprits()
            innocent = [w for w in editor.works.values() if w not in culprits]
            for work in innocent:
                work.editing_since, work.edited = None, False
            self._waiting.extendleft(reversed(innocent))
            self._editors.remove(editor)
            replace = not editor.draining and not self._stopping
            if replace and not editor.ready:
                self._failed_starts += 1
                self._backoff = min(2 * self._backoff + 0.1, LONGEST_BACKOFF)
            replace = replace and not self.is_broken
            self._dispatch()
            self._changed.notify_all()
        if not editor.draining or culprits:
            log.warning(
                "an editor died",
                exit_code=editor.process.returncode,
                editing=[w.request.task_id for w in culprits],
                given_back=len(innocent),
            )
        for work in culprits:
            self._on_crash(work)
        if replace:
            time.sleep(self._backoff)
            self._spawn()

    def _watch(self) -> None:
        """The hard time limit: the editor's own, soft one did not bite, so its process goes.

        It stands for all that an editor does: what hangs in a fetch would keep its lease for ever.
        """
        limit = self._settings.time_limit + self._settings.time_limit_grace
        while True:
            time.sleep(1.0)
            with self._changed:
                for editor in self._editors:
                    editor.end_if_late(limit)
