"""What happened within a time: the rows that a digest is made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.model.finding import NEWS
from pipeline.storage import tables as t
from pipeline.storage.outbox import TOLD
from pipeline.storage.session import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLine:
    """An article's current version in a line, with where it comes from."""

    article_id: int
    version_id: int
    url: str
    title: str
    source: str
    lang: str
    agency: str
    copy_group_id: int | None
    published: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NearLine:
    """The best near miss of a claim with its article, and how many articles had one."""

    article: ArticleLine
    claim: str
    score: float
    failed: str
    evidence: str
    articles: int


def _line() -> tuple[sa.ColumnElement[Any], ...]:
    v, a = t.versions.c, t.articles.c
    return (
        v.article_id,
        v.id.label("version_id"),
        a.url,
        v.title,
        a.source,
        v.lang,
        v.agency,
        v.copy_group_id,
        v.published,
    )


_LINE = tuple(ArticleLine.__dataclass_fields__)


def _article(row: Any) -> ArticleLine:
    return ArticleLine(**{name: getattr(row, name) for name in _LINE})


def covered(tx: Transaction, *, since: datetime, until: datetime) -> tuple[tuple[ArticleLine, tuple[str, ...]], ...]:
    """Articles that were found to touch a topic in that time, with their topics, in order of arrival."""
    h, v, a = t.topic_hits.c, t.versions.c, t.articles.c
    query = (
        sa.select(*_line(), h.topic)
        .join(t.versions, v.id == h.version_id)
        .join(t.articles, a.id == v.article_id)
        .where(h.at >= since, h.at < until, v.current)
        .order_by(v.id, h.topic)
    )
    found: dict[int, tuple[ArticleLine, list[str]]] = {}
    for row in tx.all(query):
        found.setdefault(row.article_id, (_article(row), []))[1].append(row.topic)
    return tuple((line, tuple(topics)) for line, topics in found.values())


def near_misses(tx: Transaction, *, since: datetime, until: datetime) -> tuple[NearLine, ...]:
    """The best near miss of each claim in that time, best first."""
    n, v, a = t.near_misses.c, t.versions.c, t.articles.c
    ranked = (
        sa.select(
            n.id,
            sa.func.row_number().over(partition_by=n.claim, order_by=(n.score.desc(), n.id)).label("rank"),
            sa.func.count().over(partition_by=n.claim).label("articles"),
        )
        .join(t.versions, v.id == n.version_id)
        .where(n.at >= since, n.at < until, v.current)
        .subquery()
    )
    query = (
        sa.select(*_line(), n.claim, n.score, n.failed, n.evidence, ranked.c.articles)
        .select_from(ranked)
        .join(t.near_misses, n.id == ranked.c.id)
        .join(t.versions, v.id == n.version_id)
        .join(t.articles, a.id == v.article_id)
        .where(ranked.c.rank == 1)
        .order_by(n.score.desc(), n.id)
    )
    return tuple(
        NearLine(
            article=_article(row),
            claim=row.claim,
            score=row.score,
            failed=row.failed,
            evidence=(row.evidence or {}).get("text", ""),
            articles=row.articles,
        )
        for row in tx.all(query)
    )


def lines(tx: Transaction, version_ids: list[int]) -> Mapping[int, ArticleLine]:
    """Versions with their articles in a line each."""
    v, a = t.versions.c, t.articles.c
    found: dict[int, ArticleLine] = {}
    for at in range(0, len(version_ids), 500):
        query = sa.select(*_line()).join(t.articles, a.id == v.article_id).where(v.id.in_(version_ids[at : at + 500]))
        found |= {row.version_id: _article(row) for row in tx.all(query)}
    return found


def carried_by(tx: Transaction, finding_ids: list[int]) -> Mapping[int, tuple[int, tuple[int, ...]]]:
    """For each finding its first story, and every version that carries one of its stories."""
    m = t.story_members.c
    mine: dict[int, list[int]] = {}
    for at in range(0, len(finding_ids), 500):
        query = sa.select(m.finding_id, m.story_id).where(m.finding_id.in_(finding_ids[at : at + 500])).order_by(m.id)
        for row in tx.all(query):
            mine.setdefault(row.finding_id, []).append(row.story_id)
    stories = sorted({story for found in mine.values() for story in found})
    versions: dict[int, list[int]] = {}
    for at in range(0, len(stories), 500):
        query = sa.select(m.story_id, m.version_id).where(m.story_id.in_(stories[at : at + 500])).order_by(m.id)
        for row in tx.all(query):
            versions.setdefault(row.story_id, []).append(row.version_id)
    return {
        finding: (found[0], tuple(dict.fromkeys(v for story in found for v in versions[story])))
        for finding, found in mine.items()
    }


def alerts_of(tx: Transaction, finding_ids: list[int]) -> Mapping[int, int]:
    """The alert that each finding raised or joined, where it did: as a publisher of it, else by its story."""
    p, m, k = t.alert_publishers.c, t.story_members.c, t.alert_keys.c
    found: dict[int, int] = {}
    for at in range(0, len(finding_ids), 500):
        some = finding_ids[at : at + 500]
        query = sa.select(p.finding_id, p.alert_id).where(p.finding_id.in_(some))
        for row in tx.all(query.order_by(p.id)):
            found.setdefault(row.finding_id, row.alert_id)
        rest = [one for one in some if one not in found]  # an article's next version adds no publisher
        told = sa.select(m.finding_id, k.alert_id).join(t.alert_keys, k.story_id == m.story_id)
        for row in tx.all(told.where(m.finding_id.in_(rest)).order_by(m.id, k.id)):
            found.setdefault(row.finding_id, row.alert_id)
    return found


def told_of(tx: Transaction, alert_ids: Iterable[int]) -> frozenset[int]:
    """Those of the alerts of which a channel was told, or is about to be."""
    o = t.outbox.c
    ids, found = sorted(set(alert_ids)), set()
    for at in range(0, len(ids), 500):
        query = sa.select(o.thing_id).where(o.kind == "alert", o.thing_id.in_(ids[at : at + 500]))
        found |= {row.thing_id for row in tx.all(query.where(o.state.in_(TOLD)))}
    return frozenset(found)


def last_news(tx: Transaction, claims: Iterable[str], *, until: datetime) -> Mapping[str, datetime]:
    """When each of these claims was last changed, added to or denied, of what still stands."""
    f = t.findings.c
    found = {}
    for claim in claims:
        news = sa.select(f.found_at).where(f.claim == claim, f.superseded_at.is_(None), f.relation.in_(sorted(NEWS)))
        at = tx.scalar(news.where(f.found_at < until).order_by(f.found_at.desc()).limit(1))
        if at is not None:
            found[claim] = at
    return found


def first_hit_at(tx: Transaction) -> datetime | None:
    """When the first topic hit was stored: since then there are counts."""
    at: datetime | None = tx.scalar(sa.select(sa.func.min(t.topic_hits.c.at)))
    return at


def decided(tx: Transaction, *, since: datetime, until: datetime) -> Mapping[str, int]:
    """How many alerts were sent, held, kept back and muted in that time: an alert counts once, by its best."""
    d = t.alert_decisions.c
    query = sa.select(d.alert_id, d.action).where(d.at >= since, d.at < until, d.alert_id.is_not(None)).distinct()
    order = ("send", "hold", "mute", "keep-back")
    best: dict[int, str] = {}
    for row in tx.all(query):
        if row.action in order and (
            row.alert_id not in best or order.index(row.action) < order.index(best[row.alert_id])
        ):
            best[row.alert_id] = row.action
    return {action: sum(one == action for one in best.values()) for action in order}
