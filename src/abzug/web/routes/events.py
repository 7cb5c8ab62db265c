"""The stream of events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from abzug.web.dependencies import HubDep, Owner, ServiceDep, Urls
from abzug.web.sse import EventStream

router = APIRouter(tags=["jobs"])


@router.get(
    "/v1/events",
    response_class=Response,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def get_events(
    *,
    service: ServiceDep,
    hub: HubDep,
    owner: Owner,
    url_of: Urls,
    after: Annotated[
        int | None, Query(ge=0, le=2**63 - 1, description="Begin after this event.")
    ] = None,
    last_event_id: Annotated[str, Header()] = "",
) -> Response:
    """Server-Sent Events: `job` and `task` as they change; `bye` when the server stops.

    A browser resumes by itself where it was; without Last-Event-ID and `after` it begins now.
    """
    # a reconnecting browser repeats the URL of its first call, so the header knows better
    known = last_event_id.isascii() and last_event_id.isdecimal() and len(last_event_id) < 19
    begin = int(last_event_id) if known else after
    return EventStream(service.jobs, hub, owner, url_of, after=begin)
