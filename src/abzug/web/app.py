"""The web application: routes, errors and the front layer put together."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import AsyncIterator
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, FastAPI
from starlette.routing import Match, Route
from starlette.types import Scope

from abzug import __version__
from abzug.edits.color import cube
from abzug.service.service import Service
from abzug.web import problems, routes
from abzug.web.hub import Hub
from abzug.web.metrics import Metrics
from abzug.web.middleware import Front
from abzug.web.multipart import FORM_OVERHEAD
from abzug.web.routes import jobs, luts, photos, presets
from abzug.web.uploads import HELD_OF_UPLOAD

PARTS = (
    "photos",
    "direct_uploads",
    "jobs",
    "events",
    "edits",
    "luts",
    "presets",
    "objects",
    "ops",
    "health",
    "pages",
)
"""The modules of routes/, in the order in which the API's description has them."""


class WebApp(FastAPI):
    """`state.service`, `state.hub` and `state.metrics` are what the routes work with."""

    def openapi(self) -> dict[str, Any]:
        schema = super().openapi()
        schema["components"]["schemas"] |= problems.SCHEMAS
        return schema


def create(service: Service) -> WebApp:
    """The ASGI application around `service`, which it does not close."""
    hub = Hub(service.jobs)
    metrics = Metrics(service)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        hub.start()
        yield
        hub.close()
        await run_sync(hub.stop)

    web = WebApp(
        title="Abzug",
        summary="An online photo-editing service that never loses a photo.",
        version=__version__,
        docs_url=None,  # it loads from a CDN; ours is in routes/pages.py
        redoc_url=None,
        redirect_slashes=False,
        responses=problems.RESPONSES,
        lifespan=lifespan,
    )
    web.state.service, web.state.hub, web.state.metrics = service, hub, metrics
    for part in PARTS:
        web.include_router(_router(part))
    web.state.methods_of = _methods_of
    problems.install(web)
    web.add_middleware(
        Front,
        settings=service.settings,
        metrics=metrics,
        limits={
            photos.UPLOADS: service.settings.max_upload_bytes + FORM_OVERHEAD,
            jobs.ORDERS: jobs.MAX_ORDER,
            luts.LUTS: cube.MAX_BYTES,
            presets.IMPORT: cube.MAX_BYTES,
        },
        held={photos.UPLOADS: HELD_OF_UPLOAD},
    )
    return web


def _router(part: str) -> APIRouter:
    found: APIRouter = importlib.import_module(f"{routes.__name__}.{part}").router
    return found


def _methods_of(scope: Scope) -> set[str]:
    """What can be done with a path, by all routes that it has."""
    all_of_them = [route for part in PARTS for route in _router(part).routes]
    paths = [route for route in all_of_them if isinstance(route, Route)]
    there = [route for route in paths if route.matches(scope)[0] is not Match.NONE]
    found = {method for route in there for method in route.methods or ()}
    return found | {"HEAD"} if "GET" in found else found
