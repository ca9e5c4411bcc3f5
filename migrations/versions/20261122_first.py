"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261122_first"
down_revision = None
branch_labels = None
depends_on = None

key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)
data = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Makes every table, and the full-text index in the way of each database."""
    op.create_table(
        "articles",
        sa.Column("id", key, nullable=False),
        sa.Column("url", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("source", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("host", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lang", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("published", moment, nullable=True),
        sa.Column("first_seen", moment, nullable=False),
        sa.Column("last_seen", moment, nullable=False),
        sa.Column("version_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("backlog", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("checks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("flaps", sa.Integer(), server_default="0", nullable=False),
        sa.Column("flapping", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("etag", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("last_modified", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("last_checked_at", moment, nullable=True),
        sa.Column("revisit_at", moment, nullable=True),
        sa.Column("last_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lease_holder", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lease_until", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("url", name=op.f("uq_articles_url")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_articles_first_seen"), "articles", ["first_seen"], unique=False)
    op.create_index(op.f("ix_articles_revisit_at"), "articles", ["revisit_at"], unique=False)
    op.create_index(op.f("ix_articles_source"), "articles", ["source"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", key, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("who", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("action", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("thing_kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("thing", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("before", data, nullable=True),
        sa.Column("after", data, nullable=True),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index("ix_audit_thing", "audit", ["thing_kind", "thing", "at"], unique=False)
    op.create_table(
        "copy_groups",
        sa.Column("id", key, nullable=False),
        sa.Column("lang", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy_groups")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "digests",
        sa.Column("id", key, nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("period_start", moment, nullable=False),
        sa.Column("period_end", moment, nullable=False),
        sa.Column("record", data, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint("kind", "period_start", name=op.f("uq_digests_kind_period_start")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "host_gates",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("next_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host_gates")),
        sqlite_autoincrement=False,
    )
    op.create_table(
        "jobs",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started_at", moment, nullable=True),
        sa.Column("finished_at", moment, nullable=True),
        sa.Column("ok_at", moment, nullable=True),
        sa.Column("took_s", sa.Float(precision=53), nullable=True),
        sa.Column("result", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("runs", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_jobs")),
        sqlite_autoincrement=False,
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("until", moment, nullable=True),
        sa.Column("token", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
        sqlite_autoincrement=False,
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", data, nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marks")),
        sqlite_autoincrement=False,
    )
    op.create_table(
        "outbox",
        sa.Column("id", key, nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("thing_id", key, nullable=False),
        sa.Column("channel", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("part", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("thread", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("claim", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("story", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("keys", data, nullable=True),
        sa.Column("held_until", moment, nullable=True),
        sa.Column("batched", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("payload", data, nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", moment, nullable=True),
        sa.Column("lease_holder", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("last_error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("message_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("kind", "thing_id", "channel", "part", name=op.f("uq_outbox_kind_thing_id_channel_part")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_due", "outbox", ["state", "next_attempt_at", "id"], unique=False)
    op.create_index("ix_outbox_sent", "outbox", ["channel", "sent_at"], unique=False)
    op.create_table(
        "search_rows",
        sa.Column("id", key, nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("thing_id", key, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("source", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lang", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("claim", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("topic", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("relation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_rows")),
        sa.UniqueConstraint("kind", "thing_id", name=op.f("uq_search_rows_kind_thing_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sign_ins",
        sa.Column("id", key, nullable=False),
        sa.Column("who", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ok", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sign_ins_address", "sign_ins", ["address", "at"], unique=False)
    op.create_index("ix_sign_ins_who", "sign_ins", ["who", "at"], unique=False)
    op.create_table(
        "snoozes",
        sa.Column("id", key, nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("thing", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("lifted_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snoozes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_snoozes_until", "snoozes", ["until"], unique=False)
    op.create_table(
        "sources",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("configured_url", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("url", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("host", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("listed", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("etag", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("last_modified", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("body_hash", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("first_polled_at", moment, nullable=True),
        sa.Column("last_polled_at", moment, nullable=True),
        sa.Column("last_ok_at", moment, nullable=True),
        sa.Column("last_entry_at", moment, nullable=True),
        sa.Column("next_poll_at", moment, nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("last_detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("silent_polls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("usual_gap", sa.Float(53), nullable=True),
        sa.Column("longest_gap", sa.Float(53), nullable=True),
        sa.Column("health", sa.Text(), server_default=sa.text("'new'"), nullable=False),
        sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("paused_until", moment, nullable=True),
        sa.Column("lease_holder", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lease_until", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sqlite_autoincrement=False,
    )
    op.create_index("ix_sources_due", "sources", ["next_poll_at"], unique=False)
    op.create_table(
        "stories",
        sa.Column("id", key, nullable=False),
        sa.Column("claim", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("relation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("slot", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("value", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("first_at", moment, nullable=False),
        sa.Column("last_at", moment, nullable=False),
        sa.Column("merged_into", key, nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["stories.id"], name=op.f("fk_stories_merged_into"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stories_last_at", "stories", ["last_at"], unique=False)
    op.create_index(op.f("ix_stories_merged_into"), "stories", ["merged_into"], unique=False)
    op.create_index("ix_stories_subject", "stories", ["claim", "relation", "slot", "last_at"], unique=False)
    op.create_table(
        "tallies",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("step", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("thing", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("count", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("day", "step", "reason", "thing", name=op.f("pk_tallies")),
        sqlite_autoincrement=False,
    )
    op.create_table(
        "tokens",
        sa.Column("id", key, nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("digest", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("owner", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("scopes", data, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=True),
        sa.Column("last_used_at", moment, nullable=True),
        sa.Column("revoked_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "users",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("role", sa.Text(), server_default=sa.text("'reader'"), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("last_seen_at", moment, nullable=True),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_users")),
        sqlite_autoincrement=False,
    )
    op.create_table(
        "watch_versions",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("rules_hash", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("first_used_at", moment, nullable=False),
        sa.Column("summary", data, nullable=True),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_watch_versions")),
        sqlite_autoincrement=False,
    )
    op.create_table(
        "addresses",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("article_id", key, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_addresses_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_addresses")),
        sqlite_autoincrement=False,
    )
    op.create_index(op.f("ix_addresses_article_id"), "addresses", ["article_id"], unique=False)
    op.create_table(
        "entries",
        sa.Column("id", key, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("url", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("host", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("published", moment, nullable=True),
        sa.Column("published_raw", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("updated", moment, nullable=True),
        sa.Column("summary", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("content", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("author", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lang", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("notes", data, nullable=True),
        sa.Column("first_seen", moment, nullable=False),
        sa.Column("last_seen", moment, nullable=False),
        sa.Column("backlog", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("stage", sa.Text(), server_default=sa.text("'new'"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", moment, nullable=True),
        sa.Column("lease_holder", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("article_id", key, nullable=True),
        sa.Column("finished_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_entries_article_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name=op.f("fk_entries_source"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_entries_source_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_entries_article_id"), "entries", ["article_id"], unique=False)
    op.create_index("ix_entries_due", "entries", ["stage", "next_attempt_at", "id"], unique=False)
    op.create_index("ix_entries_finished_at", "entries", ["finished_at"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("csrf", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name=op.f("fk_sessions_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sessions")),
        sqlite_autoincrement=False,
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_sessions_user"), "sessions", ["user"], unique=False)
    op.create_table(
        "source_events",
        sa.Column("id", key, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name=op.f("fk_source_events_source"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_source_events_at"), "source_events", ["at"], unique=False)
    op.create_table(
        "story_moves",
        sa.Column("id", key, nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("from_story", key, nullable=False),
        sa.Column("to_story", key, nullable=False),
        sa.Column("members", data, nullable=True),
        sa.Column("why", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("undone_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["from_story"], ["stories.id"], name=op.f("fk_story_moves_from_story"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["to_story"], ["stories.id"], name=op.f("fk_story_moves_to_story"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_moves")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_story_moves_from_story"), "story_moves", ["from_story"], unique=False)
    op.create_index(op.f("ix_story_moves_to_story"), "story_moves", ["to_story"], unique=False)
    op.create_table(
        "versions",
        sa.Column("id", key, nullable=False),
        sa.Column("article_id", key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("digest", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=True),
        sa.Column("recipe", sa.Integer(), server_default="1", nullable=False),
        sa.Column("lang", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("author", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("site", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("published", moment, nullable=True),
        sa.Column("agency", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("origin", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("fetched_at", moment, nullable=False),
        sa.Column("copy_group_id", key, nullable=True),
        sa.Column("analysed_with", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("rules_hash", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("analysed_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_versions_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["copy_group_id"], ["copy_groups.id"], name=op.f("fk_versions_copy_group_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_versions_article_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_versions_copy_group_id"), "versions", ["copy_group_id"], unique=False)
    op.create_index("ix_versions_digest", "versions", ["digest", "recipe"], unique=False)
    op.create_index("ix_versions_fetched_at", "versions", ["fetched_at", "id"], unique=False)
    op.create_index(
        "uq_versions_current",
        "versions",
        ["article_id"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
    op.create_table(
        "article_sources",
        sa.Column("article_id", key, nullable=False),
        sa.Column("source", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("entry_id", key, nullable=True),
        sa.Column("first_seen", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_sources_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_article_sources_entry_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("article_id", "source", name=op.f("pk_article_sources")),
        sqlite_autoincrement=False,
    )
    op.create_index(op.f("ix_article_sources_entry_id"), "article_sources", ["entry_id"], unique=False)
    op.create_index(op.f("ix_article_sources_source"), "article_sources", ["source"], unique=False)
    op.create_table(
        "copy_bands",
        sa.Column("recipe", sa.Integer(), server_default="1", nullable=False),
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("version_id", key, nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_copy_bands_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("recipe", "band", "version_id", name=op.f("pk_copy_bands")),
        sqlite_autoincrement=False,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_copy_bands_version_id"), "copy_bands", ["version_id"], unique=False)
    op.create_table(
        "copy_members",
        sa.Column("version_id", key, nullable=False),
        sa.Column("group_id", key, nullable=False),
        sa.Column("like_version_id", key, nullable=True),
        sa.Column("similarity", sa.Float(precision=53), nullable=False),
        sa.Column("joined_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["copy_groups.id"], name=op.f("fk_copy_members_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_copy_members_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_copy_members")),
        sqlite_autoincrement=False,
    )
    op.create_index(op.f("ix_copy_members_group_id"), "copy_members", ["group_id"], unique=False)
    op.create_table(
        "findings",
        sa.Column("id", key, nullable=False),
        sa.Column("version_id", key, nullable=False),
        sa.Column("article_id", key, nullable=False),
        sa.Column("claim", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("topic", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("relation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("confidence", sa.Float(precision=53), nullable=False),
        sa.Column("certainty", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("attribution", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("edited", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("backlog", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("watch_version", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("rules_hash", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("compared_with", data, nullable=True),
        sa.Column("evidence", data, nullable=True),
        sa.Column("reads", data, nullable=True),
        sa.Column("steps", data, nullable=True),
        sa.Column("redline", data, nullable=True),
        sa.Column("source", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lang", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("published", moment, nullable=True),
        sa.Column("found_at", moment, nullable=False),
        sa.Column("importance", sa.Float(precision=53), nullable=True),
        sa.Column("verdict", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("verdict_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("verdict_at", moment, nullable=True),
        sa.Column("verdict_note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("snoozed_until", moment, nullable=True),
        sa.Column("superseded_at", moment, nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_findings_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_findings_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint("version_id", "claim", "edited", name=op.f("uq_findings_version_id_claim_edited")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_findings_article_id"), "findings", ["article_id"], unique=False)
    op.create_index("ix_findings_claim", "findings", ["claim", "found_at", "id"], unique=False)
    op.create_index("ix_findings_found_at", "findings", ["found_at", "id"], unique=False)
    op.create_index("ix_findings_open", "findings", ["verdict", "found_at"], unique=False)
    op.create_index("ix_findings_relation", "findings", ["relation", "found_at"], unique=False)
    op.create_index("ix_findings_topic", "findings", ["topic", "found_at"], unique=False)
    op.create_table(
        "near_misses",
        sa.Column("id", key, nullable=False),
        sa.Column("version_id", key, nullable=False),
        sa.Column("claim", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("score", sa.Float(precision=53), nullable=False),
        sa.Column("failed", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("evidence", data, nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_near_misses_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_near_misses")),
        sa.UniqueConstraint("version_id", "claim", name=op.f("uq_near_misses_version_id_claim")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_near_misses_at"), "near_misses", ["at"], unique=False)
    op.create_table(
        "pages",
        sa.Column("id", key, nullable=False),
        sa.Column("url", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("entry_id", key, nullable=True),
        sa.Column("article_id", key, nullable=True),
        sa.Column("fetched_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("content_type", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("put_off", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_pages_article_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_pages_entry_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_pages_article_id"), "pages", ["article_id"], unique=False)
    op.create_index(op.f("ix_pages_entry_id"), "pages", ["entry_id"], unique=False)
    op.create_index(op.f("ix_pages_expires_at"), "pages", ["expires_at"], unique=False)
    op.create_index("ix_pages_put_off", "pages", ["put_off", "id"], unique=False)
    op.create_table(
        "topic_hits",
        sa.Column("id", key, nullable=False),
        sa.Column("version_id", key, nullable=False),
        sa.Column("topic", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("score", sa.Float(precision=53), nullable=False),
        sa.Column("spans", data, nullable=True),
        sa.Column("steps", data, nullable=True),
        sa.Column("rules_hash", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_topic_hits_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_hits")),
        sa.UniqueConstraint("version_id", "topic", name=op.f("uq_topic_hits_version_id_topic")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_topic_hits_topic", "topic_hits", ["topic", "at"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("id", key, nullable=False),
        sa.Column("claim", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("topic", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("relation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("severity", sa.Text(), server_default=sa.text("'normal'"), nullable=False),
        sa.Column("headline", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("finding_id", key, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("snoozed_until", moment, nullable=True),
        sa.Column("decided_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("merged_into", key, nullable=True),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_alerts_finding_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["alerts.id"], name=op.f("fk_alerts_merged_into"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alerts_claim", "alerts", ["claim", "created_at"], unique=False)
    op.create_index("ix_alerts_created_at", "alerts", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_alerts_finding_id"), "alerts", ["finding_id"], unique=False)
    op.create_index(op.f("ix_alerts_merged_into"), "alerts", ["merged_into"], unique=False)
    op.create_table(
        "digest_findings",
        sa.Column("kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("finding_id", key, nullable=False),
        sa.Column("digest_id", key, nullable=False),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digests.id"], name=op.f("fk_digest_findings_digest_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_digest_findings_finding_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "finding_id", name=op.f("pk_digest_findings")),
        sqlite_autoincrement=False,
    )
    op.create_index(op.f("ix_digest_findings_digest_id"), "digest_findings", ["digest_id"], unique=False)
    op.create_table(
        "finding_changes",
        sa.Column("id", key, nullable=False),
        sa.Column("finding_id", key, nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("slot", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("type", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("evidence", data, nullable=True),
        sa.Column("story_id", key, nullable=True),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_finding_changes_finding_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_finding_changes_story_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_changes")),
        sa.UniqueConstraint("finding_id", "position", name=op.f("uq_finding_changes_finding_id_position")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_finding_changes_story_id"), "finding_changes", ["story_id"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("id", key, nullable=False),
        sa.Column("claim", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("slot", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("learned_at", moment, nullable=False),
        sa.Column("finding_id", key, nullable=True),
        sa.Column("on_whose_word", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("accepted_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("supersedes", key, nullable=True),
        sa.Column("look_again_at", sa.Date(), nullable=True),
        sa.Column("undone_at", moment, nullable=True),
        sa.Column("undone_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_ledger_finding_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["supersedes"], ["ledger.id"], name=op.f("fk_ledger_supersedes"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ledger_finding_id"), "ledger", ["finding_id"], unique=False)
    op.create_index(op.f("ix_ledger_look_again_at"), "ledger", ["look_again_at"], unique=False)
    op.create_index("ix_ledger_slot", "ledger", ["claim", "slot", "learned_at"], unique=False)
    op.create_index(op.f("ix_ledger_supersedes"), "ledger", ["supersedes"], unique=False)
    op.create_table(
        "story_members",
        sa.Column("id", key, nullable=False),
        sa.Column("story_id", key, nullable=False),
        sa.Column("finding_id", key, nullable=False),
        sa.Column("slot", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("value", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("version_id", key, nullable=False),
        sa.Column("source", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("family", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("agency", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lang", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("why", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_story_members_finding_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_story_members_story_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_story_members_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_members")),
        sa.UniqueConstraint("finding_id", "slot", "value", name=op.f("uq_story_members_finding_id_slot_value")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_story_members_story_id"), "story_members", ["story_id"], unique=False)
    op.create_index(op.f("ix_story_members_version_id"), "story_members", ["version_id"], unique=False)
    op.create_table(
        "alert_decisions",
        sa.Column("id", key, nullable=False),
        sa.Column("alert_id", key, nullable=True),
        sa.Column("finding_id", key, nullable=True),
        sa.Column("claim", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("rule", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("action", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("severity", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("channels", data, nullable=True),
        sa.Column("until", moment, nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_alert_decisions_alert_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_alert_decisions_finding_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_decisions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_alert_decisions_alert_id"), "alert_decisions", ["alert_id"], unique=False)
    op.create_index(op.f("ix_alert_decisions_at"), "alert_decisions", ["at"], unique=False)
    op.create_index(op.f("ix_alert_decisions_finding_id"), "alert_decisions", ["finding_id"], unique=False)
    op.create_table(
        "alert_keys",
        sa.Column("id", key, nullable=False),
        sa.Column("alert_id", key, nullable=False),
        sa.Column("claim", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("relation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("slot", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("value", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("story_id", key, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_keys_alert_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_alert_keys_story_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_keys")),
        sa.UniqueConstraint(
            "claim",
            "relation",
            "slot",
            "value",
            "story_id",
            name=op.f("uq_alert_keys_claim_relation_slot_value_story_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_alert_keys_alert_id"), "alert_keys", ["alert_id"], unique=False)
    op.create_index(op.f("ix_alert_keys_story_id"), "alert_keys", ["story_id"], unique=False)
    op.create_table(
        "alert_publishers",
        sa.Column("id", key, nullable=False),
        sa.Column("alert_id", key, nullable=False),
        sa.Column("finding_id", key, nullable=True),
        sa.Column("source", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("family", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("country", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.Boolean(), nullable=True),
        sa.Column("tier", sa.Integer(), server_default="2", nullable=False),
        sa.Column("agency", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("url", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lang", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("published", moment, nullable=True),
        sa.Column("group", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_alert_publishers_alert_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_alert_publishers_finding_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_publishers")),
        sa.UniqueConstraint("alert_id", "source", "url", name=op.f("uq_alert_publishers_alert_id_source_url")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_alert_publishers_finding_id"), "alert_publishers", ["finding_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE search_words ("
            " id BIGINT PRIMARY KEY REFERENCES search_rows (id) ON DELETE CASCADE, words TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX search_words_words ON search_words USING gin (words)")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE search_words USING fts5 (words, content='', tokenize='unicode61 remove_diacritics 0')"
        )
