"""Every table, as declarations only. Migrations in `migrations/` build the same; a test compares them.

Times are aware UTC. Text is never NULL where "" says the same. What a table does not say with a constraint is not
promised. The full-text index `search_words` differs by database and stands in `storage.search`.
"""

from pipeline.storage.tables.coverage import (
    addresses,
    article_sources,
    articles,
    copy_bands,
    copy_groups,
    copy_members,
    entries,
    finding_changes,
    findings,
    host_gates,
    near_misses,
    pages,
    source_events,
    sources,
    stories,
    story_members,
    story_moves,
    topic_hits,
    versions,
)
from pipeline.storage.tables.declare import metadata
from pipeline.storage.tables.desk import (
    alert_decisions,
    alert_keys,
    alert_publishers,
    alerts,
    audit,
    digest_findings,
    digests,
    jobs,
    leases,
    ledger,
    marks,
    outbox,
    search_rows,
    sessions,
    sign_ins,
    snoozes,
    tallies,
    tokens,
    users,
    watch_versions,
)
from pipeline.storage.tables.second import second_questions

__all__ = [
    "addresses",
    "alert_decisions",
    "alert_keys",
    "alert_publishers",
    "alerts",
    "article_sources",
    "articles",
    "audit",
    "compared",
    "copy_bands",
    "copy_groups",
    "copy_members",
    "digest_findings",
    "digests",
    "entries",
    "finding_changes",
    "findings",
    "host_gates",
    "jobs",
    "leases",
    "ledger",
    "marks",
    "metadata",
    "near_misses",
    "outbox",
    "pages",
    "search_rows",
    "second_questions",
    "sessions",
    "sign_ins",
    "snoozes",
    "source_events",
    "sources",
    "stories",
    "story_members",
    "story_moves",
    "tallies",
    "tokens",
    "topic_hits",
    "users",
    "versions",
    "watch_versions",
]


def compared(name: str) -> bool:
    """Whether a table of the database is one of these; the full-text index and its parts are made otherwise."""
    return not name.startswith("search_words") and name != "alembic_version"
