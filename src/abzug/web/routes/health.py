"""For machines that watch: alive, ready, metrics."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from abzug.errors import AbzugError
from abzug.service.service import Service
from abzug.web.dependencies import ServiceDep
from abzug.web.problems import MEDIA_TYPE, Problem, request_id

router = APIRouter(tags=["health"])


class Health(BaseModel):
    status: str


class Readiness(Health):
    checks: dict[str, str]
    """Each part: "ok", or what is wrong with it."""


@router.get("/healthz")
async def get_health() -> Health:
    """The process is alive; says nothing of what it depends on."""
    return Health(status="ok")


@router.get(
    "/readyz",
    response_model=Readiness,
    responses={503: {"description": "Something is wrong; `checks` says what."}},
)
def get_readiness(request: Request, service: ServiceDep) -> Readiness | Response:
    """Whether orders can be taken: database, queue, store."""
    checks = {
        "database": _tried(service.jobs.ping),
        "queue": _tried(service.requests.depth),
        "store": _tried(lambda: _write_nothing(service)),
    }
    wrong = [name for name, found in checks.items() if found != "ok"]
    if not wrong:
        return Readiness(status="ready", checks=checks)
    told = Problem(
        title="Service Unavailable",
        status=503,
        code="not_ready",
        detail=f"Not ready: {', '.join(wrong)}.",
        request_id=request_id(request),
    )
    body = told.model_dump() | {"checks": checks}
    return JSONResponse(body, 503, {"Retry-After": "5"}, MEDIA_TYPE)


def _tried(check: Callable[[], object]) -> str:
    try:
        check()
    except AbzugError as error:
        return error.message
    return "ok"


def _write_nothing(service: Service) -> None:
    # as far as an upload goes without an object coming of it
    with service.store.writer("readyz", media_type="text/plain") as writer:
        writer.write(b"?")


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def get_metrics(request: Request) -> Response:
    """Prometheus text format."""
    text = request.app.state.metrics.exposition()
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")
