"""Since when nothing was heard of a task that is not finished."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("tasks", sa.Column("silent_since", sa.Float))
    op.execute(
        "UPDATE tasks SET silent_since = created_at WHERE state IN ('queued', 'running')",
    )
    op.create_index(
        "ix_tasks_silent",
        "tasks",
        ["silent_since"],
        sqlite_where=sa.text("silent_since IS NOT NULL"),
        postgresql_where=sa.text("silent_since IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_tasks_silent", "tasks")
    op.drop_column("tasks", "silent_since")
