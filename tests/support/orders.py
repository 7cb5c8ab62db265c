"""Photos, orders and reports for tests of the jobs database."""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from abzug.jobs import ids
from abzug.jobs.database import Jobs
from abzug.jobs.records import Job, JobSummary, NewJob, NewTask, Photo, Task, TaskSummary
from abzug.messages import EditRequest, Notice, ReportError, ReportKind, ResultRef, StatusReport

EDITS = {"exposure": 0.5}
OUTPUTS = ({"format": "jpeg", "name": "web"},)
BROKEN = ReportError(
    code="truncated", message="The file ends too early.", advice="Copy it again.", permanent=True
)
NOTICE = Notice(code="first_of_pages", values={"pages": 2}, text="Only the first of 2 pages.")
RESULT = ResultRef(
    name="web",
    format="jpeg",
    media_type="image/jpeg",
    key="results/ann/0.jpg",
    width=4,
    height=3,
    bytes=12,
)
_seconds = itertools.count(1_700_000_000)


def add_photos(jobs: Jobs, count: int = 1, owner: str = "ann") -> list[Photo]:
    """That many photos of an owner, each a second younger than the one before."""
    photos = []
    for at in itertools.islice(_seconds, count):
        id_ = ids.new_id(ids.PHOTO, at)
        key = f"originals/{owner}/{id_}"
        name = f"IMG_{at}.jpg"
        photo = Photo(id_, owner, name, "image/jpeg", 2**33, 40, None, 7, "5a" * 32, key, float(at))
        jobs.add_photo(photo)
        photos.append(photo)
    return photos


def order(
    photos: Sequence[Photo],
    *,
    own_edits: Mapping[str, Any] | None = None,
    check_existing: bool = False,
    **changes: Any,
) -> NewJob:
    """An order of these photos; own_edits: photo id → edits in place of the order's."""
    tasks = tuple(
        NewTask(photo, (own_edits or {}).get(photo.id, EDITS), 1.5, check_existing)
        for photo in photos
    )
    fields = {"owner": "ann", "name": "Wedding", "kind": "job", "edits": EDITS, "outputs": OUTPUTS}
    return NewJob(**{**fields, **changes}, tasks=tasks)


def submitted(
    jobs: Jobs, count: int = 1, owner: str = "ann", **changes: Any
) -> tuple[Job, list[EditRequest]]:
    """A new job of that many new photos, and its requests."""
    job, requests, _ = jobs.create_job(
        order(add_photos(jobs, count, owner), owner=owner, **changes)
    )
    return job, requests


def report(
    request: EditRequest,
    kind: str,
    receive_count: int = 1,
    *,
    at: float = 1_700_000_100.0,
    **more: Any,
) -> StatusReport:
    """What a worker says of this request."""
    if kind == "succeeded":
        more = {"results": (RESULT,), "cpu_seconds": 0.25, **more}
    if kind == "failed":
        more = {"error": BROKEN, **more}
    return StatusReport(
        kind=ReportKind(kind),
        task_id=request.task_id,
        job_id=request.job_id,
        owner=request.owner,
        generation=request.generation,
        receive_count=receive_count,
        worker="worker-1",
        at=at,
        **more,
    )


def summary_of(thing: Job | Task) -> JobSummary | TaskSummary:
    """What events show of a job or task."""
    kind = JobSummary if isinstance(thing, Job) else TaskSummary
    return kind(**{field.name: getattr(thing, field.name) for field in dataclasses.fields(kind)})


def all_tasks(jobs: Jobs, job: Job) -> Sequence[Task]:
    return jobs.tasks(job.owner, job.id, limit=1000).items
