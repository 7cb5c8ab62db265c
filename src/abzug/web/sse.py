"""One stream of Server-Sent Events for everything an owner may see, resumable by event id."""

from __future__ import annotations

import anyio
import structlog
from anyio.to_thread import run_sync
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from abzug.errors import BackendError
from abzug.jobs.database import Jobs
from abzug.jobs.records import Event, TaskSummary
from abzug.web.head import is_head
from abzug.web.hub import Hub, Subscription
from abzug.web.views import JobSummaryView, TaskSummaryView, UrlOf

PING = 15.0
"""Seconds of silence after which a comment is sent, so that no proxy takes the stream for dead."""
BATCH = 200
"""Most events that are in memory for one listener."""
GAP = 0.05
"""Seconds between two reads of the table for one listener: a burst is read in one go. The first
event after a silence is sent at once."""
ENDLESS = "abzug.endless"
"""Marks the scope of a request that is answered as long as somebody listens."""
log = structlog.get_logger("abzug.web")


class EventStream(Response):
    """after: the id of the last event that the listener knows; None begins now."""

    media_type = "text/event-stream"

    def __init__(
        self, jobs: Jobs, hub: Hub, owner: str, url_of: UrlOf, *, after: int | None
    ) -> None:
        super().__init__(
            headers={
                "Cache-Control": "no-store, no-transform",
                # nginx would gather events until its buffer is full
                "X-Accel-Buffering": "no",
            }
        )
        del self.headers["content-length"]
        self._jobs = jobs
        self._hub = hub
        self._owner = owner
        self._url_of = url_of
        self._after = after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_head(scope):
            await self._begin(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        scope[ENDLESS] = True
        with self._hub.stream(self._owner) as news:  # outside the group, which would wrap TooMany
            async with anyio.create_task_group() as group:
                group.start_soon(self._end_when_gone, receive, group.cancel_scope)
                await self._stream(send, news)
                group.cancel_scope.cancel()

    async def _end_when_gone(self, receive: Receive, scope: anyio.CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        scope.cancel()

    async def _stream(self, send: Send, news: Subscription) -> None:
        await self._begin(send)
        try:
            await self._send_events(send, news)
        except BackendError as error:  # the listener comes again, and misses nothing
            log.warning("an event stream ended early", error=str(error))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _begin(self, send: Send) -> None:
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )

    async def _send_events(self, send: Send, news: Subscription) -> None:
        async def write(text: str) -> None:
            await send({"type": "http.response.body", "body": text.encode(), "more_body": True})

        after = self._after if self._after is not None else await run_sync(self._jobs.last_event_id)
        # an id without data moves the listener's Last-Event-ID, so that even a stream that
        # breaks before its first event is resumed without a gap
        await write(f"retry: 2000\nid: {after}\n\n")
        while not self._hub.closing.is_set():
            events, text = await run_sync(self._read, after)
            if events:
                after = events[-1].id
                await write(text)
                if len(events) < BATCH:
                    await anyio.sleep(GAP)
            elif not await news.wait(PING):
                await write(": ping\n\n")
        await write("event: bye\ndata: {}\n\n")

    def _read(self, after: int) -> tuple[list[Event], str]:
        events: list[Event] = self._jobs.events(self._owner, after=after, limit=BATCH)
        return events, "".join(map(self._frame, events))

    def _frame(self, event: Event) -> str:
        shown = event.shown
        if isinstance(shown, TaskSummary):
            kind, view = "task", TaskSummaryView.of(shown, self._url_of).model_dump_json()
        elif shown.kind == "job":
            kind, view = "job", JobSummaryView.of(shown).model_dump_json()
        else:
            return ""
        return f'id: {event.id}\nevent: {kind}\ndata: {{"{kind}":{view}}}\n\n'
