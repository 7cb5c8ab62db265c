"""What the routes ask for. All are coroutines: FastAPI would run a plain function in a thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar
from urllib.parse import urlencode, urljoin

from fastapi import Depends, Header, Query
from starlette.requests import Request
from starlette.responses import Response

from abzug.jobs.records import Page
from abzug.messages import ResultRef
from abzug.service.service import Service
from abzug.web.hub import Hub
from abzug.web.views import PageView, UrlOf

T = TypeVar("T")
V = TypeVar("V")


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def _hub(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


async def _owner(
    abzug_owner: Annotated[
        str,
        Header(pattern="^[a-z0-9-]{1,64}$", description="Whose photos and jobs these are."),
    ] = "local",
) -> str:
    return abzug_owner


async def _url_of(request: Request) -> UrlOf:
    return url_maker(request)


def url_maker(request: Request) -> UrlOf:
    """Signed URLs of results, absolute, so that they can be handed on."""
    service: Service = request.app.state.service
    base = service.settings.public_url or str(request.base_url)

    def url_of(result: ResultRef, filename: str) -> str:
        path = service.store.signed_url(
            result.key,
            expires_in=service.settings.result_url_ttl,
            filename=filename,
            sha256=result.sha256,
        )
        return urljoin(base, path)

    return url_of


@dataclass(frozen=True)
class Paging:
    """Which page of a list is asked for, and how it is answered."""

    limit: int
    cursor: str | None
    request: Request
    response: Response

    def view(self, page: Page[T], view_of: Callable[[T], V]) -> PageView[V]:
        """The page with the URL of the next one, in the body and as a Link header."""
        items = [view_of(item) for item in page.items]
        if page.next_cursor is None:
            return PageView(items=items, next=None)
        asked = self.request.query_params.multi_items()
        kept = [(name, value) for name, value in asked if name != "cursor"]
        query = urlencode([*kept, ("cursor", page.next_cursor)])
        following = f"{self.request.url.path}?{query}"
        self.response.headers["Link"] = f'<{following}>; rel="next"'
        return PageView(items=items, next=following)


async def _paging(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=1000, description="Most items of a page.")] = 100,
    cursor: Annotated[
        str | None, Query(max_length=512, description="From the page before: its `next`.")
    ] = None,
) -> Paging:
    return Paging(limit, cursor, request, response)


ServiceDep = Annotated[Service, Depends(_service)]
HubDep = Annotated[Hub, Depends(_hub)]
Owner = Annotated[str, Depends(_owner)]
Urls = Annotated[UrlOf, Depends(_url_of)]
Paged = Annotated[Paging, Depends(_paging)]
