"""The server's answers, as they are. Times are RFC 3339 in UTC; null is None."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

FINISHED = frozenset({"succeeded", "partial", "failed", "cancelled"})
"""States of a job that is over."""


class Photo(TypedDict):
    """width, height: pixels, None where the file's header alone cannot tell; frames, of an
    animation, likewise. sha256: hex."""

    id: str
    filename: str
    media_type: str
    bytes: int
    width: int | None
    height: int | None
    frames: int | None
    sha256: str
    created_at: str


class Lut(TypedDict):
    """id: for the edit `lut`. size: colors along an edge of the cube, or rows of a curve."""

    id: str
    title: str
    size: int


class PresetNote(TypedDict):
    """What became of a preset's setting, `property` being Lightroom's name of it. reason: in
    English; code and values: the same for programs. Empty if there is nothing to say."""

    property: str
    outcome: Literal["carried", "approximated", "ignored"]
    reason: str
    code: str
    values: dict[str, Any]


class ImportedPreset(TypedDict):
    """edits: as `submit` takes them. notes: one for each setting that does something."""

    name: str
    edits: dict[str, Any]
    notes: list[PresetNote]


class Counts(TypedDict):
    """Tasks of a job, by state."""

    total: int
    queued: int
    running: int
    succeeded: int
    failed: int
    cancelled: int


class Links(TypedDict):
    self: str
    tasks: str
    results: str


class JobSummary(TypedDict):
    """state: queued, running, succeeded, partial, failed or cancelled."""

    id: str
    name: str
    state: str
    counts: Counts
    links: Links
    created_at: str
    started_at: str | None
    finished_at: str | None


class Job(JobSummary):
    """tasks: the first 100, only in the answer to `submit` with `wait` if it was done in time."""

    edits: dict[str, Any]
    outputs: list[dict[str, Any]]
    tasks: NotRequired[list[Task]]


class TaskError(TypedDict):
    """permanent: trying the same again cannot help."""

    code: str
    message: str
    advice: str
    permanent: bool


class Notice(TypedDict):
    """What to know of a result. text: in English; code and values: the same for programs."""

    code: str
    values: dict[str, Any]
    text: str


class Attempt(TypedDict):
    """outcome: running, succeeded, failed, released or lost."""

    generation: int
    receive_count: int
    worker: str
    started_at: str | None
    ended_at: str | None
    outcome: str
    cpu_seconds: float | None
    error: TaskError | None


class Result(TypedDict):
    """name: of the output. url: gives the file to anyone who has it, for a while."""

    name: str
    format: str
    media_type: str
    width: int
    height: int
    bytes: int
    url: str


class Task(TypedDict):
    """One photo of a job. state: queued, running, succeeded, failed or cancelled."""

    id: str
    job_id: str
    photo_id: str
    filename: str
    state: str
    generation: int
    error: TaskError | None
    notices: list[Notice]
    attempts: list[Attempt]
    results: list[Result]
    created_at: str
    started_at: str | None
    finished_at: str | None


class DeadLetter(Task):
    """A task that was given up, as operators see it."""

    owner: str
