"""The state machine: the same reports give the same task, whatever order they arrive in."""

import itertools
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abzug.jobs import states
from abzug.jobs.records import (
    FINISHED,
    TERMINAL,
    Attempt,
    Counts,
    JobState,
    Outcome,
    Task,
    TaskState,
)
from abzug.messages import Notice, ReportError, ReportKind, ResultRef, StatusReport

NOTICE = Notice(code="first_frame", text="Only frame 1.")
BROKEN = ReportError(code="truncated", message="The file ends too early.", permanent=True)
RESULT = ResultRef(
    name="web",
    format="jpeg",
    media_type="image/jpeg",
    key="results/ann/0.jpg",
    width=4,
    height=3,
    bytes=12,
)


def task(**changes: Any) -> Task:
    fresh = Task(
        id="tk_1",
        job_id="jb_1",
        owner="ann",
        photo_id="ph_1",
        filename="a.jpg",
        position=0,
        state=TaskState.queued,
        generation=1,
        error=None,
        notices=(),
        results=(),
        attempts=(),
        created_at=0.0,
    )
    return replace(fresh, **changes)


def report(
    kind: str, receive_count: int = 1, *, generation: int = 1, at: float = 1.0, **more: Any
) -> StatusReport:
    if kind == "succeeded":
        more.setdefault("results", (RESULT,))
    if kind == "failed":
        more.setdefault("error", BROKEN)
    return StatusReport(
        kind=ReportKind(kind),
        task_id="tk_1",
        job_id="jb_1",
        owner="ann",
        generation=generation,
        receive_count=receive_count,
        worker=f"w{receive_count}",
        at=at,
        **more,
    )


def after(*reports: StatusReport, of: Task | None = None) -> Task:
    current = of or task()
    for news in reports:
        current = states.reported(current, news)
    return current


def outcomes(current: Task) -> list[Outcome | None]:
    return [attempt.outcome for attempt in current.attempts]


def test_a_started_task_runs_since_its_start() -> None:
    running = after(report("started", at=5.0))

    assert running.state is TaskState.running
    assert running.started_at == 5.0
    assert running.finished_at is None


def test_a_success_brings_results_and_notices() -> None:
    done = after(report("started"), report("succeeded", at=7.0, notices=(NOTICE,)))

    assert done.state is TaskState.succeeded
    assert done.results == (RESULT,)
    assert done.notices == (NOTICE,)
    assert done.finished_at == 7.0


def test_a_failure_brings_its_reason() -> None:
    failed = after(report("started"), report("failed", at=7.0))

    assert failed.state is TaskState.failed
    assert failed.error == BROKEN
    assert failed.attempts[0].error == BROKEN


def test_a_released_task_is_queued_again() -> None:
    back = after(report("started"), report("released", at=3.0))

    assert back.state is TaskState.queued
    assert back.started_at == 1.0
    assert outcomes(back) == [Outcome.released]


def test_a_release_that_arrives_after_the_next_start_leaves_the_task_running() -> None:
    running = after(report("started", 1), report("started", 2), report("released", 1))

    assert running.state is TaskState.running
    assert outcomes(running) == [Outcome.released, Outcome.running]


def test_a_start_that_arrives_after_its_end_only_fills_in_the_time() -> None:
    done = after(report("succeeded", at=7.0), report("started", at=5.0))

    assert done.state is TaskState.succeeded
    assert done.attempts[0].started_at == 5.0
    assert done.started_at == 5.0


def test_an_attempt_that_never_ended_is_lost_once_the_next_begins() -> None:
    assert outcomes(after(report("started", 1), report("started", 2))) == [
        Outcome.lost,
        Outcome.running,
    ]


def test_a_lost_attempt_that_ends_after_all_is_not_lost() -> None:
    late = after(report("started", 1), report("started", 2), report("succeeded", 1))

    assert outcomes(late) == [Outcome.succeeded, Outcome.running]


def test_of_two_ends_of_one_attempt_the_stronger_stands() -> None:
    for weak, strong in [("released", "failed"), ("released", "succeeded")]:
        for pair in itertools.permutations([report(weak, at=3.0), report(strong, at=4.0)]):
            assert after(*pair) == after(report(strong, at=4.0))


@pytest.mark.parametrize("end", ["succeeded", "failed"])
@pytest.mark.parametrize("other", ["started", "released"])
def test_an_attempt_that_lost_its_lease_to_another_settles_nothing(end: str, other: str) -> None:
    before = after(report("started", 1), report(other, 2, at=30.0))
    late = after(report(end, 1, at=40.0), of=before)

    assert late.state == before.state
    assert late.error is None
    assert late.results == ()
    assert late.finished_at is None


@pytest.mark.parametrize(("first", "second"), [("succeeded", "failed"), ("failed", "succeeded")])
def test_a_state_that_ended_stays_whatever_another_attempt_says(first: str, second: str) -> None:
    ended = after(report("started", 1), report(first, 1, at=7.0))
    later = after(report("started", 2, at=8.0), report(second, 2, at=9.0), of=ended)

    assert replace(later, attempts=()) == replace(ended, attempts=())
    assert outcomes(later) == [Outcome(first), Outcome(second)]


def test_a_finished_task_is_not_restarted() -> None:
    for end in ("succeeded", "failed"):
        again = after(report(end, 1), report("started", 2, at=9.0))
        assert again.state == end
        assert outcomes(again) == [Outcome(end), Outcome.running]


def test_a_cancelled_task_stays_so_but_its_timeline_goes_on() -> None:
    cancelled = after(report("started"), of=task(state=TaskState.cancelled, finished_at=2.0))
    cancelled = after(report("succeeded", at=3.0), of=cancelled)

    assert cancelled.state is TaskState.cancelled
    assert cancelled.finished_at == 2.0
    assert outcomes(cancelled) == [Outcome.succeeded]


def test_a_retry_begins_a_new_generation_and_forgets_the_failure() -> None:
    retried = states.retried(after(report("failed")))

    assert retried.state is TaskState.queued
    assert retried.generation == 2
    assert retried.error is None
    assert retried.started_at is None
    assert retried.finished_at is None
    assert len(retried.attempts) == 1


@pytest.mark.parametrize("state", [TaskState.queued, TaskState.running, TaskState.succeeded])
def test_what_goes_on_or_has_succeeded_is_not_retried(state: TaskState) -> None:
    assert states.retried(task(state=state)) == task(state=state)


def test_a_cancelled_task_is_retried_and_runs() -> None:
    retried = states.retried(after(report("started"), of=task(state=TaskState.cancelled)))

    assert (retried.state, retried.generation) == (TaskState.queued, 2)
    assert after(report("started", generation=2), of=retried).state is TaskState.running


def test_a_dead_letter_tells_the_cause_that_its_last_attempt_told() -> None:
    full = ReportError(
        code="store_full", message="The photo store is full.", advice="Free.", permanent=False
    )
    tried = after(
        report("released", 1, error=BROKEN), report("released", 2, error=full), report("started", 3)
    )

    dead = states.dead_lettered(tried, generation=1, at=30.0)

    assert dead.error is not None
    assert dead.error.message.endswith("The photo store is full.")
    assert dead.error.advice == "Free."
    assert "photo is the cause" not in dead.error.message + dead.error.advice


@pytest.mark.parametrize("kind", ["started", "released", "failed", "succeeded"])
def test_reports_of_an_older_generation_neither_end_nor_restart(kind: str) -> None:
    retried = states.retried(after(report("failed", 1)))
    late = after(report(kind, 2, generation=1), of=retried)

    assert replace(late, attempts=()) == replace(retried, attempts=())
    assert len(late.attempts) == 2


def test_a_dead_letter_fails_its_task_and_loses_its_last_attempt() -> None:
    dead = states.dead_lettered(after(report("started", 5)), generation=1, at=30.0)

    assert dead.state is TaskState.failed
    assert states.is_dead_lettered(dead)
    assert dead.dead_at == dead.finished_at == 30.0
    assert outcomes(dead) == [Outcome.lost]
    assert states.dead_lettered(dead, generation=1, at=31.0) == dead


@pytest.mark.parametrize("end", ["succeeded", "failed"])
def test_a_dead_letter_of_a_finished_task_changes_nothing(end: str) -> None:
    done = after(report(end))

    assert states.dead_lettered(done, generation=1, at=30.0) == done


def test_a_dead_letter_of_an_older_generation_changes_nothing() -> None:
    retried = states.retried(after(report("failed")))

    assert states.dead_lettered(retried, generation=1, at=30.0) is retried


@pytest.mark.parametrize("kind", ["started", "released", "failed", "succeeded"])
def test_a_dead_lettered_task_is_not_changed_by_late_news(kind: str) -> None:
    dead = states.dead_lettered(after(report("started", 1)), generation=1, at=30.0)
    later = after(report(kind, 2), of=dead)

    assert replace(later, attempts=()) == replace(dead, attempts=())


def test_a_discarded_dead_letter_stays_failed_and_can_be_retried() -> None:
    dead = states.dead_lettered(after(report("started")), generation=1, at=30.0)
    discarded = states.discarded(dead)

    assert discarded.state is TaskState.failed
    assert discarded.dead_at is None
    assert states.dead_lettered(discarded, generation=1, at=40.0) == discarded
    assert states.retried(discarded).state is TaskState.queued


def attempt(receive_count: int, outcome: Outcome, generation: int = 1) -> Attempt:
    return Attempt(generation, receive_count, "w", 1.0, None, outcome)


@pytest.mark.parametrize(
    ("attempts", "expected"),
    [
        ([], 0),
        ([attempt(1, Outcome.running)], 0),
        ([attempt(1, Outcome.lost), attempt(2, Outcome.running)], 1),
        ([attempt(1, Outcome.released), attempt(2, Outcome.running)], 0),
        ([attempt(1, Outcome.released)], 0),
        ([attempt(3, Outcome.running)], 2),
        ([attempt(1, Outcome.succeeded), attempt(2, Outcome.succeeded)], 1),
        ([attempt(1, Outcome.failed), attempt(2, Outcome.running, generation=2)], 1),
    ],
)
def test_leases_that_ran_out_are_deliveries_without_a_release_before(
    attempts: list[Attempt], expected: int
) -> None:
    assert states.expired_leases(attempts) == expected


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        (Counts(queued=3), "queued"),
        (Counts(queued=2, running=1), "running"),
        (Counts(queued=2, failed=1), "running"),
        (Counts(running=3), "running"),
        (Counts(succeeded=3), "succeeded"),
        (Counts(failed=3), "failed"),
        (Counts(succeeded=2, failed=1), "partial"),
        (Counts(succeeded=2, cancelled=1), "cancelled"),
        (Counts(failed=1, succeeded=1, cancelled=1), "cancelled"),
    ],
)
def test_the_states_of_the_tasks_make_the_state_of_the_job(counts: Counts, state: str) -> None:
    assert states.job_state(counts) is JobState(state)


# What workers can say of one task: each attempt may start, and may end in one way; and each
# report may come several times.

History = tuple[list[StatusReport], list[StatusReport]]
ENDS = st.sampled_from([None, "released", "failed", "succeeded"])


SETTLING = {"failed", "succeeded"}


@st.composite
def histories(draw: st.DrawFn, *, one_settles: bool = False) -> History:
    """The reports of all attempts at one task, each at least once, shuffled.

    one_settles: only the newest attempt does, as while every lease is held.
    """
    known = []
    drawn = draw(st.lists(st.tuples(st.booleans(), ENDS), min_size=1, max_size=5))
    for number, (starts, end) in enumerate(drawn, start=1):
        if one_settles and number < len(drawn) and end in SETTLING:
            continue
        if starts:
            known.append(report("started", number, at=10.0 * number))
        if end:
            known.append(report(end, number, at=10.0 * number + draw(st.floats(1, 30))))
    repeated = draw(st.lists(st.sampled_from(known), max_size=6)) if known else []
    return known, draw(st.permutations(known + repeated))


@given(histories(one_settles=True))
def test_order_and_repetition_of_reports_do_not_matter(history: History) -> None:
    known, shuffled = history

    assert after(*shuffled) == after(*known)


@given(histories())
def test_a_state_that_ended_stays_whatever_comes(history: History) -> None:
    current = task()
    for news in history[1]:
        before, current = current, states.reported(current, news)
        if before.state in TERMINAL:
            assert replace(current, attempts=(), started_at=None) == replace(
                before, attempts=(), started_at=None
            )


@given(histories())
def test_every_report_said_twice_is_said_once(history: History) -> None:
    current = task()
    for news in history[1]:
        current = states.reported(current, news)
        assert states.reported(current, news) == current


@given(st.lists(histories(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_counts_of_a_job_always_equal_the_states_of_its_tasks(
    all_histories: list[History], random: Random
) -> None:
    tasks = [task() for _ in all_histories]
    counts = Counts(queued=len(tasks))
    news = [(i, r) for i, (_, reports) in enumerate(all_histories) for r in reports]
    random.shuffle(news)

    for i, said in news:
        changed = states.reported(tasks[i], said)
        counts = states.recount(counts, [(tasks[i].state, changed.state)])
        tasks[i] = changed

        assert counts == Counts(**{s: sum(t.state == s for t in tasks) for s in TaskState})
        finished = states.job_state(counts) in FINISHED
        assert finished == all(t.state in TERMINAL for t in tasks)
