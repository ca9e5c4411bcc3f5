"""What is asked of the store often, and a store in which every table holds something: for tests of plans."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pipeline.model.alert import StoryKey
from pipeline.model.source import Entry
from pipeline.storage import (
    alerts,
    articles,
    copies,
    decisions,
    desk,
    digests,
    entries,
    findings,
    ledger,
    outbox,
    pages,
    people,
    periods,
    revisits,
    search,
    sources,
    stories,
    volumes,
)
from pipeline.storage import tables as t
from pipeline.storage.columns import Moment, Span
from pipeline.storage.session import Transaction

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BIG = {
    *("entries", "articles", "addresses", "versions", "copy_bands", "copy_members", "stories", "story_members"),
    *("findings", "finding_changes", "topic_hits", "near_misses", "outbox", "search_rows", "search_words", "tallies"),
}
SPAN = {"field": "text", "start": 0, "end": 4, "text": "deal"}
KEY = StoryKey(claim="c", relation="changes", slot="s", value="v")
LEASE: dict[str, Any] = {"now": NOW, "limit": 5, "lease": DAY, "holder": "a"}

QUESTIONS: dict[str, Callable[[Transaction], object]] = {
    "entries due": lambda tx: entries.claim(tx, per_host=2, **LEASE),
    "entries of a feed": lambda tx: entries.add(tx, [Entry(source="s", key="k", url="u")], now=NOW),
    "entry done": lambda tx: entries.finish(tx, 1, "done", now=NOW),
    "entries finished": lambda tx: entries.outcomes(tx, since=NOW, until=NOW + DAY),
    "next entry": entries.next_due_at,
    "newest of a source": lambda tx: entries.recent(tx, "s"),
    "sources due": lambda tx: sources.claim_due(tx, per_host=2, **LEASE),
    "articles due": lambda tx: revisits.claim_revisits(tx, per_host=2, **LEASE),
    "article by address": lambda tx: articles.find(tx, ["https://a.example/1", "https://b.example/2"]),
    "current version": lambda tx: articles.current(tx, 1),
    "versions": lambda tx: articles.versions(tx, 1),
    "outdated versions": lambda tx: articles.outdated(tx, "r", since=NOW, limit=10, after=5),
    "newest articles": lambda tx: articles.recent(tx, before=10),
    "newest articles of a source": lambda tx: articles.recent(tx, source="s"),
    "counts of a day": lambda tx: articles.counts(tx, since=NOW, until=NOW + DAY),
    "copies": lambda tx: copies.candidates(tx, [b"1", b"2", b"3"], recipe=1, besides=4),
    "copies of a version": lambda tx: desk.copies(tx, 1),
    "finding": lambda tx: findings.load(tx, 1),
    "findings of a version": lambda tx: findings.of_version(tx, 1),
    "newest findings": lambda tx: findings.select(tx, findings.Filter(), before=100),
    "findings of a claim": lambda tx: findings.select(tx, findings.Filter(claim="c", since=NOW)),
    "findings of a topic": lambda tx: findings.select(tx, findings.Filter(topic="t")),
    "findings of an article": lambda tx: findings.select(tx, findings.Filter(article_id=1)),
    "findings of a day": lambda tx: findings.select(tx, findings.Filter(since=NOW, until=NOW + DAY, verdict="")),
    "stories near": lambda tx: stories.near(tx, [KEY], since=NOW - 900 * DAY, until=NOW + DAY),
    "members of a story": lambda tx: stories.members(tx, 1),
    "carriers of stories": lambda tx: desk.carriers(tx, [1, 2]),
    "stories of findings": lambda tx: desk.stories_of(tx, [1, 2]),
    "newest stories": lambda tx: desk.story_lines(tx),
    "alert of a key": lambda tx: alerts._holder(tx, [(KEY, 1)]),
    "alerts of a claim": lambda tx: alerts.select(tx, claim="c"),
    "newest alerts": lambda tx: alerts.select(tx, before=10),
    "decisions of an alert": lambda tx: decisions.decisions(tx, alert_id=1),
    "messages due": lambda tx: outbox.claim_due(tx, **LEASE),
    "told of a claim": lambda tx: outbox.told(tx, since=NOW, claims=["c", "d"], alerts=[1, 2]),
    "told on a channel": lambda tx: outbox.told_there(tx, ["log", "mail"], since=NOW),
    "messages sent since": lambda tx: outbox.sent_alerts(tx, after=NOW, after_id=3),
    "messages of an alert": lambda tx: outbox.select(tx, kind="alert", thing_id=1),
    "digest of a day": lambda tx: digests.load(tx, kind="day", period_start=NOW),
    "history of a claim": lambda tx: ledger.history(tx, "c"),
    "values of a claim": lambda tx: ledger.reported(tx, "c"),
    "values of a claim lately": lambda tx: ledger.reported(tx, "c", since=NOW, until=NOW, most=100),
    "waiting": lambda tx: desk.waiting(tx, limit=400),
    "waiting of a topic": lambda tx: desk.waiting(tx, topic="t", limit=400),
    "activity": lambda tx: desk.activity(tx, ["c", "d"], since=NOW - 900 * DAY),
    "values lately": lambda tx: desk.values_lately(tx, since=NOW),
    "judged": lambda tx: desk.verdicts(tx, limit=100),
    "shares": lambda tx: desk.shares(tx, since=NOW.date()),
    "articles of topics": lambda tx: volumes.of_days(tx, since=NOW - 56 * DAY),
    "last news": lambda tx: periods.last_news(tx, ["c", "d"], until=NOW),
    "newest stories of claims": lambda tx: desk.story_lines(tx, claims=["c", "d"]),
    "to look at again": lambda tx: ledger.to_look_at(tx, until=date(2026, 3, 1)),
    "pages put off": lambda tx: pages.put_off(tx, limit=5, after=3),
    "audit of a thing": lambda tx: people.changes(tx, thing_kind="k", thing="t"),
    "search": lambda tx: search.find(tx, "deal signed", search.Where(kind="article"), ranked=True),
    "search of a claim": lambda tx: search.find(tx, "deal", search.Where(kind="finding", claim="c")),
    "search of a topic counted": lambda tx: search.count(tx, "deal", search.Where(topic="t")),
    "search of a time": lambda tx: search.find(tx, "deal", search.Where(since=NOW - 90 * DAY, until=NOW)),
    "indexing": lambda tx: search.put(tx, [search.Text(kind="article", thing_id=1, text="text")], at=NOW),
}
# What may be read whole: in order of its number up to a limit, which is how "the newest" is asked; and once a day.
IN_ORDER = {"newest articles", "newest findings", "newest alerts", "newest stories", "judged"}


def fill(tx: Transaction, rows: int = 1_000) -> None:
    """So many rows in every table, of which no two are alike in anything that an index holds."""
    for table in t.metadata.sorted_tables:
        tx.execute(sa.insert(table), [_row(table, n) for n in range(1, rows + 1)])
    for n in range(1, rows + 1):
        search.write(tx, [(n, NOW, search.Text(kind="article", thing_id=n, text=f"a deal {n}"))])
    tx.execute(sa.text("ANALYZE"))


def _row(table: sa.Table, n: int) -> dict[str, Any]:
    values = {}
    for column in table.c:
        to = next((key.column for key in column.foreign_keys), column)
        values[column.name] = None if to.table is table and to is not column else _value(to, n)
    return values


def _value(column: sa.Column[Any], n: int) -> Any:
    kind = column.type
    if isinstance(kind, Moment):
        return NOW - n * DAY if n % 3 or not column.nullable else None
    if isinstance(kind, sa.Date):
        return NOW.date() - n * DAY
    if isinstance(kind, Span):
        return n * DAY
    if isinstance(kind, sa.JSON):
        return SPAN if column.table is t.finding_changes else None
    if isinstance(kind, sa.LargeBinary):
        return zlib.compress(b"%d" % n)
    if isinstance(kind, sa.Boolean):
        return n % 2 == 0
    return n if isinstance(kind, sa.Integer | sa.Float) else f"{column.name} {n}"
