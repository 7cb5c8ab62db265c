"""A body coming in: how much, how slowly, and how much of all is in memory at once."""

from __future__ import annotations

import asyncio
import time

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

SILENCE = 30.0
"""Seconds without a byte after which a client is not waited for any longer."""
SLOWEST = 1024
"""Bytes a second that a body must come with on the whole, after that."""
HELD = 48 * 1024 * 1024
"""Bytes that bodies which are not complete may have in memory, those of all clients together."""


class Memory:
    """What bodies hold in memory, of HELD bytes. For one event loop."""

    def __init__(self) -> None:
        self._held = 0

    def take(self, size: int) -> None:
        """Raises HTTPException where there is no room."""
        if self._held + size > HELD:
            raise HTTPException(503, "The server takes in too much at once.", {"Retry-After": "2"})
        self._held += size

    def give_back(self, size: int) -> None:
        self._held -= size


class Incoming:
    """A body coming in. Raises HTTPException for one that is too large or too slow.

    limit: bytes that it may have. held: bytes of it that are in memory at the most.
    """

    def __init__(self, receive: Receive, memory: Memory, *, limit: int, held: int) -> None:
        self._receive = receive
        self._memory = memory
        self._limit = limit
        self._most_held = held
        self._held = 0
        self._seen = 0
        self._waited = 0.0
        self._is_complete = False

    async def __call__(self) -> Message:
        if self._is_complete:  # what comes now is that the client goes, some day
            return await self._receive()
        message = await self._next()
        self._is_complete = not message.get("more_body", False)
        self._seen += len(message.get("body", b""))
        if self._seen > self._limit:
            raise HTTPException(413, f"The body is larger than the limit of {self._limit} bytes.")
        holds = min(self._seen, self._most_held)
        self._memory.take(holds - self._held)
        self._held = holds
        return message

    def close(self) -> None:
        self._memory.give_back(self._held)
        self._held = 0

    async def _next(self) -> Message:
        """Only the time in which somebody waits for the client counts."""
        patience = SILENCE + self._seen / SLOWEST - self._waited
        began = time.monotonic()
        try:
            async with asyncio.timeout(min(SILENCE, patience)):
                return await self._receive()
        except TimeoutError:
            msg = "The body came too slowly, or not at all."
            raise HTTPException(408, msg, {"Connection": "close"}) from None
        finally:
            self._waited += time.monotonic() - began
