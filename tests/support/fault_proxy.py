"""A proxy between Abzug and an endpoint of SQS and S3, that counts, delays and breaks calls.

One call a connection, so it need not know where an answer ends. Which call meets which fault is
drawn from a seed, in the order in which calls come.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

LONGEST_HEAD = 64 * 1024
PIECE = 256 * 1024


@dataclass(frozen=True)
class Fault:
    """What befalls a share of the calls.

    delay: up to so many seconds. refuse: the status of an answer that the endpoint never gave.
    cut: the connection ends before the call is passed on (`unheard`), after it, with no answer
    (`unanswered`), or in the middle of the answer (`torn`).
    """

    name: str
    share: float
    delay: float = 0.0
    refuse: int = 0
    cut: str = ""


STORM = (
    Fault("error 500", 0.03, refuse=500),
    Fault("throttled", 0.03, refuse=503),
    Fault("slow", 0.10, delay=0.5),
    Fault("unheard", 0.02, cut="unheard"),
    Fault("unanswered", 0.02, cut="unanswered"),
    Fault("torn", 0.02, cut="torn"),
)
WELL = Fault("well", 1.0)


@dataclass(frozen=True)
class Call:
    """The head of a request, and how many bytes of body follow it."""

    head: bytes
    length: int
    what: str
    """`s3 GET`, or `sqs ReceiveMessage`."""

    @classmethod
    def parse(cls, head: bytes) -> Self:
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        target = next((line for line in lines if line.lower().startswith("x-amz-target:")), "")
        what = f"sqs {target.rpartition('.')[2]}" if target else f"s3 {first.split()[0]}"
        kept = [line for line in lines if not line.lower().startswith("connection:")]
        lasting = "\r\n".join([first, "Connection: close", *kept])
        return cls(lasting.encode("latin-1"), int(fields.get("content-length", 0)), what)

    def refusal(self, status: int) -> bytes:
        """As S3 and SQS say that something is wrong with them, or that it is too much."""
        code = "SlowDown" if status == 503 else "InternalError"
        body, kind = f"<Error><Code>{code}</Code></Error>", "application/xml"
        if self.what.startswith("sqs"):
            code = "ThrottlingException" if status == 503 else "InternalFailure"
            body, kind = f'{{"__type": "com.amazonaws.sqs#{code}"}}', "application/x-amz-json-1.0"
        return (
            f"HTTP/1.1 {status} Fault\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            f"Connection: close\r\n\r\n{'' if 'HEAD' in self.what else body}"
        ).encode()


class FaultProxy:
    """At `url` while the `with` block lasts, in a thread of its own.

    target: the endpoint's URL. `delay`: seconds that every call takes longer. `faults`: what may
    befall a call. `calls` and `befallen` count by name. All four may be set at any time.
    """

    def __init__(self, target: str, *, faults: Sequence[Fault] = (), seed: int = 0) -> None:
        self.delay = 0.0
        self.faults = faults
        self.calls: Counter[str] = Counter()
        self.befallen: Counter[str] = Counter()
        self.url = ""
        self._once: list[Fault] = []
        self._target = urlsplit(target)
        self._random = random.Random(seed)
        self._under_way: set[asyncio.Task[None] | None] = set()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="fault proxy", daemon=True)

    def once(self, fault: Fault) -> None:
        """The next call meets this one."""
        self._once.append(fault)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._closing = asyncio.Event()
        server = await asyncio.start_server(self._answer, "127.0.0.1", limit=LONGEST_HEAD)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._closing.wait()
        server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._under_way.add(task)  # else nothing holds it once the caller is gone
        # whoever dies, the other side's connection ends too; and so does each with the proxy
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            call = Call.parse(await reader.readuntil(b"\r\n\r\n"))
            self.calls[call.what] += 1
            await self._pass_on(call, self._draw(), reader, writer)
        writer.close()
        self._under_way.discard(task)

    async def _pass_on(
        self,
        call: Call,
        fault: Fault,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        body = await reader.readexactly(call.length)
        await asyncio.sleep(self.delay + self._random.uniform(0, fault.delay))
        if fault.cut == "unheard":
            return
        if fault.refuse:
            writer.write(call.refusal(fault.refuse))
            await writer.drain()
            return
        there, back = await asyncio.open_connection(self._target.hostname, self._target.port)
        try:
            back.write(call.head + body)
            while piece := await there.read(PIECE):
                if fault.cut:
                    writer.write(piece[: len(piece) // 2] if fault.cut == "torn" else b"")
                    return
                writer.write(piece)
                await writer.drain()
        finally:
            back.close()

    def _draw(self) -> Fault:
        number = self._random.random()
        for fault in (*self._once, *self.faults):
            number -= fault.share
            if number < 0:
                self._once.clear()
                self.befallen[fault.name] += 1
                return fault
        return WELL
