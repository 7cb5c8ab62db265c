"""How many frames a photo has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("photos", sa.Column("frames", sa.Integer))


def downgrade() -> None:
    op.drop_column("photos", "frames")
