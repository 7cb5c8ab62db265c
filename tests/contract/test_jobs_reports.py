"""News of tasks: reports, dead letters, events, and the sums of them."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.contract.conftest import Clock
from tests.support.orders import (
    BROKEN,
    NOTICE,
    RESULT,
    add_photos,
    all_tasks,
    order,
    report,
    submitted,
    summary_of,
)

from abzug.errors import NotFound
from abzug.jobs import states
from abzug.jobs.changes import write_events
from abzug.jobs.database import Jobs, connect
from abzug.jobs.records import Counts, JobSummary, Task, TaskState, TaskSummary, WorkerSeen
from abzug.jobs.rows import job_event, task_event
from abzug.jobs.schema import tasks
from abzug.messages import EditRequest, Notice

AT = 1_700_000_100.0


def counted(tasks: Sequence[Task]) -> Counts:
    return Counts(**{state: sum(t.state == state for t in tasks) for state in TaskState})


def test_a_job_runs_from_its_first_start_to_its_last_end(jobs: Jobs) -> None:
    job, requests = submitted(jobs, 2)

    jobs.apply([report(requests[0], "started", at=AT)])
    running = jobs.job("ann", job.id)
    jobs.apply([report(r, "succeeded", at=AT + 5 * i) for i, r in enumerate(requests)])
    done = jobs.job("ann", job.id)

    assert (running.state, running.counts) == ("running", Counts(queued=1, running=1))
    assert (running.started_at, running.finished_at) == (AT, None)
    assert (done.state, done.counts) == ("succeeded", Counts(succeeded=2))
    assert (done.started_at, done.finished_at) == (AT, AT + 5)


def test_the_database_does_what_the_state_machine_says(jobs: Jobs) -> None:
    _, (request,) = submitted(jobs)
    expected = jobs.task("ann", request.task_id)
    news = [
        report(request, "released", 1, at=AT, error=BROKEN),
        report(request, "started", 2, at=AT + 1),
        report(request, "started", 3, at=AT + 2),
        report(request, "failed", 3, at=AT + 3, cpu_seconds=0.5),
        report(request, "succeeded", 2, at=AT + 4, notices=(NOTICE,)),
        report(request, "started", 3, at=AT + 2),
    ]

    for said in news:
        expected = states.reported(expected, said)
        jobs.apply([said])
        assert jobs.task("ann", request.task_id) == expected


def test_reports_in_any_order_and_number_end_in_the_same_state(jobs: Jobs) -> None:
    job, requests = submitted(jobs, 6)
    ends = ["succeeded", "failed", "succeeded", "failed", "succeeded", "succeeded"]
    news = []
    for request, end in zip(requests, ends, strict=True):
        news += [report(request, "started", n, at=AT + n) for n in (1, 2, 3)]
        news += [report(request, "released", 1, at=AT + 1.5), report(request, end, 3, at=AT + 9)]
    shuffled = news * 2
    random.Random(7).shuffle(shuffled)

    for i in range(0, len(shuffled), 7):
        jobs.apply(shuffled[i : i + 7])
        now = jobs.job("ann", job.id)
        assert now.counts == counted(all_tasks(jobs, job))
        assert now.state == states.job_state(now.counts)

    assert [task.state for task in all_tasks(jobs, job)] == ends
    assert jobs.job("ann", job.id).state == "partial"
    assert [a.outcome for a in all_tasks(jobs, job)[0].attempts] == [
        "released",
        "lost",
        "succeeded",
    ]


def test_trackers_at_once_apply_the_same_reports_once(jobs: Jobs) -> None:
    job, requests = submitted(jobs, 12)
    news = [report(r, kind) for r in requests for kind in ("started", "succeeded")]

    with ThreadPoolExecutor(4) as threads:
        batches = [news[i : i + 6] for i in range(0, len(news), 6)] * 4
        list(threads.map(jobs.apply, batches))

    done = jobs.job("ann", job.id)
    assert done.counts == Counts(succeeded=12)
    assert jobs.stats()["attempts"] == 12
    assert jobs.stats()["cpu_seconds"] == pytest.approx(12 * 0.25)


def test_reports_of_unknown_tasks_and_wrong_jobs_are_passed_over(jobs: Jobs) -> None:
    job, (request,) = submitted(jobs)
    other, _ = submitted(jobs)
    last = jobs.last_event_id()
    strange = request.model_copy(update={"task_id": "tk_unknown"})
    wrong = request.model_copy(update={"job_id": other.id})
    lost = request.model_copy(update={"job_id": "jb_unknown"})

    for sent in (strange, wrong, lost):
        assert jobs.apply([report(sent, "succeeded")]) == 0

    assert jobs.job("ann", job.id) == job
    assert jobs.job("ann", other.id) == other
    assert jobs.last_event_id() == last
    assert jobs.apply([]) == 0


# dead letters


def buried(jobs: Jobs, *requests: EditRequest) -> list[str]:
    """The tasks that wait for an operator, of those whose requests are in the dead-letter queue."""
    return [one.task.id for one in jobs.mark_dead(requests)]


def test_a_dead_letter_fails_its_task_and_waits_for_an_operator(jobs: Jobs, clock: Clock) -> None:
    job, (request, _) = submitted(jobs, 2)
    jobs.apply([report(request, "started", n) for n in range(1, 6)])
    clock.now += 100

    assert [(one.task.id, one.is_new) for one in jobs.mark_dead([request])] == [
        (request.task_id, True)
    ]
    assert [(one.task.id, one.is_new) for one in jobs.mark_dead([request])] == [
        (request.task_id, False)
    ]

    (dead,) = jobs.dead_tasks(limit=10).items
    assert dead == jobs.task("ann", request.task_id)
    assert dead.error
    assert (dead.state, dead.error.code) == ("failed", "dead_lettered")
    assert dead.finished_at == clock.now
    assert [attempt.outcome for attempt in dead.attempts] == ["lost"] * 5
    assert jobs.job("ann", job.id).counts == Counts(queued=1, failed=1)


def test_dead_letters_are_counted_until_somebody_cares_for_them(jobs: Jobs) -> None:
    job, requests = submitted(jobs, 2)
    jobs.mark_dead(requests)
    assert jobs.stats()["dead_letters"] == 2

    jobs.retry("ann", job.id, [requests[0].task_id])
    assert jobs.stats()["dead_letters"] == 1
    jobs.discard_dead([requests[1].task_id])
    assert jobs.stats()["dead_letters"] == 0


def test_a_dead_letter_is_not_sent_again_by_itself(jobs: Jobs, clock: Clock) -> None:
    _, (request,) = submitted(jobs)
    jobs.mark_sent([request.task_id])
    clock.now += 100
    assert jobs.send_silent(before=clock.now, limit=10) == 1

    jobs.mark_dead([request])

    assert jobs.unsent(older_than=0, limit=10) == []


def test_dead_letters_of_all_owners_are_listed_in_pages(jobs: Jobs, clock: Clock) -> None:
    dead = []
    for owner in ("ann", "bob", "ann"):
        clock.now += 1
        _, (request,) = submitted(jobs, owner=owner)
        dead.append(request.task_id)
        jobs.mark_dead([request])

    first = jobs.dead_tasks(limit=2)
    second = jobs.dead_tasks(limit=2, cursor=first.next_cursor)

    assert [task.id for task in first.items + second.items] == dead[::-1]
    assert second.next_cursor is None


def test_a_retried_dead_letter_leaves_a_stale_message_behind(jobs: Jobs) -> None:
    job, (request,) = submitted(jobs)
    jobs.mark_dead([request])

    _, (again,) = jobs.retry("ann", job.id)

    assert jobs.dead_tasks(limit=10).items == []
    assert buried(jobs, request) == []
    assert jobs.task("ann", request.task_id).state == "queued"
    assert buried(jobs, again) == [request.task_id]


def test_the_message_of_a_finished_task_is_stale(jobs: Jobs) -> None:
    _, requests = submitted(jobs, 2)
    jobs.apply([report(requests[0], "succeeded"), report(requests[1], "failed")])

    assert buried(jobs, *requests) == []

    assert jobs.dead_tasks(limit=10).items == []
    assert jobs.task("ann", requests[1].task_id).error == BROKEN


def test_a_dead_letter_stays_on_the_list_whatever_a_worker_says_later(jobs: Jobs) -> None:
    _, (request,) = submitted(jobs)
    jobs.mark_dead([request])

    jobs.apply([report(request, "succeeded", 5)])

    (dead,) = jobs.dead_tasks(limit=10).items
    assert dead.state == "failed"
    assert dead.error is not None
    assert dead.error.code == "dead_lettered"


def test_a_discarded_dead_letter_stays_failed_and_its_message_is_stale(jobs: Jobs) -> None:
    job, (request,) = submitted(jobs)
    jobs.mark_dead([request])

    assert jobs.discard_dead([request.task_id, "tk_unknown"]) == 1
    assert jobs.discard_dead([request.task_id]) == 0

    assert jobs.dead_tasks(limit=10).items == []
    assert buried(jobs, request) == []
    assert jobs.job("ann", job.id).state == "failed"


# events


def test_a_batch_writes_one_event_a_task_and_one_a_job(jobs: Jobs) -> None:
    _, requests = submitted(jobs, 3)
    last = jobs.last_event_id()

    changed = jobs.apply(
        [report(r, kind) for r in requests[:2] for kind in ("started", "succeeded")]
    )

    assert changed == 2
    events = jobs.events("ann", after=last, limit=10)
    *of_tasks, of_job = [event.shown for event in events]
    assert sorted(task.id for task in of_tasks) == sorted(r.task_id for r in requests[:2])
    assert {task.state for task in of_tasks} == {"succeeded"}
    assert isinstance(of_job, JobSummary)
    assert of_job.counts == Counts(queued=1, succeeded=2)
    ids = [event.id for event in events]
    assert ids == sorted(set(ids))
    assert ids[-1] == jobs.last_event_id()


def test_an_event_shows_the_task_as_it_was_then(jobs: Jobs) -> None:
    _, (request,) = submitted(jobs)
    jobs.apply([report(request, "started", at=AT)])
    running = jobs.task("ann", request.task_id)
    jobs.apply([report(request, "succeeded", at=AT, notices=(NOTICE,))])

    shown = [event.shown for event in jobs.events("ann", after=0, limit=10)]

    assert [task for task in shown if isinstance(task, TaskSummary)] == [
        summary_of(running),
        summary_of(jobs.task("ann", request.task_id)),
    ]


def test_events_that_the_first_version_wrote_are_read(jobs: Jobs) -> None:
    job, (request,) = submitted(jobs)
    told = Notice(code="text", text="Only the first of 2 pages.")
    jobs.apply([report(request, "succeeded", at=AT + 0.125, notices=(told,))])
    last = jobs.last_event_id()
    job, task = jobs.job("ann", job.id), jobs.task("ann", request.task_id)
    finished_at = "2023-11-14T22:15:00.125Z"
    of_job = {
        "id": job.id,
        "name": "Wedding",
        "kind": "job",
        "state": "succeeded",
        "counts": {"total": 1, **asdict(job.counts)},
        "created_at": "2023-11-14T22:13:20.000Z",
        "started_at": None,
        "finished_at": finished_at,
    }
    of_task = {
        "id": task.id,
        "job_id": job.id,
        "photo_id": task.photo_id,
        "filename": task.filename,
        "state": "succeeded",
        "generation": 1,
        "error": None,
        "notices": ["Only the first of 2 pages."],
        "results": [RESULT.model_dump(exclude={"version"})],
        "created_at": "2023-11-14T22:13:20.000Z",
        "started_at": None,
        "finished_at": finished_at,
    }
    with jobs._database.write() as connection:
        write_events(connection, [job_event(job, 1.0) | {"data": {"job": of_job}}])
        write_events(connection, [task_event(task, 1.0) | {"data": {"task": of_task}}])

    shown = [event.shown for event in jobs.events("ann", after=last, limit=10)]

    assert shown == [summary_of(job), summary_of(task)]


def test_notices_that_the_first_version_wrote_are_read(jobs: Jobs) -> None:
    _, (request,) = submitted(jobs)
    jobs.apply([report(request, "succeeded", notices=(NOTICE,))])
    with jobs._database.write() as connection:
        connection.execute(update(tasks).values(notices=["Only frame 1."]))

    task = jobs.task("ann", request.task_id)

    assert task.notices == (Notice(code="text", text="Only frame 1."),)


def test_news_that_only_touch_the_timeline_write_no_event(jobs: Jobs) -> None:
    _, (request,) = submitted(jobs)
    jobs.apply([report(request, "started", 1), report(request, "succeeded", 1)])
    last = jobs.last_event_id()

    assert jobs.apply([report(request, "started", 2)]) == 0
    assert jobs.apply([report(request, "succeeded", 1)]) == 0

    assert jobs.last_event_id() == last
    assert len(jobs.task("ann", request.task_id).attempts) == 2


def test_events_are_read_on_from_the_last_one_seen(jobs: Jobs) -> None:
    submitted(jobs)
    submitted(jobs, owner="bob")
    submitted(jobs)

    (first,) = jobs.events("ann", after=0, limit=1)
    (second,) = jobs.events("ann", after=first.id, limit=10)

    assert jobs.events("ann", after=second.id, limit=10) == []


def test_ids_of_events_grow_even_after_all_were_pruned(jobs: Jobs, clock: Clock) -> None:
    submitted(jobs)
    last = jobs.last_event_id()
    clock.now += 100

    jobs.prune(events_older_than=50, idempotency_older_than=50)
    assert jobs.events("ann", after=0, limit=10) == []
    submitted(jobs)

    assert jobs.last_event_id() > last


def test_pruning_forgets_all_old_events_and_no_new_ones(jobs: Jobs, clock: Clock) -> None:
    job, _ = submitted(jobs)
    with jobs._database.write() as connection:
        write_events(connection, [job_event(job, clock.now)] * 2500)
    clock.now += 100
    last = jobs.last_event_id()
    submitted(jobs)

    jobs.prune(events_older_than=50, idempotency_older_than=50)

    assert [event.id > last for event in jobs.events("ann", after=0, limit=10)] == [True]


def test_a_change_wakes_who_waits_elsewhere(
    jobs: Jobs, database_url: str, clock: Clock, tmp_path: Path
) -> None:
    other = connect(database_url, tmp_path, clock)
    other.wait(0)

    job, (request,) = submitted(jobs)
    assert other.wait(10)
    jobs.apply([report(request, "started")])
    assert other.wait(10)
    jobs.apply([report(request, "started")])
    assert not other.wait(0)
    jobs.cancel("ann", job.id)
    assert other.wait(10)

    other.close()


# sums


def test_stats_add_up_tasks_attempts_and_leases_that_ran_out(jobs: Jobs) -> None:
    _, requests = submitted(jobs, 3)
    jobs.apply([report(requests[0], "started", 1), report(requests[0], "succeeded", 3)])
    jobs.apply([report(requests[1], "released", 1), report(requests[1], "failed", 2)])
    jobs.apply([report(requests[0], "succeeded", 3)])

    assert jobs.stats() == {
        "tasks": {"queued": 1, "running": 0, "succeeded": 1, "failed": 1, "cancelled": 0},
        "attempts": 4,
        "expired_leases": 2,
        "cpu_seconds": 0.25,
        "dead_letters": 0,
        "waiting_cpu_seconds": pytest.approx(1.5 * 2.25 / 3.5),
        "pace": pytest.approx(2.25 / 3.5),
    }


def test_workers_are_known_by_what_they_reported(jobs: Jobs) -> None:
    _, requests = submitted(jobs, 2)
    jobs.apply([report(requests[0], "started", at=AT), report(requests[1], "started", at=AT + 1)])
    jobs.apply([report(requests[0], "succeeded", at=AT + 7)])

    assert jobs.workers() == [WorkerSeen("worker-1", last_seen=AT + 7, editing=1)]


def test_stats_of_an_empty_database_are_zero(jobs: Jobs) -> None:
    assert jobs.stats() == {
        "tasks": dict.fromkeys(TaskState, 0),
        "attempts": 0,
        "expired_leases": 0,
        "cpu_seconds": 0.0,
        "dead_letters": 0,
        "waiting_cpu_seconds": 0.0,
        "pace": 1.0,
    }


def test_the_pace_follows_what_workers_report(jobs: Jobs) -> None:
    _, requests = submitted(jobs, 200)
    jobs.apply([report(r, "succeeded", cpu_seconds=3.0) for r in requests])

    assert jobs.pace() == pytest.approx(2, rel=0.01)


def test_a_single_odd_photo_hardly_changes_the_pace(jobs: Jobs) -> None:
    _, (request,) = submitted(jobs)
    jobs.apply([report(request, "succeeded", cpu_seconds=3.0)])

    assert 1 < jobs.pace() < 1.5


def test_results_that_were_there_already_say_nothing_of_the_pace(jobs: Jobs) -> None:
    _, requests = submitted(jobs, 20)
    jobs.apply([report(r, "succeeded", cpu_seconds=0.0, reused=True) for r in requests])

    assert jobs.pace() == 1


@pytest.mark.parametrize(("reported", "bound"), [(1e9, 20), (1e-9, 0.05)])
def test_a_worker_whose_clock_is_wrong_cannot_turn_the_pace_beyond_its_bounds(
    jobs: Jobs, reported: float, bound: float
) -> None:
    _, requests = submitted(jobs, 40)
    jobs.apply([report(r, "succeeded", cpu_seconds=reported) for r in requests])

    assert jobs.pace() == bound


def test_what_is_not_there_is_named_in_the_error(jobs: Jobs) -> None:
    with pytest.raises(NotFound, match="no task tk_x"):
        jobs.task("ann", "tk_x")
    with pytest.raises(NotFound, match="no job jb_x"):
        jobs.job("ann", "jb_x")


def test_a_task_without_news_is_as_it_was_created(jobs: Jobs) -> None:
    job, (request,) = submitted(jobs)
    task = jobs.task("ann", request.task_id)

    assert task == replace(task, attempts=(), results=(), notices=(), error=None)
    assert task.created_at == job.created_at


def test_results_that_were_there_already_come_with_the_words_of_those_who_made_them(
    jobs: Jobs,
) -> None:
    photos = add_photos(jobs, 1)
    for number in range(3):
        job, requests, _ = jobs.create_job(order(photos))
        said = {"reused": True} if number else {"notices": (NOTICE,)}
        jobs.apply([report(requests[0], "succeeded", **said)])

        assert all_tasks(jobs, job)[0].notices == (NOTICE,)


def test_anothers_words_stay_anothers(jobs: Jobs) -> None:
    [photo] = add_photos(jobs, 1, owner="bob")
    _, [first], _ = jobs.create_job(order([photo], owner="bob"))
    jobs.apply([report(first, "succeeded", notices=(NOTICE,))])
    [copy] = add_photos(jobs, 1)
    job, [request], _ = jobs.create_job(order([copy]))

    jobs.apply([report(request, "succeeded", reused=True)])

    assert all_tasks(jobs, job)[0].notices == ()
