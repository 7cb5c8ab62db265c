"""For operators, who see all owners: numbers, workers, dead letters."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, ConfigDict, Field

from abzug.web.dependencies import Paged, ServiceDep, Urls
from abzug.web.json_bodies import JsonRoute
from abzug.web.views import PageView, TaskView, Time

router = APIRouter(tags=["operators"], route_class=JsonRoute)


class DepthView(BaseModel):
    visible: int
    in_flight: int
    delayed: int
    oldest_age: float | None = Field(
        description="Seconds that the oldest visible message has waited; null where the queue "
        "cannot tell (SQS)."
    )


class StatsView(BaseModel):
    queues: dict[str, DepthView]
    jobs: dict[str, Any]


class WorkerView(BaseModel):
    name: str
    last_seen: Time
    editing: int = Field(description="Photos of which it has not told the end.")


class DeadLetterView(TaskView):
    owner: str


class DeadLetters(BaseModel):
    """Which dead letters."""

    model_config = ConfigDict(extra="forbid")

    tasks: Annotated[list[str], Field(max_length=10_000)] | None = None
    """Ids of tasks; null: all."""


class Redriven(BaseModel):
    redriven: int


class Discarded(BaseModel):
    discarded: int


@router.get("/v1/ops/stats")
def get_stats(service: ServiceDep) -> StatsView:
    """Depths of the queues, and what the jobs database counts."""
    return StatsView.model_validate(service.stats(), from_attributes=True)


@router.get("/v1/ops/workers")
def list_workers(service: ServiceDep) -> list[WorkerView]:
    """The workers that were heard of lately, as their reports tell."""
    return [WorkerView.model_validate(w, from_attributes=True) for w in service.jobs.workers()]


@router.get("/v1/ops/dead-letters")
def list_dead_letters(service: ServiceDep, url_of: Urls, paging: Paged) -> PageView[DeadLetterView]:
    """Tasks that were given up after too many deliveries, with all their attempts."""
    page = service.dead_letters(limit=paging.limit, cursor=paging.cursor)
    return paging.view(
        page, lambda task: DeadLetterView(**TaskView.of(task, url_of).__dict__, owner=task.owner)
    )


@router.post("/v1/ops/dead-letters/redrive")
def redrive(service: ServiceDep, which: Annotated[DeadLetters | None, Body()] = None) -> Redriven:
    """Send dead letters again, all or those named, with their receive counts at zero."""
    return Redriven(redriven=service.redrive(which.tasks if which else None))


@router.delete("/v1/ops/dead-letters")
def discard(
    service: ServiceDep,
    task: Annotated[list[str], Query(min_length=1, max_length=1000, description="Its id.")],
) -> Discarded:
    """Take dead letters off the list for good; their tasks stay failed."""
    return Discarded(discarded=service.discard(task))
