"""The database itself: migrations, transactions, leases, several processes, errors."""

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Never

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from tests.contract.conftest import Clock
from tests.support.orders import add_photos, order, report, submitted

from abzug.errors import ConfigError, DatabaseError
from abzug.jobs.database import Jobs, connect, downgrade, upgrade
from abzug.jobs.schema import metadata
from abzug.jobs.transactions import Database

SUBMIT = """
import sys
from pathlib import Path
from abzug.jobs.database import connect, upgrade
from tests.support.orders import add_photos, order
url, home = sys.argv[1], Path(sys.argv[2])
upgrade(url)
jobs = connect(url, home)
for _ in range(10):
    photos = add_photos(jobs, 2)
    jobs.create_job(order(photos))
print(jobs.create_job(order(photos, idempotency_key="k", body_hash="h"))[0].id)
"""


def test_the_migrations_make_the_tables_that_the_code_knows(jobs: Jobs, database_url: str) -> None:
    database = Database(database_url)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    database.close()


def test_a_downgrade_takes_every_table_away_and_an_upgrade_brings_them_back(
    jobs: Jobs, database_url: str
) -> None:
    add_photos(jobs)

    downgrade(database_url)
    with jobs._database.read() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}

    upgrade(database_url)
    assert jobs.list_photos("ann", limit=10).items == []


def test_a_database_of_the_first_version_is_upgraded_and_keeps_its_photos(
    jobs: Jobs, database_url: str
) -> None:
    (photo,) = add_photos(jobs)
    downgrade(database_url, "0001")
    with pytest.raises(DatabaseError, match="version"):
        jobs.ping()

    upgrade(database_url)

    assert jobs.photo("ann", photo.id) == replace(photo, frames=None)


def test_an_upgrade_of_an_upgraded_database_keeps_everything(jobs: Jobs, database_url: str) -> None:
    (photo,) = add_photos(jobs)

    upgrade(database_url)

    assert jobs.photo("ann", photo.id) == photo
    jobs.ping()


def test_a_database_that_is_not_upgraded_says_so(empty_url: str, tmp_path: Path) -> None:
    jobs = connect(empty_url, tmp_path)

    with pytest.raises(DatabaseError, match="version"):
        jobs.ping()
    with pytest.raises(DatabaseError):
        jobs.list_jobs("ann", limit=10)

    jobs.close()


def test_processes_at_once_upgrade_and_submit(empty_url: str, tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SUBMIT, empty_url, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    printed = {process.communicate()[0].strip() for process in processes}

    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(printed) == 1
    jobs = connect(empty_url, tmp_path)
    assert len(jobs.list_jobs("ann", limit=100).items) == 31
    assert len(jobs.unsent(older_than=-10, limit=100)) == 62
    jobs.close()


def test_what_was_acknowledged_is_there_after_reopening(
    jobs: Jobs, database_url: str, tmp_path: Path
) -> None:
    job, (request,) = submitted(jobs)
    jobs.apply([report(request, "started")])
    task = jobs.task("ann", request.task_id)

    again = connect(database_url, tmp_path)

    assert again.task("ann", request.task_id) == task
    assert again.job("ann", job.id).state == "running"
    again.close()


def test_readers_do_not_wait_for_a_writer(jobs: Jobs) -> None:
    job, _ = submitted(jobs)

    with jobs._database.write():
        assert jobs.job("ann", job.id) == job


def test_more_writers_than_connections_leave_readers_theirs(jobs: Jobs) -> None:
    started = threading.Barrier(81)
    photos = add_photos(jobs)

    def write() -> None:
        started.wait()
        jobs.acquire_lease("role", "me", 10)

    threads = [threading.Thread(target=write) for _ in range(80)]
    for thread in threads:
        thread.start()
    with jobs._database.write():
        started.wait()
        assert jobs.list_photos("ann", limit=10).items == photos
    for thread in threads:
        thread.join()


def test_a_transaction_that_fails_leaves_nothing(jobs: Jobs) -> None:
    photos = add_photos(jobs, 2)
    new = order(photos)

    class Stop(Exception):
        pass

    def fail() -> Never:
        from abzug.jobs import submit

        with jobs._database.write() as connection:
            submit.create(connection, new, submit.draft(new, 1.0))
            raise Stop

    with pytest.raises(Stop):
        fail()
    assert jobs.list_jobs("ann", limit=10).items == []
    assert jobs.last_event_id() == 0


def test_a_lease_has_one_holder_until_it_runs_out(jobs: Jobs, clock: Clock) -> None:
    assert jobs.acquire_lease("autoscaler", "one", 10)
    assert not jobs.acquire_lease("autoscaler", "two", 10)
    assert jobs.acquire_lease("other", "two", 10)

    clock.now += 8
    assert jobs.acquire_lease("autoscaler", "one", 10)
    clock.now += 8
    assert not jobs.acquire_lease("autoscaler", "two", 10)
    clock.now += 2
    assert jobs.acquire_lease("autoscaler", "two", 10)
    assert not jobs.acquire_lease("autoscaler", "one", 10)


def test_a_clock_that_is_set_back_keeps_no_role_for_who_is_gone(jobs: Jobs, clock: Clock) -> None:
    assert jobs.acquire_lease("outbox", "killed", 10)
    clock.now -= 3600
    assert jobs.acquire_lease("outbox", "other", 10)


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///:memory:", "mysql://x/y", "nonsense"])
def test_a_url_that_cannot_work_is_a_configuration_error(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        connect(url, tmp_path)


def test_a_file_that_is_no_database_is_a_database_error(tmp_path: Path) -> None:
    (tmp_path / "jobs.db").write_bytes(b"not a database, whatever its name says" * 100)

    with pytest.raises(DatabaseError):
        upgrade(f"sqlite:///{tmp_path / 'jobs.db'}")


def test_a_folder_that_cannot_be_made_is_a_database_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(DatabaseError):
        connect(f"sqlite:///{tmp_path / 'file' / 'jobs.db'}", tmp_path)
