"""Run by Alembic on the connection that database.upgrade gives it, inside its transaction."""

from __future__ import annotations

from alembic import context

from abzug.jobs.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
