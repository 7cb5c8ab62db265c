"""Connections of clients: how many there may be, and how long each may keep us waiting.

What a request costs is bounded elsewhere; here it is those that send none, or never read the
answer. The body of a request is timed in middleware.py, which knows when somebody waits for it.
"""

from __future__ import annotations

import asyncio
import itertools
import resource
from collections import Counter
from typing import Any

import h11
import structlog
from uvicorn.protocols.http.h11_impl import H11Protocol

IDLE = 75.0
"""Seconds that a connection is kept without a request: longer than clients keep theirs, so that
the server does not close one just as a request comes."""
HEAD_TIME = 15.0
"""Seconds from the first byte of a request's head to its last."""
UNREAD = 60.0
"""Seconds that a client may leave what waits for it unread."""
BACKLOG = 2048
"""Connections that the kernel keeps until they are accepted."""
ACCEPTED_AT_ONCE = 128
"""More would take all descriptors before the first of them is counted."""
RECEIVED_AT_ONCE = 32 * 1024
"""Bytes of a body; they and what waits to be taken (uvicorn's 64 KiB) are in memory for each
connection."""
HEAD_AT_ONCE = 128 * 1024
"""Bytes; a head that is too long would else be refused with a part of it unread, and then the
answer is lost."""
RESERVE = 4 * ACCEPTED_AT_ONCE
"""Descriptors for what is no connection: files, the database, and what was accepted and not
counted yet."""
DESCRIPTORS = 8192
"""As many are asked for when the server starts."""
MOST = 4096
"""Connections in all, where there are descriptors for them."""
LEAST = 64
log = structlog.get_logger("abzug.web")


def raise_descriptor_limit() -> None:
    """As far as this process may by itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def room_for_connections() -> int:
    """How many this process has descriptors for."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else max(LEAST, min(MOST, soft - RESERVE))


class Room:
    """All connections of one server; one address has half of the room at most.

    Where there is none for one more, that which has asked for nothing longest goes: rather one that
    never has than one that is kept for the next request.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.most_of_address = max(1, most // 2)
        self._connections: set[Connection] = set()
        self._of_address: Counter[str] = Counter()
        self._silent: dict[Connection, None] = {}
        """Those that never sent a request, longest first."""
        self._kept: dict[Connection, None] = {}
        """Those whose requests are answered, longest first."""

    def enter(self, connection: Connection) -> bool:
        """False where all are busy: then it is turned away."""
        if not self._make_room(connection.address):
            return False
        self._connections.add(connection)
        self._of_address[connection.address] += 1
        self._silent[connection] = None
        return True

    def leave(self, connection: Connection) -> None:
        if connection not in self._connections:
            return
        self._connections.discard(connection)
        self.works(connection)
        self._of_address[connection.address] -= 1
        if not self._of_address[connection.address]:
            del self._of_address[connection.address]

    def works(self, connection: Connection) -> None:
        """It has sent a request."""
        self._silent.pop(connection, None)
        self._kept.pop(connection, None)

    def waits(self, connection: Connection) -> None:
        """Its request is answered."""
        if connection in self._connections:
            self._kept[connection] = None

    def _make_room(self, address: str) -> bool:
        waiting = itertools.chain(self._silent, self._kept)
        if self._of_address[address] >= self.most_of_address:
            leaving = next((one for one in waiting if one.address == address), None)
        elif len(self._connections) >= self.most:
            leaving = next(waiting, None)
        else:
            return True
        if leaving is None:
            return False
        self.leave(leaving)
        leaving.transport.abort()
        return True


class Connection(H11Protocol):
    """One client's."""

    def __init__(self, room: Room, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._room = room
        self._request_due: asyncio.TimerHandle | None = None
        self._reading_due: asyncio.TimerHandle | None = None
        self._head_begun = False
        self.address = ""

    @property
    def _is_busy(self) -> bool:
        return not getattr(self.cycle, "response_complete", True)  # at first there is no cycle

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        if not self._room.enter(self):
            log.warning("a connection was turned away: all are busy", address=self.address)
            transport.abort()
            return
        self._receive_at_once(HEAD_AT_ONCE)
        self._expect_request(IDLE)

    def connection_lost(self, exc: Exception | None) -> None:
        self._room.leave(self)
        _cancel(self._request_due)
        _cancel(self._reading_due)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        # what is still sent of a body that was refused is no request's head
        if not self._is_busy and not self._head_begun and self.conn.their_state is h11.IDLE:
            self._head_begun = True
            self._expect_request(HEAD_TIME)
        super().data_received(data)
        if self._is_busy:
            self._head_begun = False
            self._receive_at_once(RECEIVED_AT_ONCE)
            _cancel(self._request_due)
            self._room.works(self)

    def on_response_complete(self) -> None:
        super().on_response_complete()  # which may begin with a request that came meanwhile
        if not self._is_busy and not self.transport.is_closing():
            self._receive_at_once(HEAD_AT_ONCE)
            self._expect_request(IDLE)
            self._room.waits(self)

    def pause_writing(self) -> None:
        super().pause_writing()
        _cancel(self._reading_due)
        self._reading_due = self.loop.call_later(UNREAD, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        _cancel(self._reading_due)

    def _receive_at_once(self, size: int) -> None:
        # of asyncio's transports for sockets; their base class does not know it
        self.transport.max_size = size  # type: ignore[attr-defined]

    def _expect_request(self, seconds: float) -> None:
        _cancel(self._request_due)
        self._request_due = self.loop.call_later(seconds, self.transport.close)


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
