"""What people open in a browser: the pages, what they load, and the API reference."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from abzug.errors import NotFound
from abzug.stores.base import DirectStore
from abzug.web.dependencies import ServiceDep
from abzug.web.files import give_file
from abzug.web.security import PAGE_POLICY, with_images_from

WEB = Path(__file__).parent.parent
DOCS = WEB / "docs"
DOCS_POLICY = PAGE_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
"""Swagger UI writes style attributes."""
SWAGGER = ("swagger-ui-bundle.js", "swagger-ui.css")

router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=["GET", "HEAD"])
def get_batch_page(request: Request, service: ServiceDep) -> Response:
    store = service.store
    policy = with_images_from(store.origin) if isinstance(store, DirectStore) else PAGE_POLICY
    return give_file(request, WEB / "pages", "index.html", policy=policy)


@router.api_route("/static/{name:path}", methods=["GET", "HEAD"])
def get_static(request: Request, name: str) -> Response:
    return give_file(request, WEB / "static", name)


@router.get("/docs")
def get_docs(request: Request) -> Response:
    return give_file(request, DOCS, "index.html", policy=DOCS_POLICY)


@router.get("/docs/{name}")
def get_docs_file(request: Request, name: str) -> Response:
    """Swagger UI's own files come from a package that carries them: no CDN."""
    if name not in SWAGGER:
        return give_file(request, DOCS, name)
    spec = find_spec("fastapi_offline")
    if spec is None or spec.origin is None:
        raise NotFound("The API reference is not installed; /openapi.json has it as JSON.")
    return give_file(request, Path(spec.origin).parent / "static", name)
