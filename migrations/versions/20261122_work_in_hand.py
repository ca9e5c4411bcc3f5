"""Rows in work are found among the many that are not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_work_in_hand"
down_revision = "20261122_second_reader"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds a partial index on the lease of entries and of articles."""
    taken = sa.text("lease_until IS NOT NULL")
    for table in ("articles", "entries"):
        op.create_index(
            f"ix_{table}_leased", table, ["lease_until"], sqlite_where=taken, postgresql_where=taken, unique=False
        )
