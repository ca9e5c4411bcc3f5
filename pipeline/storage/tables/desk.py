"""Tables of the way out: alerts, deliveries, digests, the ledger, the review desk and the service."""

from __future__ import annotations

import sqlalchemy as sa

from pipeline.storage.columns import Key, Words
from pipeline.storage.tables.declare import at, count, flag, lease, number, part, record, ref, table, text

# What says how much a source is of use: in words, as WAITING.
SHARES = "step IN ('entry', 'useful')"

# --- alerts and digests -------------------------------------------------------------------------------------------

alerts = table(
    "alerts",
    number(),
    text("claim"),
    text("topic"),
    text("relation"),
    text("severity", default="normal"),
    text("headline"),
    text("state", default="open"),  # open, acknowledged, snoozed, held
    ref("finding_id", "findings", null=True, gone="SET NULL", index=True),  # that raised it
    at("created_at", null=False),
    at("updated_at", null=False),
    at("snoozed_until"),
    text("decided_by"),
    at("decided_at"),
    text("note"),
    ref("merged_into", "alerts", null=True, gone="SET NULL", index=True),
    sa.Index("ix_alerts_claim", "claim", "created_at"),
    sa.Index("ix_alerts_created_at", "created_at", "id"),
)

alert_keys = table(
    "alert_keys",
    number(),
    ref("alert_id", "alerts", index=True),
    text("claim"),
    text("relation"),
    text("slot"),
    text("value"),
    ref("story_id", "stories", index=True),
    at("at", null=False),
    sa.UniqueConstraint("claim", "relation", "slot", "value", "story_id"),
)

alert_publishers = table(
    "alert_publishers",
    number(),
    ref("alert_id", "alerts"),
    ref("finding_id", "findings", null=True, gone="SET NULL", index=True),
    text("source"),
    text("name"),
    text("family"),
    text("country"),
    sa.Column("state", sa.Boolean),
    count("tier", 2),
    text("agency"),
    text("url"),
    text("title"),
    text("lang"),
    at("published"),
    text("group"),  # copy group of the article
    at("at", null=False),
    sa.UniqueConstraint("alert_id", "source", "url"),
)

alert_decisions = table(
    "alert_decisions",
    number(),
    ref("alert_id", "alerts", null=True, index=True),
    ref("finding_id", "findings", null=True, index=True),
    text("claim"),
    text("rule"),
    text("action"),  # send, hold, keep-back, mute, no-match
    text("reason"),
    text("severity"),
    record("channels"),
    at("until"),
    at("at", null=False, index=True),
)

snoozes = table(
    "snoozes",  # a person asked for silence about one thing for a time
    number(),
    text("kind"),  # alert, story, claim, topic, source
    text("thing"),
    at("until", null=False),
    text("by"),
    text("note"),
    at("created_at", null=False),
    at("lifted_at"),
    sa.Index("ix_snoozes_until", "until"),
)

digests = table(
    "digests",
    number(),
    text("kind"),  # day, week
    at("period_start", null=False),
    at("period_end", null=False),
    record("record"),
    at("created_at", null=False),
    at("sent_at"),
    sa.UniqueConstraint("kind", "period_start"),
)

digest_findings = table(
    "digest_findings",
    text("kind"),
    ref("finding_id", "findings"),
    ref("digest_id", "digests", index=True),
    sa.PrimaryKeyConstraint("kind", "finding_id"),
)

outbox = table(
    "outbox",
    number(),
    text("kind"),  # alert, digest, notice
    sa.Column("thing_id", Key, nullable=False),  # of that kind
    text("channel"),
    text("part"),  # which of several messages of one thing to one channel, "" for the first
    text("thread"),
    text("claim"),
    text("story"),
    record("keys"),  # what the message tells: StoryKey records
    at("held_until"),
    flag("batched"),
    record("payload"),
    text("state", default="pending"),  # pending, sent, parked, dropped
    count("attempts"),
    at("next_attempt_at"),
    *lease(),
    text("last_error"),
    text("message_id"),
    at("created_at", null=False),
    at("sent_at"),
    sa.UniqueConstraint("kind", "thing_id", "channel", "part"),
    sa.Index("ix_outbox_due", "state", "next_attempt_at", "id"),
    sa.Index("ix_outbox_claim", "claim", "created_at"),
    sa.Index("ix_outbox_channel", "channel", "created_at"),
    sa.Index("ix_outbox_sent", "state", "sent_at", "id"),
)

# --- the claim ledger and the review desk -------------------------------------------------------------------------

ledger = table(
    "ledger",
    number(),
    text("claim"),
    text("slot"),
    sa.Column("value", Words),  # canonical; NULL: open again
    text("valid_from"),  # when it was so, ISO 8601, as exact as known
    at("learned_at", null=False),
    ref("finding_id", "findings", null=True, gone="SET NULL", index=True),
    text("on_whose_word"),
    text("accepted_by"),
    text("note"),
    ref("supersedes", "ledger", null=True, gone="SET NULL", index=True),
    sa.Column("look_again_at", sa.Date, index=True),
    at("undone_at"),
    text("undone_by"),
    sa.Index("ix_ledger_slot", "claim", "slot", "learned_at"),
)

audit = table(
    "audit",
    number(),
    at("at", null=False, index=True),
    text("who"),
    text("action"),
    text("thing_kind"),
    text("thing"),
    record("before"),
    record("after"),
    text("note"),
    sa.Index("ix_audit_thing", "thing_kind", "thing", "at"),
)

users = table(
    "users",
    sa.Column("name", Words, primary_key=True),
    text("password_hash"),
    text("role", default="reader"),  # reader, reviewer
    at("created_at", null=False),
    at("last_seen_at"),
    flag("disabled"),
)

sessions = table(
    "sessions",
    sa.Column("digest", Words, primary_key=True),  # of the cookie, never the cookie
    sa.Column("user", Words, sa.ForeignKey("users.name", ondelete="CASCADE"), nullable=False, index=True),
    text("csrf"),
    at("created_at", null=False),
    at("expires_at", null=False, index=True),
)

tokens = table(
    "tokens",
    number(),
    text("name"),
    text("digest", unique=True),  # of the token, never the token
    text("owner"),
    record("scopes"),
    at("created_at", null=False),
    at("expires_at"),
    at("last_used_at"),
    at("revoked_at"),
)

sign_ins = table(
    "sign_ins",  # attempts, for the rate limit
    number(),
    text("who"),
    text("address"),
    flag("ok"),
    at("at", null=False),
    sa.Index("ix_sign_ins_who", "who", "at"),
    sa.Index("ix_sign_ins_address", "address", "at"),
)

# --- search, service ----------------------------------------------------------------------------------------------

search_rows = table(
    "search_rows",  # what `search_words` indexes, in order of arrival
    number(),
    text("kind"),  # article, finding
    sa.Column("thing_id", Key, nullable=False),
    at("at", null=False, index=True),
    text("source"),
    text("lang"),
    text("claim"),
    text("topic"),
    text("relation"),
    sa.UniqueConstraint("kind", "thing_id"),
)

leases = table(
    "leases",
    sa.Column("name", Words, primary_key=True),
    text("holder"),
    at("until"),
    sa.Column("token", sa.BigInteger, nullable=False, server_default="0"),  # grows with every new holder
)

jobs = table(
    "jobs",
    sa.Column("name", Words, primary_key=True),
    at("started_at"),
    at("finished_at"),
    at("ok_at"),
    sa.Column("took_s", sa.Float(53)),
    text("result"),  # ok, failed, running
    text("detail"),
    count("runs"),
    count("failures"),
    at("next_at"),
)

tallies = table(
    "tallies",  # outcomes a day
    sa.Column("day", sa.Date, nullable=False),
    text("step"),
    text("reason"),
    text("thing"),  # a source, a topic, "" for all
    sa.Column("count", sa.BigInteger, nullable=False, server_default="0"),
    sa.PrimaryKeyConstraint("day", "step", "reason", "thing"),
    part("ix_tallies_shares", SHARES, "thing", "day", "step", "reason", "count"),
)

watch_versions = table(
    "watch_versions",
    sa.Column("version", Words, primary_key=True),
    text("rules_hash"),
    at("first_used_at", null=False),
    record("summary"),
)

marks = table(
    "marks",  # where long work stopped: backfill files, re-analysis, canary
    sa.Column("name", Words, primary_key=True),
    record("value"),
    at("at", null=False),
)
