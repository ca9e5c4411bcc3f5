"""What the review pages ask most stands in an index; days that are over are counted once; edits keep what was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_quick_pages"
down_revision = "20261122_work_in_hand"
branch_labels = None
depends_on = None

waiting = "verdict = '' AND relation IN ('adds', 'changes', 'denies') AND NOT backlog AND superseded_at IS NULL"
parts = {
    "ix_findings_standing": (
        "superseded_at IS NULL",
        ["claim", "found_at", "relation", "verdict", "backlog", "source"],
    ),
    "ix_findings_waiting": (waiting, ["id", "topic", "claim"]),
    "ix_findings_judged": ("verdict <> ''", ["id", "topic", "confidence", "verdict"]),
}


def upgrade() -> None:
    """Adds the sentence before an edit, the table of counted days, and indexes over parts of the findings."""
    op.add_column("findings", sa.Column("before", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "topic_days",
        sa.Column("topic", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("articles", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("topic", "day", name=op.f("pk_topic_days")),
    )
    for column in ("claim", "topic"):  # newest first means in the order of numbers
        op.drop_index(f"ix_findings_{column}", table_name="findings")
        op.create_index(f"ix_findings_{column}", "findings", [column, "id"], unique=False)
    op.drop_index("ix_versions_fetched_at", table_name="versions")
    op.create_index("ix_versions_fetched_at", "versions", ["fetched_at", "id", "rules_hash", "current"], unique=False)
    for name, (where, columns) in parts.items():
        said = sa.text(where)
        op.create_index(name, "findings", columns, unique=False, sqlite_where=said, postgresql_where=said)
