"""Tables of the way in: sources, entries, pages, articles, copies, stories, topic hits and findings."""

from __future__ import annotations

import sqlalchemy as sa

from pipeline.storage.columns import Key, Span, Words
from pipeline.storage.tables.declare import (
    at,
    count,
    flag,
    lease,
    leased,
    number,
    part,
    record,
    ref,
    table,
    text,
)

# What waits for a reviewer. Said in words, not in values: a database uses an index over a part of the rows only for
# a question that names that part in the same words.
WAITING = "verdict = '' AND relation IN ('adds', 'changes', 'denies') AND NOT backlog AND superseded_at IS NULL"

# --- collecting ---------------------------------------------------------------------------------------------------

sources = table(
    "sources",
    sa.Column("id", Words, primary_key=True),
    text("configured_url"),  # of sources.yaml; another one there starts the state afresh
    text("url"),  # after permanent redirects
    text("host"),
    sa.Column("listed", sa.Boolean, nullable=False, server_default=sa.true()),  # still in sources.yaml
    text("etag"),
    text("last_modified"),
    text("body_hash"),
    at("first_polled_at"),
    at("last_polled_at"),
    at("last_ok_at"),
    at("last_entry_at"),
    at("next_poll_at"),
    count("failures"),
    text("last_reason"),
    text("last_detail"),
    count("silent_polls"),
    sa.Column("usual_gap", Span),
    sa.Column("longest_gap", Span),
    text("health", default="new"),
    flag("retired"),
    flag("paused"),
    at("paused_until"),
    *lease(),
    sa.Index("ix_sources_due", "next_poll_at", "id"),
    leased("sources"),
)

source_events = table(
    "source_events",
    number(),
    sa.Column("source", Words, sa.ForeignKey("sources.id", ondelete="CASCADE"), nullable=False),
    at("at", null=False, index=True),
    text("kind"),  # failing, silent, recovered, gone, moved, not-a-feed, paused, resumed
    text("detail"),
)

entries = table(
    "entries",
    number(),
    sa.Column("source", Words, sa.ForeignKey("sources.id", ondelete="CASCADE"), nullable=False),
    text("key"),
    text("url"),
    text("host"),
    text("title"),
    at("published"),
    text("published_raw"),
    at("updated"),
    text("summary"),
    text("content"),
    text("author"),
    text("lang"),
    record("notes"),
    at("first_seen", null=False),
    at("last_seen", null=False),
    flag("backlog"),  # older than the source's first poll: raises no alert
    text("stage", default="new"),  # new, fetch, done, skipped, failed
    text("reason"),
    text("detail"),
    count("attempts"),
    at("next_attempt_at"),
    *lease(),
    ref("article_id", "articles", null=True, gone="SET NULL", index=True),
    at("finished_at"),
    sa.UniqueConstraint("source", "key"),
    sa.Index("ix_entries_source", "source", "id"),
    sa.Index("ix_entries_due", "stage", "next_attempt_at", "id"),
    sa.Index("ix_entries_finished_at", "finished_at"),
    leased("entries"),
)

pages = table(
    "pages",
    number(),
    text("url"),
    ref("entry_id", "entries", null=True, gone="SET NULL", index=True),
    ref("article_id", "articles", null=True, gone="SET NULL", index=True),
    at("fetched_at", null=False),
    at("expires_at", null=False, index=True),
    text("content_type"),
    flag("put_off"),  # no topic could be reached: extraction was put off
    sa.Column("body", sa.LargeBinary, nullable=False),  # zlib
    count("size"),  # bytes before compression
    sa.Index("ix_pages_put_off", "put_off", "id"),
)

host_gates = table("host_gates", sa.Column("host", Words, primary_key=True), at("next_at", null=False))

# --- articles -----------------------------------------------------------------------------------------------------

articles = table(
    "articles",
    number(),
    text("url", unique=True),  # canonical
    text("source", index=True),  # that brought it first
    text("host"),
    text("title"),
    text("lang"),
    at("published"),
    at("first_seen", null=False, index=True),
    at("last_seen", null=False),
    count("version_count"),
    flag("backlog"),
    count("checks"),
    count("changes"),
    count("flaps"),
    flag("flapping"),
    text("etag"),
    text("last_modified"),
    at("last_checked_at"),
    at("revisit_at", index=True),
    text("last_reason"),
    *lease(),
    leased("articles"),
)

addresses = table(
    "addresses",
    sa.Column("url", Words, primary_key=True),  # every address that led to the article, canonical form
    ref("article_id", "articles", index=True),
)

article_sources = table(
    "article_sources",
    ref("article_id", "articles"),
    text("source", index=True),
    ref("entry_id", "entries", null=True, gone="SET NULL", index=True),
    at("first_seen", null=False),
    sa.PrimaryKeyConstraint("article_id", "source"),
)

versions = table(
    "versions",
    number(),
    ref("article_id", "articles"),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("current", sa.Boolean, nullable=False, server_default=sa.true()),
    text("title"),
    text("text"),
    text("digest"),
    sa.Column("sketch", sa.LargeBinary),
    count("recipe", 1),
    text("lang"),
    text("author"),
    text("site"),
    at("published"),
    text("agency"),
    text("origin"),  # page, json-ld, feed
    at("fetched_at", null=False),
    ref("copy_group_id", "copy_groups", null=True, gone="SET NULL", index=True),
    text("analysed_with"),  # watch version, "" when not analysed
    text("rules_hash"),
    at("analysed_at"),
    sa.UniqueConstraint("article_id", "number"),
    sa.Index("ix_versions_digest", "digest", "recipe"),
    sa.Index("ix_versions_fetched_at", "fetched_at", "id", "rules_hash", "current"),
    sa.Index(
        "uq_versions_current",
        "article_id",
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    ),
)

copy_bands = table(
    "copy_bands",
    count("recipe", 1),
    sa.Column("band", sa.BigInteger, nullable=False),  # hash of a band's key
    ref("version_id", "versions", index=True),
    sa.PrimaryKeyConstraint("recipe", "band", "version_id"),
    sqlite_with_rowid=False,  # the key is the whole row: half the space
)

copy_groups = table("copy_groups", number(), text("lang"), at("created_at", null=False))

copy_members = table(
    "copy_members",  # why a version stands in its group
    sa.Column("version_id", Key, sa.ForeignKey("versions.id", ondelete="CASCADE"), primary_key=True),
    ref("group_id", "copy_groups", index=True),
    sa.Column("like_version_id", Key),  # that it resembles
    sa.Column("similarity", sa.Float(53), nullable=False),
    at("joined_at", null=False),
)

stories = table(
    "stories",
    number(),
    text("claim"),
    text("relation"),
    text("slot"),
    text("value"),
    at("first_at", null=False),
    at("last_at", null=False),
    ref("merged_into", "stories", null=True, gone="SET NULL", index=True),
    sa.Index("ix_stories_subject", "claim", "relation", "slot", "last_at"),
    sa.Index("ix_stories_last_at", "last_at"),
)

story_members = table(
    "story_members",
    number(),
    ref("story_id", "stories", index=True),
    ref("finding_id", "findings"),
    text("slot"),
    text("value"),
    ref("version_id", "versions", index=True),
    text("source"),
    text("family"),
    text("agency"),
    text("lang"),
    at("at", null=False),
    text("why"),
    sa.UniqueConstraint("finding_id", "slot", "value"),
)

story_moves = table(
    "story_moves",  # merges and splits, to be explained and undone
    number(),
    text("kind"),  # merge, split
    ref("from_story", "stories", index=True),
    ref("to_story", "stories", index=True),
    record("members"),
    text("why"),
    text("by"),
    at("at", null=False),
    at("undone_at"),
)

# --- findings -----------------------------------------------------------------------------------------------------

topic_hits = table(
    "topic_hits",
    number(),
    ref("version_id", "versions"),
    text("topic"),
    sa.Column("score", sa.Float(53), nullable=False),
    record("spans"),
    record("steps"),
    text("rules_hash"),
    at("at", null=False),  # when the version was fetched
    sa.UniqueConstraint("version_id", "topic"),
    sa.Index("ix_topic_hits_topic", "topic", "at"),
    sa.Index("ix_topic_hits_at", "at", "topic", "version_id"),
)

findings = table(
    "findings",
    number(),
    ref("version_id", "versions"),
    ref("article_id", "articles", index=True),
    text("claim"),
    text("topic"),
    text("relation"),
    sa.Column("confidence", sa.Float(53), nullable=False),
    text("certainty"),
    text("attribution"),
    flag("edited"),
    text("before"),  # of an edited one: the sentence that said otherwise in the version before
    flag("backlog"),
    text("watch_version"),
    text("rules_hash"),
    record("compared_with"),  # {slot: value} known at the time
    record("evidence"),
    record("reads"),  # every value read, the unchanged ones too
    record("steps"),
    record("redline"),
    text("source"),
    text("lang"),
    at("published"),
    at("found_at", null=False),
    sa.Column("importance", sa.Float(53)),
    text("verdict"),  # "", confirmed, dismissed, accepted
    text("verdict_by"),
    at("verdict_at"),
    text("verdict_note"),
    at("snoozed_until"),
    at("superseded_at"),  # a later version or rule no longer says so
    count("revision", 1),  # two reviewers do not overwrite each other
    sa.UniqueConstraint("version_id", "claim", "edited"),
    sa.Index("ix_findings_claim", "claim", "id"),
    sa.Index("ix_findings_claim_verdict", "claim", "verdict", "id"),
    sa.Index("ix_findings_found_at", "found_at", "id"),
    sa.Index("ix_findings_relation", "relation", "found_at"),
    sa.Index("ix_findings_topic", "topic", "id"),
    sa.Index("ix_findings_open", "verdict", "found_at"),
    part(
        "ix_findings_standing", "superseded_at IS NULL", "claim", "found_at", "relation", "verdict", "backlog", "source"
    ),
    part("ix_findings_counted", "superseded_at IS NULL", "claim", "relation", "found_at"),
    part("ix_findings_waiting", WAITING, "id", "topic", "claim"),
    part("ix_findings_waiting_claim", WAITING, "claim", "id", "found_at"),
    part("ix_findings_waiting_topic", WAITING, "topic", "id"),
    part("ix_findings_judged", "verdict <> ''", "id", "topic", "confidence", "verdict"),
)

finding_changes = table(
    "finding_changes",
    number(),
    ref("finding_id", "findings"),
    count("position"),
    text("slot"),
    text("type"),
    sa.Column("old", Words),
    text("new"),
    record("evidence"),
    ref("story_id", "stories", null=True, gone="SET NULL", index=True),
    sa.UniqueConstraint("finding_id", "position"),
)

topic_days = table(
    "topic_days",  # articles a day, once the day is over: counting them anew takes long
    text("topic"),
    sa.Column("day", sa.Date, nullable=False),
    count("articles"),
    sa.PrimaryKeyConstraint("topic", "day"),
)

near_misses = table(
    "near_misses",
    number(),
    ref("version_id", "versions"),
    text("claim"),
    sa.Column("score", sa.Float(53), nullable=False),
    text("failed"),
    record("evidence"),
    at("at", null=False, index=True),
    sa.UniqueConstraint("version_id", "claim"),
)
