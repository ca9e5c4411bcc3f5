"""Letting old things go. Findings stay with their evidence, and with them their articles, versions and ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pipeline.storage import tables as t
from pipeline.storage.session import Fence, Store, Transaction

BATCH = 500  # rows a transaction: short enough that nobody waits for the write lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long each kind is kept; None keeps it for good. Pages carry their own end."""

    entries: timedelta | None = timedelta(days=90)  # finished, and no longer in their feed
    articles: timedelta | None = timedelta(days=180)  # without a finding and in no feed; a topic's baseline needs weeks
    copies: timedelta | None = timedelta(days=60)  # bands: a copy appears within days
    near_misses: timedelta | None = timedelta(days=30)
    decisions: timedelta | None = timedelta(days=180)  # that told nobody
    deliveries: timedelta | None = timedelta(days=180)  # sent or dropped
    events: timedelta | None = timedelta(days=365)  # of sources
    tallies: timedelta | None = timedelta(days=730)
    sign_ins: timedelta | None = timedelta(days=30)
    second_questions: timedelta | None = timedelta(days=90)  # asked again afterwards, should the text come again


def prune(store: Store, keep: Retention, *, now: datetime, fence: Fence | None = None) -> dict[str, int]:
    """Deletes what is older than its time, in small transactions; how many rows of each kind went."""
    gone = {}
    for kind, rows in _kinds(keep, now).items():
        gone[kind] = 0
        while True:
            with store.transaction(fence) as tx:
                deleted = rows(tx)
            gone[kind] += deleted
            if not deleted:
                break
    return gone


def _kinds(keep: Retention, now: datetime) -> dict[str, Callable[[Transaction], int]]:
    e, a, f = t.entries.c, t.articles.c, t.findings.c
    d, o, n, s = t.alert_decisions.c, t.outbox.c, t.near_misses.c, t.source_events.c
    has_finding = sa.select(f.id).where(f.article_id == a.id).exists()
    plans: dict[str, tuple[sa.Table, timedelta | None, Any]] = {
        "pages": (t.pages, timedelta(0), t.pages.c.expires_at <= now),
        "entries": (
            t.entries,
            keep.entries,
            sa.and_(e.stage.in_(("done", "skipped", "failed")), e.last_seen < _cut(keep.entries, now)),
        ),
        "articles": (t.articles, keep.articles, sa.and_(a.last_seen < _cut(keep.articles, now), ~has_finding)),
        "copies": (t.copy_bands, keep.copies, None),
        "near_misses": (t.near_misses, keep.near_misses, n.at < _cut(keep.near_misses, now)),
        "decisions": (
            t.alert_decisions,
            keep.decisions,
            sa.and_(d.at < _cut(keep.decisions, now), d.action.not_in(("send", "hold"))),
        ),
        "deliveries": (
            t.outbox,
            keep.deliveries,
            sa.and_(o.state.in_(("sent", "dropped")), o.created_at < _cut(keep.deliveries, now)),
        ),
        "events": (t.source_events, keep.events, s.at < _cut(keep.events, now)),
        "tallies": (t.tallies, keep.tallies, t.tallies.c.day < _cut(keep.tallies, now).date()),
        "sign_ins": (t.sign_ins, keep.sign_ins, t.sign_ins.c.at < _cut(keep.sign_ins, now)),
        "second_questions": (
            t.second_questions,
            keep.second_questions,
            t.second_questions.c.at < _cut(keep.second_questions, now),
        ),
        "sessions": (t.sessions, timedelta(0), t.sessions.c.expires_at <= now),
        "search": (t.search_rows, timedelta(0), _nothing_left()),
    }
    return {
        kind: _bands(_cut(length, now)) if condition is None else _deleter(table, condition)
        for kind, (table, length, condition) in plans.items()
        if length is not None
    }


def _cut(length: timedelta | None, now: datetime) -> datetime:
    return now - (length or timedelta(0))


def _nothing_left() -> sa.ColumnElement[bool]:
    """Rows of the search index whose article or finding was deleted."""
    r = t.search_rows.c
    article = sa.select(t.articles.c.id).where(t.articles.c.id == r.thing_id).exists()
    finding = sa.select(t.findings.c.id).where(t.findings.c.id == r.thing_id).exists()
    return sa.or_(sa.and_(r.kind == "article", ~article), sa.and_(r.kind == "finding", ~finding))


def _deleter(table: sa.Table, condition: sa.ColumnElement[bool]) -> Callable[[Transaction], int]:
    """Goes through the table once, in order of its numbers: what stays at its start is not looked at for each batch."""
    key = list(table.primary_key)
    if "id" not in table.c or not isinstance(table.c.id.type, sa.BigInteger):

        def delete_any(tx: Transaction) -> int:
            chosen = sa.select(*key).where(condition).limit(BATCH)
            return tx.count(sa.delete(table).where(sa.tuple_(*key).in_(chosen)))

        return delete_any

    after = 0

    def delete(tx: Transaction) -> int:
        nonlocal after
        old = sa.select(table.c.id).where(condition, table.c.id > after).order_by(table.c.id).limit(BATCH)
        ids = [row.id for row in tx.all(old)]
        if ids:
            tx.execute(sa.delete(table).where(table.c.id.in_(ids)))
            after = ids[-1]
        return len(ids)

    return delete


def _bands(before: datetime) -> Callable[[Transaction], int]:
    """Bands of versions before that time, some versions at once: numbers of versions grow with time."""
    v, b = t.versions.c, t.copy_bands.c
    last = sa.select(v.id).where(v.fetched_at < before).order_by(v.fetched_at.desc(), v.id.desc()).limit(1)

    def delete(tx: Transaction) -> int:
        some = sa.select(b.version_id).where(b.version_id <= (tx.scalar(last) or 0)).order_by(b.version_id)
        ids = {row.version_id for row in tx.all(some.limit(BATCH * 4))}
        return tx.count(sa.delete(t.copy_bands).where(b.version_id.in_(ids))) if ids else 0

    return delete
