"""Rows of the tables as records, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from abzug.jobs.records import (
    TERMINAL,
    Attempt,
    Counts,
    Event,
    Job,
    JobState,
    JobSummary,
    Outcome,
    Photo,
    Task,
    TaskState,
    TaskSummary,
)
from abzug.messages import Notice, ReportError, ResultRef

AnyRow = Row[*tuple[Any, ...]]
"""A row of any number of columns."""

_JOB, _TASK = TypeAdapter(JobSummary), TypeAdapter(TaskSummary)
PHOTO_FIELDS = tuple(field.name for field in dataclasses.fields(Photo))


def photo_of(row: AnyRow) -> Photo:
    """From a row of PHOTO_FIELDS."""
    return Photo(*row)


def photo_values(photo: Photo) -> dict[str, Any]:
    return {name: getattr(photo, name) for name in PHOTO_FIELDS}


def job_of(row: AnyRow) -> Job:
    return Job(
        id=row.id,
        owner=row.owner,
        name=row.name,
        kind=row.kind,
        state=JobState(row.state),
        counts=Counts(row.queued, row.running, row.succeeded, row.failed, row.cancelled),
        edits=row.edits,
        outputs=tuple(row.outputs),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def job_progress(job: Job) -> dict[str, Any]:
    """The columns of a job that its tasks' changes change."""
    return {
        "state": job.state,
        "queued": job.counts.queued,
        "running": job.counts.running,
        "succeeded": job.counts.succeeded,
        "failed": job.counts.failed,
        "cancelled": job.counts.cancelled,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def task_of(row: AnyRow, attempts: Sequence[Attempt] = ()) -> Task:
    return Task(
        id=row.id,
        job_id=row.job_id,
        owner=row.owner,
        photo_id=row.photo_id,
        filename=row.filename,
        position=row.position,
        state=TaskState(row.state),
        generation=row.generation,
        error=_error_of(row.error),
        notices=notices_of(row.notices),
        results=tuple(results_of(row.results)),
        attempts=tuple(attempts),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        dead_at=row.dead_at,
    )


def task_progress(task: Task, now: float) -> dict[str, Any]:
    """The columns of a task that news of it change, when it comes now."""
    return {
        "state": task.state,
        "generation": task.generation,
        "error": _error_values(task.error),
        "notices": [notice.model_dump() for notice in task.notices] or None,
        "results": [result.model_dump(mode="json") for result in task.results] or None,
        "dead_at": task.dead_at,
        "silent_since": None if task.state in TERMINAL else now,
        "started_at": task.started_at,
        "finished_at": task.finished_at,
    }


def attempt_of(row: AnyRow) -> Attempt:
    return Attempt(
        generation=row.generation,
        receive_count=row.receive_count,
        worker=row.worker,
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=Outcome(row.outcome),
        error=_error_of(row.error),
        cpu_seconds=row.cpu_seconds,
    )


def attempt_values(attempt: Attempt) -> dict[str, Any]:
    """All columns but the task's id."""
    return {
        "generation": attempt.generation,
        "receive_count": attempt.receive_count,
        "worker": attempt.worker,
        "started_at": attempt.started_at,
        "ended_at": attempt.ended_at,
        "outcome": attempt.outcome,
        "error": _error_values(attempt.error),
        "cpu_seconds": attempt.cpu_seconds,
    }


def event_of(row: AnyRow) -> Event:
    summary = _JOB if row.kind == "job" else _TASK
    data = {"owner": row.owner, **_in_seconds(row.data[row.kind])}
    return Event(row.id, row.at, summary.validate_python(data))


def job_event(job: Job, at: float) -> dict[str, Any]:
    """The columns of an event that shows a job as it is now."""
    return {
        "owner": job.owner,
        "job_id": job.id,
        "task_id": None,
        "kind": "job",
        "data": {"job": _JOB.dump_python(job, mode="json", exclude={"owner"})},
        "at": at,
    }


def task_event(task: Task, at: float) -> dict[str, Any]:
    """The columns of an event that shows a task as it is now."""
    return {
        "owner": task.owner,
        "job_id": task.job_id,
        "task_id": task.id,
        "kind": "task",
        "data": {"task": _TASK.dump_python(task, mode="json", exclude={"owner"})},
        "at": at,
    }


def _in_seconds(data: dict[str, Any]) -> dict[str, Any]:
    """With its times as numbers; events that the first version wrote have RFC 3339 strings."""
    return {
        name: datetime.fromisoformat(value).timestamp()
        if name.endswith("_at") and isinstance(value, str)
        else value
        for name, value in data.items()
    }


def results_of(values: Sequence[Any] | None) -> list[ResultRef]:
    return [ResultRef.model_validate(value) for value in values or ()]


def notices_of(values: Sequence[Any] | None) -> tuple[Notice, ...]:
    return tuple(Notice.model_validate(value) for value in values or ())


def _error_of(value: dict[str, Any] | None) -> ReportError | None:
    return None if value is None else ReportError.model_validate(value)


def _error_values(error: ReportError | None) -> dict[str, Any] | None:
    return None if error is None else error.model_dump(exclude={"version"})
