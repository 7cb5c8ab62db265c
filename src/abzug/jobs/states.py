"""The state machine, as pure functions: a task and news of it give the task after the news.

Reports come twice, late and out of order. So what is known of an attempt only grows: an end
outranks a start, and a stronger end outranks a weaker one. The task follows its newest attempt:

- It runs, or was given back and the task is queued again, or its end is the task's.
- An older attempt has lost its lease to a newer one, and one of an older generation to a person
  who asked for another: their ends stand in the timeline and settle nothing.
- A state that ended stays, until a person asks for another attempt.

A worker says that a photo failed only while it holds the lease, and a lease has one holder. So of
a generation one attempt settles the task, and the order in which reports arrive is no matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from abzug.jobs.records import TERMINAL, Attempt, Counts, JobState, Outcome, Task, TaskState
from abzug.messages import ReportError, ReportKind, StatusReport

DEAD_LETTERED = "dead_lettered"

_OUTCOME = {
    ReportKind.started: Outcome.running,
    ReportKind.released: Outcome.released,
    ReportKind.failed: Outcome.failed,
    ReportKind.succeeded: Outcome.succeeded,
}
_RANK = {outcome: rank for rank, outcome in enumerate(Outcome)}


def is_dead_lettered(task: Task) -> bool:
    """Whether the task failed because its request reached the dead-letter queue."""
    return task.error is not None and task.error.code == DEAD_LETTERED


def reported(task: Task, report: StatusReport) -> Task:
    """The task after a worker's report; an equal one if the report says nothing new."""
    known = {(a.generation, a.receive_count): a for a in task.attempts}
    key = (report.generation, report.receive_count)
    known[key] = _merged(known.get(key), report)
    attempts = _with_lost([known[key] for key in sorted(known)], all_over=is_dead_lettered(task))
    task = _following(replace(task, attempts=attempts), settles=report)
    return replace(task, started_at=_first_start(task))


def dead_lettered(task: Task, generation: int, at: float) -> Task:
    """The task after the request of this generation reached the dead-letter queue."""
    if generation != task.generation:
        return task
    task = replace(task, attempts=_with_lost(task.attempts, all_over=True))
    if task.state in TERMINAL:
        return task
    error = _given_up([a for a in task.attempts if a.generation == generation])
    return replace(task, state=TaskState.failed, error=error, finished_at=at, dead_at=at)


def discarded(task: Task) -> Task:
    """The task when its dead letter is thrown away: it stays failed, and nobody waits."""
    return replace(task, dead_at=None)


def retried(task: Task, *, results_lost: bool = False) -> Task:
    """The task that failed or was cancelled as the next generation, of which nothing has happened
    yet; also one that has succeeded, if its results are lost."""
    again = task.state in {TaskState.failed, TaskState.cancelled}
    if not (again or (results_lost and task.state is TaskState.succeeded)):
        return task
    return replace(
        task,
        results=(),
        notices=(),
        generation=task.generation + 1,
        state=TaskState.queued,
        error=None,
        started_at=None,
        finished_at=None,
        dead_at=None,
    )


def recount(counts: Counts, changes: Iterable[tuple[TaskState, TaskState]]) -> Counts:
    """Counts after tasks went from the one state to the other."""
    numbers = {state: getattr(counts, state) for state in TaskState}
    for before, after in changes:
        numbers[before] -= 1
        numbers[after] += 1
    return Counts(**{str(state): number for state, number in numbers.items()})


def job_state(counts: Counts) -> JobState:
    """The state of a job with these tasks; finished exactly if all of them are."""
    if counts.unfinished:
        return JobState.queued if counts.queued == counts.total else JobState.running
    if counts.cancelled:
        return JobState.cancelled
    if counts.failed:
        return JobState.partial if counts.succeeded else JobState.failed
    return JobState.succeeded


def expired_leases(attempts: Sequence[Attempt]) -> int:
    """How many deliveries came because the lease before ran out, and not because of a release.

    A delivery whose `started` never arrived counts too: the numbering shows that it was there.
    """
    last: dict[int, int] = {}
    for attempt in attempts:
        last[attempt.generation] = max(attempt.receive_count, last.get(attempt.generation, 0))
    released = sum(
        a.outcome is Outcome.released and a.receive_count < last[a.generation] for a in attempts
    )
    return sum(last.values()) - len(last) - released


def _given_up(attempts: Iterable[Attempt]) -> ReportError:
    """Why no more attempts are made: what the last of them told. Most often it is no fault of the
    photo, so nothing is said of that which the attempts have not."""
    told = [attempt.error for attempt in attempts if attempt.error is not None]
    message = (
        f"Several attempts came to nothing. The last one: {told[-1].message}"
        if told
        else "Several attempts came to nothing: no worker told how they ended."
    )
    advice = told[-1].advice if told else "Retrying is safe."
    return ReportError(code=DEAD_LETTERED, message=message, advice=advice, permanent=False)


def _merged(attempt: Attempt | None, report: StatusReport) -> Attempt:
    """What is known of an attempt with this report added; the order of reports is no matter."""
    if attempt is None:
        attempt = Attempt(
            generation=report.generation,
            receive_count=report.receive_count,
            worker=report.worker,
            started_at=None,
            ended_at=None,
            outcome=Outcome.running,
        )
    outcome = _OUTCOME[report.kind]
    if outcome is Outcome.running:
        # a request that the queue lost and that is sent again counts its deliveries anew
        first = report.at if attempt.started_at is None else min(report.at, attempt.started_at)
        return replace(attempt, started_at=first)
    if _RANK[outcome] <= _RANK[attempt.outcome]:
        return attempt
    return replace(
        attempt,
        worker=report.worker,
        ended_at=report.at,
        outcome=outcome,
        error=report.error,
        cpu_seconds=report.cpu_seconds,
    )


def _with_lost(attempts: Iterable[Attempt], *, all_over: bool) -> tuple[Attempt, ...]:
    """Running attempts are lost once a later one of their generation is known, or all is over."""
    ordered = tuple(attempts)
    newest = {a.generation: a.receive_count for a in ordered}
    return tuple(
        replace(a, outcome=Outcome.lost)
        if a.outcome is Outcome.running
        and (a.receive_count < newest[a.generation] or (all_over and a is ordered[-1]))
        else a
        for a in ordered
    )


def _following(task: Task, *, settles: StatusReport) -> Task:
    """The task as its newest attempt has it; `settles` is the report that may have ended that."""
    if task.state in TERMINAL:
        return task
    present = [a for a in task.attempts if a.generation == task.generation]
    newest = present[-1].outcome if present else Outcome.released
    if newest is Outcome.running:
        return replace(task, state=TaskState.running)
    if newest is Outcome.succeeded:
        return replace(
            task,
            state=TaskState.succeeded,
            finished_at=present[-1].ended_at,
            results=settles.results,
            notices=settles.notices,
        )
    if newest is Outcome.failed:
        attempt = present[-1]
        return replace(
            task, state=TaskState.failed, error=attempt.error, finished_at=attempt.ended_at
        )
    return replace(task, state=TaskState.queued)


def _first_start(task: Task) -> float | None:
    present = (a.started_at for a in task.attempts if a.generation == task.generation)
    return min((at for at in present if at is not None), default=None)
