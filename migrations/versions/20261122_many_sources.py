"""Sources that are due, and those in work, stand in an index, in the order in which they are asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_many_sources"
down_revision = "20261122_quick_pages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds a partial index on the lease of sources, and the source to the index of what is due."""
    taken = sa.text("lease_until IS NOT NULL")
    op.create_index(
        "ix_sources_leased", "sources", ["lease_until"], sqlite_where=taken, postgresql_where=taken, unique=False
    )
    op.drop_index("ix_sources_due", table_name="sources")
    op.create_index("ix_sources_due", "sources", ["next_poll_at", "id"], unique=False)
