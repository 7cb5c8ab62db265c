"""What the HTTP API shows of the records: one model a thing, so that OpenAPI says it too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import BaseModel, Field, PlainSerializer, WithJsonSchema

from abzug.jobs.records import Attempt, Job, JobSummary, Photo, Task, TaskSummary
from abzug.messages import ResultRef, Value

T = TypeVar("T")
UrlOf = Callable[[ResultRef, str], str]
"""(result, name of the file) → where it is had."""
"""(key in the store, name to save it under) → URL."""


def rfc3339(at: float) -> str:
    """Unix seconds as RFC 3339 in UTC, with milliseconds."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


Time = Annotated[
    float,
    PlainSerializer(rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]


class PhotoView(BaseModel):
    id: str
    filename: str
    media_type: str
    bytes: int
    width: int | None = Field(description="Pixels; null where the header alone cannot tell.")
    height: int | None
    frames: int | None = Field(
        description="Pictures of an animation, estimated where the file is longer than 256 KiB; "
        "null where the header alone cannot tell."
    )
    sha256: str
    created_at: Time

    @classmethod
    def of(cls, photo: Photo) -> Self:
        return cls.model_validate(photo, from_attributes=True)


class CountsView(BaseModel):
    total: int
    queued: int
    running: int
    succeeded: int
    failed: int
    cancelled: int


class JobLinks(BaseModel):
    self: str
    tasks: str
    results: str


class JobFields(BaseModel):
    """What every view of a job has."""

    id: str
    name: str
    state: str = Field(description="queued, running, succeeded, partial, failed or cancelled")
    counts: CountsView
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    links: JobLinks

    @staticmethod
    def fields_of(job: JobSummary) -> dict[str, Any]:
        counts = {name: getattr(job.counts, name) for name in CountsView.model_fields}
        names = ("id", "name", "state", "created_at", "started_at", "finished_at")
        return {name: getattr(job, name) for name in names} | {
            "counts": counts,
            "links": job_links(job.id),
        }


class JobSummaryView(JobFields):
    """A job without what was ordered: what an event carries."""

    @classmethod
    def of(cls, job: JobSummary) -> Self:
        return cls.model_validate(cls.fields_of(job))


class JobView(JobFields):
    edits: dict[str, Any]
    outputs: list[dict[str, Any]]

    @classmethod
    def of(cls, job: Job) -> Self:
        ordered = {"edits": job.edits, "outputs": job.outputs}
        return cls.model_validate(cls.fields_of(job) | ordered)


class ErrorView(BaseModel):
    code: str
    message: str
    advice: str
    permanent: bool = Field(description="Trying the same again cannot help.")


class NoticeView(BaseModel):
    """What a person should know of a result."""

    code: str
    values: dict[str, Value] = Field(description="What the sentence of this code tells of.")
    text: str = Field(description="That sentence in English.")


class AttemptView(BaseModel):
    generation: int
    receive_count: int
    worker: str
    started_at: Time | None
    ended_at: Time | None
    outcome: str
    cpu_seconds: float | None
    error: ErrorView | None

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        return cls.model_validate(attempt, from_attributes=True)


class ResultView(BaseModel):
    name: str
    format: str
    media_type: str
    width: int
    height: int
    bytes: int
    url: str = Field(description="Gives the file to anyone who has it, for an hour.")

    @classmethod
    def of(cls, result: ResultRef, filename: str, url_of: UrlOf) -> Self:
        told = result.model_dump(exclude={"version", "key", "sha256"})
        return cls(**told, url=url_of(result, filename))


class TaskFields(BaseModel):
    """What every view of a task has."""

    id: str
    job_id: str
    photo_id: str
    filename: str
    state: str = Field(description="queued, running, succeeded, failed or cancelled")
    generation: int = Field(description="1, and one more for each time it was sent again.")
    error: ErrorView | None
    notices: list[NoticeView]
    results: list[ResultView]
    created_at: Time
    started_at: Time | None
    finished_at: Time | None

    @staticmethod
    def fields_of(task: TaskSummary, url_of: UrlOf) -> dict[str, Any]:
        several = len(task.results) > 1
        results = [
            ResultView.of(r, result_filename(task.filename, r.name, r.key, several=several), url_of)
            for r in task.results
        ]
        names = TaskFields.model_fields.keys() - {"results"}
        return {name: getattr(task, name) for name in names} | {"results": results}


class TaskSummaryView(TaskFields):
    """A task without its timeline: what an event carries."""

    @classmethod
    def of(cls, task: TaskSummary, url_of: UrlOf) -> Self:
        return cls.model_validate(cls.fields_of(task, url_of), from_attributes=True)


class TaskView(TaskFields):
    attempts: list[AttemptView]

    @classmethod
    def of(cls, task: Task, url_of: UrlOf) -> Self:
        attempts = [AttemptView.of(attempt) for attempt in task.attempts]
        return cls.model_validate(
            cls.fields_of(task, url_of) | {"attempts": attempts}, from_attributes=True
        )


class PageView(BaseModel, Generic[T]):
    items: list[T]
    next: str | None = Field(description="URL of the next page; null on the last one.")


def job_links(job_id: str) -> dict[str, str]:
    path = f"/v1/jobs/{job_id}"
    return {"self": path, "tasks": f"{path}/tasks", "results": f"{path}/results.zip"}


def result_filename(photo: str, output: str, key: str, *, several: bool) -> str:
    """What a result is saved as: the photo's name, with the output's where there are several."""
    stem = PurePosixPath(photo).stem or "photo"
    suffix = PurePosixPath(key).suffix
    return f"{stem}-{output}{suffix}" if several else f"{stem}{suffix}"
