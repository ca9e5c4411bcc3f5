"""How many articles a day touched a topic, copies counted once. Days that are over are counted once and kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from pipeline.storage import jobs
from pipeline.storage import tables as t
from pipeline.storage.session import Transaction

MARK = "topic-days"  # {"until": day}: the days before it are counted
AT_ONCE = timedelta(days=31)  # counted in one transaction: nobody waits for long
AGAIN = timedelta(days=2)  # days that are counted again with the next one: a copy that came late joins what it copies
_HAIR = 1e-8  # of a day, under a millisecond: SQLite counts days in fractions
KEPT = timedelta(days=400)
d = t.topic_days.c
h = t.topic_hits.c
v = t.versions.c


def of_days(
    tx: Transaction, *, since: datetime, until: datetime | None = None, topic: str = ""
) -> dict[str, dict[date, int]]:
    """Articles a day (UTC) and topic, from the day of `since` on; the day of `until` only up to then."""
    counted = _counted(tx)
    first = since.date()
    if until is not None:
        counted = min(counted, until.date())
    found: dict[str, dict[date, int]] = {}
    if first < counted:
        kept = sa.select(d.topic, d.day, d.articles).where(d.day >= first, d.day < counted)
        if topic:
            kept = kept.where(d.topic == topic)
        for row in tx.all(kept.order_by(d.topic, d.day)):
            found.setdefault(row.topic, {})[row.day] = row.articles
    for name, days in _count(tx, since=_midnight(max(first, counted)), until=until, topic=topic).items():
        found.setdefault(name, {}).update(days)
    return found


def settle(tx: Transaction, *, today: date, now: datetime) -> int:
    """Counts days that are over and not counted yet, a month at most, and the last ones again; how many days."""
    counted = _counted(tx)
    oldest = tx.scalar(sa.select(sa.func.min(h.at))) if counted < today else None
    if oldest is None:
        return 0
    again = counted - AGAIN if counted > date.min else counted
    first = max(again, oldest.date(), today - KEPT)
    until = min(max(first, counted) + AT_ONCE, today)
    tx.execute(sa.delete(t.topic_days).where(sa.or_(d.day >= first, d.day < today - KEPT)))
    counts = _count(tx, since=_midnight(first), until=_midnight(until))
    rows = [{"topic": name, "day": on, "articles": n} for name, days in counts.items() for on, n in days.items()]
    tx.insert_many(t.topic_days, rows)
    jobs.mark(tx, MARK, {"until": until.isoformat()}, now=now)
    return int((until - first).days)


def unsettle(tx: Transaction, day: date, *, now: datetime) -> None:
    """What is kept of that day and later ones no longer holds, as when other rules have read their articles."""
    if day < _counted(tx):
        jobs.mark(tx, MARK, {"until": day.isoformat()}, now=now)


def _counted(tx: Transaction) -> date:
    """The first day that is not counted."""
    marked: Mapping[str, str] = jobs.marked(tx, MARK) or {}
    return date.fromisoformat(marked["until"]) if marked else date.min


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def to_the_hour(tx: Transaction, *, end: datetime, days: int) -> dict[str, list[int]]:
    """Articles in each of so many stretches of 24 hours, by topic; the last one, which ends at `end`, comes first."""
    last = sa.literal(end, h.at.type)
    if tx.postgres:
        back: sa.ColumnElement[int] = sa.cast(sa.func.floor(sa.func.extract("epoch", last - h.at) / 86_400), sa.Integer)
    else:
        back = sa.cast(sa.func.julianday(last) - sa.func.julianday(h.at) - _HAIR, sa.Integer)
    counts: dict[str, list[int]] = {}
    for row in tx.all(_voices(back, since=end - timedelta(days=days), until=end)):
        counts.setdefault(row.topic, [0] * days)[min(row.day, days - 1)] = row.n
    return counts


def _count(tx: Transaction, *, since: datetime, until: datetime | None, topic: str = "") -> dict[str, dict[date, int]]:
    day = sa.func.date(sa.func.timezone("UTC", h.at)) if tx.postgres else sa.func.date(h.at)
    days: dict[str, dict[date, int]] = {}
    for row in tx.all(_voices(day, since=since, until=until, topic=topic)):
        on = row.day if isinstance(row.day, date) else date.fromisoformat(row.day)
        days.setdefault(row.topic, {})[on] = row.n
    return days


def _voices(day: sa.ColumnElement[Any], *, since: datetime, until: datetime | None, topic: str = "") -> sa.Select[Any]:
    """Articles by topic and day, a group of copies as one."""
    what = sa.func.coalesce(-v.copy_group_id, v.article_id)
    query = (
        sa.select(h.topic, day.label("day"), sa.func.count(sa.distinct(what)).label("n"))
        .join(t.versions, v.id == h.version_id)
        .where(h.at >= since)
        .group_by(h.topic, sa.text("day"))
        .order_by(h.topic, sa.text("day"))
    )
    if until is not None:
        query = query.where(h.at < until)
    return query.where(h.topic == topic) if topic else query
