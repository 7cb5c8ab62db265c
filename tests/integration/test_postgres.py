"""What only PostgreSQL can do wrong: many writers at once, connections that break, clocks."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from tests.support.orders import all_tasks, report, submitted
from tests.support.postgres import Postgres
from tests.support.waiting import until
from tests.support.web_server import WebServer

from abzug.errors import DatabaseError
from abzug.jobs.changes import write_events
from abzug.jobs.database import Jobs, connect
from abzug.jobs.rows import job_event

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'"
BREAK_ALL = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.make(upgraded=True)


@pytest.fixture
def jobs(url: str, tmp_path: Path) -> Iterator[Jobs]:
    opened = connect(url, tmp_path)
    yield opened
    opened.close()


def scalar(jobs: Jobs, statement: str) -> Any:
    with jobs._database.read() as connection:
        return connection.scalar(text(statement))


def break_connections(url: str, tmp_path: Path) -> None:
    """What a failover does: every connection but ours is gone."""
    other = connect(url, tmp_path)
    with other._database.write() as connection:
        connection.execute(text(BREAK_ALL))
    other.close()


def test_of_two_who_wait_for_each_other_the_one_that_is_undone_goes_again(jobs: Jobs) -> None:
    ids = [submitted(jobs)[0].id for _ in range(2)]
    both_hold_one, tries = threading.Barrier(2), []

    def rename(first: str, second: str) -> None:
        def step(connection: Connection) -> None:
            connection.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
            statement = text("UPDATE jobs SET name = name || :more WHERE id = :id")
            tries.append(first)
            connection.execute(statement, {"more": "!", "id": first})
            if tries.count(first) == 1:
                both_hold_one.wait()
            connection.execute(statement, {"more": "?", "id": second})

        jobs._database.run(step)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(rename, ids, reversed(ids)))

    names = [jobs.job("ann", id_).name for id_ in ids]
    assert [sorted(name.removeprefix("Wedding")) for name in names] == [["!", "?"]] * 2
    assert len(tries) > 2


def test_what_is_undone_for_ever_is_an_error_in_the_end(jobs: Jobs) -> None:
    tries = []

    def step(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"))

    with pytest.raises(DatabaseError):
        jobs._database.run(step)

    assert len(tries) == 6


def test_no_event_appears_before_one_with_a_lower_number(jobs: Jobs) -> None:
    job, _ = submitted(jobs)
    first = jobs.last_event_id()

    with jobs._database.write() as connection:
        write_events(connection, [job_event(job, 1.0)])
        second = threading.Thread(target=submitted, args=[jobs])
        second.start()
        until(lambda: scalar(jobs, WAITING) == 1)
        assert jobs.last_event_id() == first
    second.join()

    events = jobs.events("ann", after=first, limit=10)
    assert [event.at == 1.0 for event in events] == [True, False]


def test_trackers_at_once_apply_the_same_reports_once(url: str, jobs: Jobs, tmp_path: Path) -> None:
    made = [submitted(jobs, 30) for _ in range(3)]
    requests = [request for _, of_job in made for request in of_job]
    reports = [report(r, kind) for r in requests for kind in ("started", "succeeded")]
    trackers = [connect(url, tmp_path) for _ in range(3)]

    def track(tracker: Jobs) -> None:
        mine = random.sample(reports, len(reports))
        for start in range(0, len(mine), 10):
            tracker.apply(mine[start : start + 10])

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(track, trackers))

    assert jobs.stats()["attempts"] == 90
    for job, _ in made:
        assert jobs.job("ann", job.id).counts.succeeded == 30
        assert {task.state for task in all_tasks(jobs, job)} == {"succeeded"}
    for tracker in trackers:
        tracker.close()


def test_a_lease_does_not_depend_on_the_clock_of_its_holder(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert jobs.acquire_lease("autoscaler", "one", 60)

    monkeypatch.setattr("time.time", lambda: 4e9)

    assert not jobs.acquire_lease("autoscaler", "two", 60)
    assert jobs.acquire_lease("autoscaler", "one", 60)


def test_a_database_that_comes_back_is_used_again(url: str, jobs: Jobs, tmp_path: Path) -> None:
    job, _ = submitted(jobs)

    break_connections(url, tmp_path)

    assert jobs.job("ann", job.id) == job


def test_a_listener_that_was_cut_off_looks_for_what_it_missed(
    url: str, jobs: Jobs, tmp_path: Path
) -> None:
    jobs.wait(0)
    assert not jobs.wait(0)
    break_connections(url, tmp_path)

    with pytest.raises(DatabaseError):
        until(lambda: jobs.wait(10))

    assert jobs.wait(0)
    assert not jobs.wait(0)
    submitted(jobs)
    assert jobs.wait(10)


def test_whoever_waits_can_be_woken_without_the_database(jobs: Jobs) -> None:
    jobs.wait(0)
    jobs.nudge()

    assert jobs.wait(60)


def test_writers_who_wait_leave_readers_their_connections(jobs: Jobs) -> None:
    job, _ = submitted(jobs)
    with jobs._database.write() as connection:
        connection.execute(text("SELECT 1 FROM jobs FOR UPDATE"))
        writers = [threading.Thread(target=jobs.cancel, args=["ann", job.id]) for _ in range(40)]
        for writer in writers:
            writer.start()

        assert jobs.job("ann", job.id) == job
    for writer in writers:
        writer.join()
    assert jobs.job("ann", job.id).state == "cancelled"


def test_a_web_server_starts_without_its_database_and_says_so(tmp_path: Path) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    with WebServer(tmp_path / "home", database_url=nowhere) as web:
        answer = web.http.get("/readyz")

    assert answer.status_code == 503
    assert "database" in answer.text
