"""The second reader's books."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_second_reader"
down_revision = "20261122_first"
branch_labels = None
depends_on = None

key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the table of questions and their answers."""
    op.create_table(
        "second_questions",
        sa.Column("id", key, nullable=False),
        sa.Column("key", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("claim", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("claim_version", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("model", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("answer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("fault", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("tokens_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tokens_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cost", sa.Float(53), server_default="0", nullable=False),
        sa.Column("took_s", sa.Float(53), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_questions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_second_questions_key"), "second_questions", ["key", "id"], unique=False)
    op.create_index(op.f("ix_second_questions_at"), "second_questions", ["at"], unique=False)
