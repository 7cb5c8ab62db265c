"""What the jobs database gives and takes: frozen records. All times are Unix seconds."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from abzug.messages import Notice, ReportError, ResultRef

T = TypeVar("T")


class TaskState(enum.StrEnum):
    queued = "queued"
    """Waits for a worker, the first time or again."""
    running = "running"
    """A worker has begun."""
    succeeded = "succeeded"
    """Every result is stored. Final."""
    failed = "failed"
    """Given up; only a retry changes it."""
    cancelled = "cancelled"
    """Not wanted any more; only a retry changes it."""


class JobState(enum.StrEnum):
    queued = "queued"
    """No task has begun."""
    running = "running"
    """Some have begun, not all are finished."""
    succeeded = "succeeded"
    """All are finished, and all succeeded."""
    partial = "partial"
    """All are finished; some succeeded, some failed."""
    failed = "failed"
    """All are finished, and all failed."""
    cancelled = "cancelled"
    """All are finished, and some were cancelled."""


class Outcome(enum.StrEnum):
    """How an attempt ended, or that it has not."""

    running = "running"
    lost = "lost"
    """Never heard of again: its lease ran out, and another attempt began."""
    released = "released"
    """Given back by its worker after a passing trouble."""
    failed = "failed"
    succeeded = "succeeded"


TERMINAL = frozenset({TaskState.succeeded, TaskState.failed, TaskState.cancelled})
"""States in which a task is finished."""
FINISHED = frozenset(
    {JobState.succeeded, JobState.partial, JobState.failed, JobState.cancelled},
)
"""States in which a job is finished."""


@dataclass(frozen=True, slots=True)
class Photo:
    """An uploaded original. bytes: its size. width, height: pixels, where the header tells.
    frames: pictures of an animation, 1 for a still, None where that is not known; of a file that is
    longer than its head (sniff.HEAD), as many as that lets expect."""

    id: str
    owner: str
    filename: str
    media_type: str
    bytes: int
    width: int | None
    height: int | None
    frames: int | None
    sha256: str
    key: str
    created_at: float


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of a job's tasks are in each state."""

    queued: int = 0
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        return self.queued + self.running + self.succeeded + self.failed + self.cancelled

    @property
    def unfinished(self) -> int:
        return self.queued + self.running


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSummary:
    """A job without what was ordered. A "proxy" job was made by the service itself, and is in no
    list.

    started_at: when the first task began. finished_at: when the last one ended, None before.
    """

    id: str
    owner: str
    name: str
    kind: Literal["job", "proxy"]
    state: JobState
    counts: Counts
    created_at: float
    started_at: float | None = None
    finished_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(JobSummary):
    """One order."""

    edits: dict[str, Any]
    outputs: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery of a task's request to a worker.

    receive_count: 1 for the first delivery of this generation. started_at, ended_at: None where
    unknown.
    """

    generation: int
    receive_count: int
    worker: str
    started_at: float | None
    ended_at: float | None
    outcome: Outcome
    error: ReportError | None = None
    cpu_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSummary:
    """One photo of a job, without its timeline.

    generation: 1, and one more for each retry. started_at: when the first attempt of this
    generation began.
    """

    id: str
    job_id: str
    owner: str
    photo_id: str
    filename: str
    state: TaskState
    generation: int
    error: ReportError | None
    notices: tuple[Notice, ...]
    results: tuple[ResultRef, ...]
    created_at: float
    started_at: float | None = None
    finished_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(TaskSummary):
    """One photo of a job.

    position: 0 for the job's first photo. attempts: ordered by generation and receive count.
    dead_at: since when its request waits in the dead-letter queue for an operator, None for all
    others.
    """

    position: int
    attempts: tuple[Attempt, ...]
    dead_at: float | None = None


@dataclass(frozen=True, slots=True)
class Buried:
    """A task whose request waits in the dead-letter queue. is_new: since this moment."""

    task: Task
    is_new: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Something that changed: the job or task as it was right after the change.

    id: grows from event to event, so a listener resumes after the last one it saw. When a job is
    created or cancelled, its one event stands for its tasks too: all are queued, or all that
    were not finished are cancelled.
    """

    id: int
    at: float
    shown: JobSummary | TaskSummary


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker as its reports tell. editing: attempts of which no end was heard."""

    name: str
    last_seen: float
    editing: int


@dataclass(frozen=True, slots=True)
class NewTask:
    """A photo to edit. edits: canonical. cost: predicted_seconds, > 0.

    digests: of the results of an equal task that has succeeded, by key.
    """

    photo: Photo
    edits: dict[str, Any]
    cost: float
    check_existing: bool = False
    digests: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class NewJob:
    """An order to write down.

    edits: those of the photos that have none of their own; outputs: canonical, at least one.
    also_needs: ids of photos that the edits need besides, for a watermark; none can be deleted
    before the job is finished. idempotency_key: from the client, scoped to the owner; body_hash: of
    the body it came with.
    """

    owner: str
    name: str
    kind: Literal["job", "proxy"]
    edits: dict[str, Any]
    outputs: tuple[dict[str, Any], ...]
    tasks: tuple[NewTask, ...]
    also_needs: tuple[str, ...] = ()
    idempotency_key: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, and the cursor that gives the next ones; None at the end."""

    items: list[T]
    next_cursor: str | None
