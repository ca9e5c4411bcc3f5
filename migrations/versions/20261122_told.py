"""What was told of a claim or on a channel, and what was sent since, is found without reading the whole outbox."""

from __future__ import annotations

from alembic import op

revision = "20261122_told"
down_revision = "20261122_many_sources"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds indexes on the time of telling by claim and by channel, and one on the time of sending alone."""
    op.create_index("ix_outbox_claim", "outbox", ["claim", "created_at"], unique=False)
    op.create_index("ix_outbox_channel", "outbox", ["channel", "created_at"], unique=False)
    op.drop_index("ix_outbox_sent", table_name="outbox")
    op.create_index("ix_outbox_sent", "outbox", ["state", "sent_at", "id"], unique=False)
