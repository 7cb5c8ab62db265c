"""The web application: routes, errors and the front layer put together."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import AsyncIterator
from typing import Any

from anyio.to_thread import run_sync
from fastapi import FastAPI

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
        web.include_router(importlib.import_module(f"{routes.__name__}.{part}").router)
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
