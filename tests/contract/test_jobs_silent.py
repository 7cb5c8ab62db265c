"""Unfinished tasks of which nothing is heard: found by their time, and sent again."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.contract.conftest import Clock
from tests.support.orders import report, submitted

from abzug.jobs import silent as silence
from abzug.jobs.database import Jobs


def silent(jobs: Jobs, clock: Clock, seconds: float, limit: int = 10) -> list[str]:
    """Sends again what is silent for as long; the tasks that wait for it now."""
    jobs.send_silent(before=clock.now - seconds, limit=limit)
    return [request.task_id for request in jobs.unsent(older_than=0, limit=100)]


def test_a_task_is_silent_from_its_order_its_last_news_or_its_late_sending(
    jobs: Jobs, clock: Clock
) -> None:
    _, requests = submitted(jobs, 3)
    ids = [request.task_id for request in requests]
    jobs.mark_sent(ids[:2])
    clock.now += 100
    jobs.apply([report(requests[1], "started")])
    jobs.mark_sent(ids[2:])
    clock.now += 100

    assert silent(jobs, clock, 200.1) == []
    assert silent(jobs, clock, 150) == ids[:1]
    assert silent(jobs, clock, 99) == ids


def test_what_is_finished_is_never_silent(jobs: Jobs, clock: Clock) -> None:
    _, requests = submitted(jobs, 2)
    job, (cancelled,) = submitted(jobs)
    jobs.apply([report(requests[0], "succeeded"), report(requests[1], "failed")])
    jobs.cancel("ann", job.id)
    clock.now += 1e6

    assert silent(jobs, clock, 1) == []
    assert jobs.task("ann", cancelled.task_id).state == "cancelled"


def test_what_waits_to_be_sent_is_not_silent(jobs: Jobs, clock: Clock) -> None:
    submitted(jobs, 2)
    clock.now += 1000

    assert jobs.send_silent(before=clock.now, limit=10) == 0


def test_so_many_are_sent_again_at_once_the_longest_silent_first(jobs: Jobs, clock: Clock) -> None:
    jobs_of_one = []
    for _ in range(3):
        _, (request,) = submitted(jobs)
        jobs.mark_sent([request.task_id])
        jobs_of_one.append(request.task_id)
        clock.now += 10

    assert jobs.send_silent(before=clock.now, limit=2) == 2
    assert [r.task_id for r in jobs.unsent(older_than=0, limit=9)] == jobs_of_one[:2]
    assert jobs.send_silent(before=clock.now, limit=2) == 1
    assert jobs.send_silent(before=clock.now, limit=2) == 0


def test_what_is_sent_again_counts_its_deliveries_on(jobs: Jobs, clock: Clock) -> None:
    _, (request,) = submitted(jobs)
    jobs.mark_sent([request.task_id])
    jobs.apply([report(request, "released", 1), report(request, "started", 2)])
    clock.now += 1000

    jobs.send_silent(before=clock.now, limit=10)

    assert jobs.unsent(older_than=0, limit=10) == [request.model_copy(update={"earlier": 2})]
    assert jobs.task("ann", request.task_id).generation == 1


def test_silent_tasks_are_found_by_an_index(jobs: Jobs, database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL plans by the size of a table")
    with jobs._database.read() as connection:
        query = silence._SILENT.limit(10).params(before=1.0)
        sql = query.compile(connection, compile_kwargs={"literal_binds": True})
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()
    assert any("ix_tasks_silent" in step[-1] for step in plan)
    assert not any(step[-1] == "SCAN tasks" for step in plan)


def test_trackers_at_once_send_a_silent_task_once(jobs: Jobs, clock: Clock) -> None:
    _, requests = submitted(jobs, 40)
    jobs.mark_sent([request.task_id for request in requests])
    clock.now += 1000

    with ThreadPoolExecutor(4) as threads:
        found = list(
            threads.map(lambda _: jobs.send_silent(before=clock.now - 500, limit=30), range(8))
        )

    assert sum(found) == 40
