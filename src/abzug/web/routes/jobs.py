"""Jobs: order, list, look at, cancel, retry, and take home as a ZIP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Body, Header, Query
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from abzug.errors import Conflict
from abzug.jobs.records import FINISHED, Job, Task, TaskState
from abzug.service.lost import missing
from abzug.service.orders import JobRequest
from abzug.service.service import Service
from abzug.stores.disposition import attachment
from abzug.stores.whole import whole
from abzug.web.dependencies import Owner, Paged, ServiceDep, Urls
from abzug.web.json_bodies import JsonRoute
from abzug.web.views import JobView, PageView, TaskView, UrlOf, result_filename
from abzug.web.waiting import WaitDep
from abzug.web.zipstream import ZipEntry, ZipResponse, safe_name

router = APIRouter(tags=["jobs"], route_class=JsonRoute)
ORDERS = "/v1/jobs"
MAX_ORDER = 2 * 1024 * 1024
"""Most bytes of an order: 10,000 photos, each with a few edits of its own."""
RETRY = "Retry the job: they are made again."
SHOWN_TASKS = 100
"""Tasks that an answer to `Prefer: wait` carries; the rest is behind links.tasks."""


class FinishedJobView(JobView):
    """The answer to `Prefer: wait`: the job and its first tasks with their results."""

    tasks: list[TaskView]


class RetryRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    tasks: list[str] | None = None
    """Which of the failed tasks; null: all."""


@router.post(
    ORDERS,
    status_code=202,
    response_model=JobView,
    responses={200: {"model": FinishedJobView, "description": "Prefer: wait, and it is done."}},
)
async def create_job(
    *,
    response: Response,
    service: ServiceDep,
    owner: Owner,
    url_of: Urls,
    wait: WaitDep,
    order: JobRequest,
    idempotency_key: Annotated[
        str | None,
        Header(
            pattern=r"^[!-~]{1,255}$",
            description="The same key and body again give the same job.",
        ),
    ] = None,
) -> JobView | Response:
    """Order photos × edits × outputs. On 202 the order is durable."""
    job, _ = await run_sync(lambda: service.submit(owner, order, idempotency_key=idempotency_key))
    location = f"/v1/jobs/{job.id}"
    if wait.seconds is None:
        response.headers["Location"] = location
        return JobView.of(job)
    applied = {"Location": location, "Preference-Applied": f"wait={wait.seconds}"}
    job = await wait.for_end_of(job)
    if job.state not in FINISHED:
        response.headers.update(applied)
        return JobView.of(job)
    body = await run_sync(_finished_view, service, job, url_of)
    return Response(body.model_dump_json(), 200, applied, "application/json")


def _finished_view(service: Service, job: Job, url_of: UrlOf) -> FinishedJobView:
    page = service.jobs.tasks(job.owner, job.id, limit=SHOWN_TASKS, cursor=None)
    tasks = [TaskView.of(task, url_of) for task in page.items]
    return FinishedJobView(**JobView.of(job).__dict__, tasks=tasks)


@router.get(ORDERS)
def list_jobs(service: ServiceDep, owner: Owner, paging: Paged) -> PageView[JobView]:
    """The owner's jobs, newest first."""
    page = service.jobs.list_jobs(owner, limit=paging.limit, cursor=paging.cursor)
    return paging.view(page, JobView.of)


@router.get("/v1/jobs/{job_id}")
def get_job(service: ServiceDep, owner: Owner, job_id: str) -> JobView:
    return JobView.of(service.jobs.job(owner, job_id))


@router.get("/v1/jobs/{job_id}/tasks")
def list_tasks(
    *,
    service: ServiceDep,
    owner: Owner,
    url_of: Urls,
    paging: Paged,
    job_id: str,
    state: Annotated[TaskState | None, Query(description="Only tasks in this state.")] = None,
) -> PageView[TaskView]:
    """The job's tasks in the order of its photos, with attempts and results."""
    page = service.jobs.tasks(owner, job_id, limit=paging.limit, cursor=paging.cursor, state=state)
    return paging.view(page, lambda task: TaskView.of(task, url_of))


@router.post("/v1/jobs/{job_id}/cancel", status_code=202)
def cancel_job(service: ServiceDep, owner: Owner, job_id: str) -> JobView:
    """End a job early; what is finished stays. Again is no error."""
    return JobView.of(service.cancel(owner, job_id))


@router.post("/v1/jobs/{job_id}/retry", status_code=202)
def retry_job(
    service: ServiceDep,
    owner: Owner,
    job_id: str,
    which: Annotated[RetryRequest | None, Body()] = None,
) -> JobView:
    """Edit again what failed, was cancelled, waits longer than can be explained, or has lost its
    results: all of it, or what is named. 409 where there is nothing to be done."""
    return JobView.of(service.retry(owner, job_id, which.tasks if which else None))


@router.get(
    "/v1/jobs/{job_id}/results.zip",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}},
)
def get_results(
    service: ServiceDep,
    owner: Owner,
    job_id: str,
    outputs: Annotated[
        str, Query(max_length=1024, description="Names of outputs, with commas; all without it.")
    ] = "",
) -> Response:
    """Every result there is so far, in one ZIP that is made while it is sent."""
    job = service.jobs.job(owner, job_id)
    if not job.counts.succeeded:
        raise Conflict("Nothing is finished yet.")
    names = [output["name"] for output in job.outputs]
    wanted = [name for name in names if not outputs or name in outputs.split(",")]
    if not wanted:
        raise Conflict(f"The job has no such output, but {', '.join(names)}.")
    tasks = list(service.jobs.succeeded(owner, job_id))
    _check_there(service, tasks, frozenset(wanted))
    headers = {"Content-Disposition": attachment(safe_name(f"{job.name or job.id}.zip"))}
    return ZipResponse(_entries(service, tasks, frozenset(wanted)), headers)


def _check_there(service: Service, tasks: list[Task], wanted: frozenset[str]) -> None:
    """Raises Conflict: after the first byte nobody could be told any more."""
    results = [result for task in tasks for result in task.results if result.name in wanted]
    gone = {result.key for result in missing(service.store, results)}
    names = [task.filename for task in tasks if any(r.key in gone for r in task.results)]
    if names:
        told = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        raise Conflict(f"Results are no longer stored: of {told}.", advice=RETRY)


def _entries(service: Service, tasks: list[Task], wanted: frozenset[str]) -> Iterator[ZipEntry]:
    for task in tasks:
        for result in task.results:
            if result.name in wanted:
                name = result_filename(
                    task.filename, result.name, result.key, several=len(wanted) > 1
                )
                pieces = whole(service.store.stream(result.key), result.bytes, result.sha256)
                yield ZipEntry(name, result.bytes, task.finished_at or task.created_at, pieces)
