"""Runs the web application on a loopback address until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import math
import socket
from collections.abc import Callable, Iterator

import uvicorn

from abzug.errors import ConfigError
from abzug.service.service import Service
from abzug.settings import Settings
from abzug.system.heap import give_memory_back
from abzug.system.processes import BEAT, Pulse, watch_lifeline
from abzug.web.app import create
from abzug.web.connections import (
    ACCEPTED_AT_ONCE,
    BACKLOG,
    IDLE,
    Connection,
    Room,
    raise_descriptor_limit,
    room_for_connections,
)
from abzug.web.loopback import address_to_bind
from abzug.web.sse import ENDLESS

GRACE = 2.0
"""Seconds that a listener has to take the goodbye when the server stops."""


class Server(uvicorn.Server):
    """One web server. `run()` blocks; `stop()` may be called from any thread or signal handler."""

    def __init__(self, service: Service, *, on_ready: Callable[[str], None] | None = None) -> None:
        """Binds the address. Raises ConfigError if it is not loopback, or is taken."""
        self._socket = _listen(service.settings)
        self._on_ready = on_ready
        self._pulse = Pulse()
        self._web = create(service)
        host, port = self._socket.getsockname()[:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        config = uvicorn.Config(
            self._web,
            # what is made of it is a protocol, which is all that uvicorn asks
            http=functools.partial(Connection, Room(room_for_connections())),  # type: ignore[arg-type]
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            # else any local program could say what it likes about scheme and address
            proxy_headers=False,
            timeout_keep_alive=math.ceil(IDLE),
            backlog=ACCEPTED_AT_ONCE,
            timeout_graceful_shutdown=math.ceil(service.settings.drain_timeout),
        )
        super().__init__(config)

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        super().run(sockets or [self._socket])

    def stop(self) -> None:
        """Take no more requests, finish those under way, end the streams, return from `run`."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._socket.listen(BACKLOG)  # asyncio has made it as short as what it accepts at once
        self._beat()
        if self._on_ready is not None:
            self._on_ready(self.url)

    def _beat(self) -> None:
        """From the loop that answers: a thread of its own would lie."""
        self._pulse.beat()
        asyncio.get_running_loop().call_later(BEAT, self._beat)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # before uvicorn waits for the open connections: event streams would never end
        self._web.state.hub.close()
        asyncio.get_running_loop().call_later(GRACE, self._abort_stalled_streams)
        await super().shutdown(sockets)

    def _abort_stalled_streams(self) -> None:
        """A listener that reads nothing would keep the server for the whole drain timeout."""
        for connection in list(self.server_state.connections):
            if not isinstance(connection, Connection) or connection.scope is None:
                continue
            if connection.flow.write_paused and ENDLESS in connection.scope:
                connection.transport.abort()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            # uvicorn would raise them again, and the caller could not close its service
            self._captured_signals.clear()


def serve(
    settings: Settings,
    *,
    service: Service | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGTERM, SIGINT, or the death of the parent that supervises this process.

    Raises ConfigError for an address that cannot be used.

    service: stays open; without one it is opened and closed here. on_ready: is told the URL as
    soon as connections are accepted.
    """
    address_to_bind(settings.host, is_open=settings.without_keys)
    raise_descriptor_limit()
    give_memory_back()
    with contextlib.ExitStack() as stack:
        service = service or stack.enter_context(Service.open(settings))
        server = Server(service, on_ready=on_ready)
        watch_lifeline(server.stop)
        server.run()


def _listen(settings: Settings) -> socket.socket:
    family, address = address_to_bind(settings.host, is_open=settings.without_keys)
    port = settings.port
    # with the protocol named: asyncio turns Nagle's algorithm off only for what it knows to be
    # TCP, and with it on, each answer waits 40 ms for the client's delayed acknowledgement
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        msg = f"port {port} cannot be used ({error.strerror}): choose another with --port"
        raise ConfigError(msg) from error
    return listener
