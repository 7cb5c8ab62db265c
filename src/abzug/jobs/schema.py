"""The tables. Portable types only: the same statements run on SQLite and PostgreSQL.

A change here needs a new file in migrations/versions and the new REVISION; a test compares.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
)

REVISION = "0003"
"""The newest migration, which this code needs."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    },
)

photos = Table(
    "photos",
    metadata,
    Column("id", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("filename", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("frames", Integer),
    Column("sha256", String, nullable=False),
    Column("key", String, nullable=False),
    Column("created_at", Float, nullable=False),
    # set instead of removing the row, where finished tasks still refer to it
    Column("deleted_at", Float),
    Index(None, "owner", "id"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("queued", Integer, nullable=False),
    Column("running", Integer, nullable=False),
    Column("succeeded", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("cancelled", Integer, nullable=False),
    # sums over the tasks' attempts, kept here so that nobody has to scan the attempts
    Column("attempts", Integer, nullable=False),
    Column("expired_leases", Integer, nullable=False),
    Column("cpu_seconds", Float, nullable=False),
    Column("edits", JSON, nullable=False),
    Column("outputs", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("finished_at", Float),
    Index(None, "owner", "kind", "id"),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", String, primary_key=True),
    Column("job_id", String, ForeignKey("jobs.id"), nullable=False),
    Column("owner", String, nullable=False),
    Column("photo_id", String, ForeignKey("photos.id"), nullable=False),
    Column("filename", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("generation", Integer, nullable=False),
    # NULL: those of the job, so that they are written once and not 5,000 times
    Column("edits", JSON(none_as_null=True)),
    Column("cost", Float, nullable=False),
    Column("check_existing", Boolean, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("error", JSON(none_as_null=True)),
    Column("notices", JSON(none_as_null=True)),
    Column("results", JSON(none_as_null=True)),
    # when its request reached the dead-letter queue; NULL for all others
    Column("dead_at", Float),
    # since when nothing was heard of it; NULL once it is finished
    Column("silent_since", Float),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("finished_at", Float),
    Index(None, "job_id", "position", unique=True),
    Index(None, "photo_id"),
    Index(None, "fingerprint"),
)
Index(
    "ix_tasks_dead",
    tasks.c.id,
    sqlite_where=tasks.c.dead_at.is_not(None),
    postgresql_where=tasks.c.dead_at.is_not(None),
)
Index(
    "ix_tasks_silent",
    tasks.c.silent_since,
    sqlite_where=tasks.c.silent_since.is_not(None),
    postgresql_where=tasks.c.silent_since.is_not(None),
)

attempts = Table(
    "attempts",
    metadata,
    Column("task_id", String, ForeignKey("tasks.id"), primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("receive_count", Integer, primary_key=True),
    Column("worker", String, nullable=False),
    Column("started_at", Float),
    Column("ended_at", Float),
    Column("outcome", String, nullable=False),
    Column("error", JSON(none_as_null=True)),
    Column("cpu_seconds", Float),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    # the request itself is made anew from the task, its job and its photo
    Column("task_id", String, ForeignKey("tasks.id"), primary_key=True),
    Column("since", Float, nullable=False),
    Index(None, "since"),
    sqlite_with_rowid=False,
)

events = Table(
    "events",
    metadata,
    # SQLite takes only INTEGER as a row number; AUTOINCREMENT: an id is never used again, not
    # even after all events were pruned, or a listener that resumes would miss the new ones
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("owner", String, nullable=False),
    Column("job_id", String, nullable=False),
    Column("task_id", String),
    Column("kind", String, nullable=False),
    Column("data", JSON, nullable=False),
    Column("at", Float, nullable=False),
    Index(None, "owner", "id"),
    Index(None, "at"),
    sqlite_autoincrement=True,
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("owner", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("body_hash", String, nullable=False),
    Column("job_id", String, nullable=False),
    Column("created_at", Float, nullable=False),
    Index(None, "created_at"),
    sqlite_with_rowid=False,
)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", Float, nullable=False),
)
