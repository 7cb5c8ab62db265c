"""What the routes ask for. All are coroutines: FastAPI would run a plain function in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode, urljoin

from fastapi import Depends, Header, Query
from starlette.requests import Request
from starlette.responses import Response

from abzug.app import App
from abzug.jobs.records import Page
from abzug.web.hub import Hub
from abzug.web.views import PageView, UrlOf

T = TypeVar("T")
V = TypeVar("V")


async def _parts(request: Request) -> App:
    app: App = request.app.state.parts
    return app


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
    app: App = request.app.state.parts
    base = app.settings.public_url or str(request.base_url)

    def url_of(key: str, filename: str) -> str:
        ttl = app.settings.result_url_ttl
        return urljoin(base, app.store.signed_url(key, expires_in=ttl, filename=filename))

    return url_of


@dataclass(frozen=True)
class Paging:
    limit: int
    cursor: str | None


async def _paging(
    limit: Annotated[int, Query(ge=1, le=1000, description="Most items of a page.")] = 100,
    cursor: Annotated[
        str | None, Query(max_length=512, description="From the page before: its `next`.")
    ] = None,
) -> Paging:
    return Paging(limit, cursor)


def page_view(request: Request, response: Response, page: Page[Any], items: list[V]) -> PageView[V]:
    """The page with the URL of the next one, in the body and as a Link header."""
    if page.next_cursor is None:
        return PageView(items=items, next=None)
    kept = [(name, v) for name, v in request.query_params.multi_items() if name != "cursor"]
    following = f"{request.url.path}?{urlencode([*kept, ('cursor', page.next_cursor)])}"
    response.headers["Link"] = f'<{following}>; rel="next"'
    return PageView(items=items, next=following)


Parts = Annotated[App, Depends(_parts)]
Events = Annotated[Hub, Depends(_hub)]
Owner = Annotated[str, Depends(_owner)]
Urls = Annotated[UrlOf, Depends(_url_of)]
Paged = Annotated[Paging, Depends(_paging)]
