"""What the review pages ask and no other room does: joins and counts over findings, stories, versions and topics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from pipeline.model.finding import NEWS
from pipeline.storage import articles, ledger, people
from pipeline.storage import tables as t
from pipeline.storage.session import Transaction
from pipeline.storage.sources import SourceShare

f = t.findings.c
v = t.versions.c
a = t.articles.c
m = t.story_members.c
AT_ONCE = 500  # numbers in one IN list; both databases take more, and gain nothing from it


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """One article's part in a story, with what a reader wants to know of the article."""

    member_id: int
    story_id: int
    finding_id: int
    article_id: int
    version_id: int
    slot: str
    value: str
    source: str
    family: str
    agency: str
    lang: str
    at: datetime
    why: str
    title: str
    url: str
    published: datetime | None
    copy_group_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """How much was found of a claim."""

    claim: str
    findings: int
    news: int
    waiting: int  # news without a verdict
    last_news: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """A story and how widely it was carried."""

    id: int
    claim: str
    relation: str
    slot: str
    value: str
    first_at: datetime
    last_at: datetime
    articles: int
    sources: int
    languages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """The title and text of a version."""

    id: int
    article_id: int
    title: str
    text: str
    lang: str


def waiting(tx: Transaction, *, topic: str = "", claim: str = "", limit: int) -> tuple[Any, ...]:
    """News without a verdict, newest first: rows with id, claim, relation, confidence, importance, snoozed_until."""
    query = (
        sa.select(f.id, f.claim, f.relation, f.confidence, f.importance, f.snoozed_until)
        .where(f.verdict == "", f.relation.in_(sorted(NEWS)), sa.not_(f.backlog), f.superseded_at.is_(None))
        .order_by(f.id.desc())
        .limit(limit)
    )
    if topic:
        query = query.where(f.topic == topic)
    if claim:
        query = query.where(f.claim == claim)
    return tuple(tx.all(query))


def stories_of(tx: Transaction, finding_ids: Sequence[int]) -> dict[int, int]:
    """The story that each finding stands in, the oldest where it stands in several."""
    found: dict[int, int] = {}
    for some in _portions(finding_ids):
        query = (
            sa.select(m.finding_id, sa.func.min(m.story_id).label("story"))
            .where(m.finding_id.in_(some))
            .group_by(m.finding_id)
        )
        found |= {row.finding_id: row.story for row in tx.all(query)}
    return found


def carriers(tx: Transaction, story_ids: Sequence[int]) -> dict[int, tuple[Carrier, ...]]:
    """Who carries each story, earliest first."""
    found: dict[int, list[Carrier]] = {}
    own = ("story_id", "finding_id", "version_id", "slot", "value", "source", "family", "agency", "lang", "at", "why")
    for some in _portions(story_ids):
        query = (
            sa.select(
                m.id.label("member_id"),
                *(m[name] for name in own),
                v.article_id,
                v.title,
                v.copy_group_id,
                a.url,
                sa.func.coalesce(v.published, a.published).label("published"),
            )
            .join(t.versions, v.id == m.version_id)
            .join(t.articles, a.id == v.article_id)
            .where(m.story_id.in_(some))
            .order_by(m.story_id, m.at, m.id)
        )
        for row in tx.all(query):
            found.setdefault(row.story_id, []).append(Carrier(**row._mapping))
    return {story: tuple(rows) for story, rows in found.items()}


def texts(tx: Transaction, version_ids: Sequence[int]) -> dict[int, TextRow]:
    """Titles and texts of versions."""
    found: dict[int, TextRow] = {}
    for some in _portions(version_ids):
        query = sa.select(v.id, v.article_id, v.title, v.text, v.lang).where(v.id.in_(some))
        found |= {row.id: TextRow(**row._mapping) for row in tx.all(query)}
    return found


def addresses(tx: Transaction, article_ids: Sequence[int]) -> dict[int, str]:
    """The canonical address of each article."""
    found: dict[int, str] = {}
    for some in _portions(article_ids):
        found |= {row.id: row.url for row in tx.all(sa.select(a.id, a.url).where(a.id.in_(some)))}
    return found


def activity(tx: Transaction, *, since: datetime, claim: str = "") -> dict[str, Activity]:
    """Findings of each claim since then, without superseded ones."""
    news = f.relation.in_(sorted(NEWS))
    waiting = sa.and_(news, f.verdict == "", sa.not_(f.backlog))
    query = (
        sa.select(
            f.claim,
            sa.func.count().label("findings"),
            sa.func.sum(sa.case((news, 1), else_=0)).label("news"),
            sa.func.sum(sa.case((waiting, 1), else_=0)).label("waiting"),
            sa.func.max(sa.case((news, f.found_at), else_=None)).label("last_news"),
            sa.func.max(f.found_at).label("last"),
        )
        .where(f.found_at >= since, f.superseded_at.is_(None))
        .group_by(f.claim)
    )
    if claim:
        query = query.where(f.claim == claim)
    return {row.claim: Activity(**row._mapping) for row in tx.all(query)}


def values_lately(tx: Transaction, *, since: datetime) -> dict[str, dict[str, int]]:
    """How many different values coverage gave for each slot of each claim: claim -> slot -> number."""
    c = t.finding_changes.c
    query = (
        sa.select(f.claim, c.slot, sa.func.count(sa.distinct(c.new)).label("n"))
        .join(t.findings, f.id == c.finding_id)
        .where(f.found_at >= since, f.superseded_at.is_(None), f.verdict != "dismissed")
        .group_by(f.claim, c.slot)
    )
    found: dict[str, dict[str, int]] = {}
    for row in tx.all(query):
        found.setdefault(row.claim, {})[row.slot] = row.n
    return found


def reported(tx: Transaction, claims: Sequence[str], *, since: datetime) -> dict[str, tuple[ledger.Reported, ...]]:
    """What `ledger.reported` says of several claims at once, each outlet's first and last report of a value alone."""
    c = t.finding_changes.c
    found: dict[str, list[ledger.Reported]] = {}
    for some in _portions(claims):
        query = (
            sa.select(
                f.claim,
                c.slot,
                c.new.label("value"),
                f.source,
                sa.func.max(f.article_id).label("article_id"),
                sa.func.max(f.id).label("finding_id"),
                sa.func.min(f.found_at).label("first"),
                sa.func.max(f.found_at).label("last"),
            )
            .join(t.findings, f.id == c.finding_id)
            .where(f.claim.in_(some), f.found_at >= since, f.superseded_at.is_(None), f.verdict != "dismissed")
            .group_by(f.claim, c.slot, c.new, f.source)
        )
        for row in tx.all(query):
            same = {"slot": row.slot, "value": row.value, "source": row.source, "article_id": row.article_id}
            for at in sorted({row.first, row.last}):
                one = ledger.Reported(**same, finding_id=row.finding_id, at=at)
                found.setdefault(row.claim, []).append(one)
    return {claim: tuple(sorted(rows, key=lambda one: (one.at, one.source))) for claim, rows in found.items()}


def holding(tx: Transaction, claims: Sequence[str]) -> dict[tuple[str, str], int]:
    """The ledger entry that holds for each slot of these claims: (claim, slot) -> number."""
    g = t.ledger.c
    found: dict[tuple[str, str], int] = {}
    for some in _portions(claims):
        query = sa.select(g.claim, g.slot, g.id).where(g.claim.in_(some), g.undone_at.is_(None))
        for row in tx.all(query.order_by(g.learned_at, g.id)):
            found[row.claim, row.slot] = row.id
    return found


def story_lines(
    tx: Transaction, *, claims: Sequence[str] = (), before: tuple[datetime, int] | None = None, limit: int = 50
) -> tuple[StoryLine, ...]:
    """Stories that have members, the newest coverage first; go on with `before`, the last one's time and number."""
    s = t.stories.c
    chosen = sa.select(s.id).where(s.merged_into.is_(None))
    if claims:
        chosen = chosen.where(s.claim.in_(list(claims)))
    if before is not None:
        chosen = chosen.where(sa.or_(s.last_at < before[0], sa.and_(s.last_at == before[0], s.id < before[1])))
    ids = [row.id for row in tx.all(chosen.order_by(s.last_at.desc(), s.id.desc()).limit(limit))]
    query = (
        sa.select(
            *(s[name] for name in ("id", "claim", "relation", "slot", "value", "first_at", "last_at")),
            sa.func.count(sa.distinct(m.version_id)).label("articles"),
            sa.func.count(sa.distinct(m.source)).label("sources"),
            sa.func.count(sa.distinct(m.lang)).label("languages"),
        )
        .outerjoin(t.story_members, m.story_id == s.id)
        .where(s.id.in_(ids))
        .group_by(s.id)
        .order_by(s.last_at.desc(), s.id.desc())
    )
    return tuple(StoryLine(**row._mapping) for row in tx.all(query))


def topic_days(tx: Transaction, *, since: datetime, topic: str = "") -> dict[str, dict[date, int]]:
    """Articles a day (UTC) and topic, a group of copies counted once a day."""
    h = t.topic_hits.c
    day = sa.func.date(sa.func.timezone("UTC", h.at)) if tx.postgres else sa.func.date(h.at)
    what = sa.func.coalesce(-v.copy_group_id, v.article_id)
    query = (
        sa.select(h.topic, day.label("day"), sa.func.count(sa.distinct(what)).label("n"))
        .join(t.versions, v.id == h.version_id)
        .where(h.at >= since)
        .group_by(h.topic, day)
    )
    if topic:
        query = query.where(h.topic == topic)
    days: dict[str, dict[date, int]] = {}
    for row in tx.all(query):
        on = row.day if isinstance(row.day, date) else date.fromisoformat(row.day)
        days.setdefault(row.topic, {})[on] = row.n
    return days


def of_topic(tx: Transaction, topic: str, *, before: int | None = None, limit: int = 50) -> tuple[Any, ...]:
    """Articles on a topic, newest first: rows with hit, article, title, lang, source, url, published, score."""
    h = t.topic_hits.c
    query = (
        sa.select(h.id.label("hit"), h.score, h.at, a.id, v.title, v.lang, a.source, a.url, a.published)
        .join(t.versions, v.id == h.version_id)
        .join(t.articles, a.id == v.article_id)
        .where(h.topic == topic, v.current)
        .order_by(h.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(h.id < before)
    return tuple(tx.all(query))


def newest(tx: Transaction, *, limit: int) -> tuple[tuple[articles.ArticleRow, articles.VersionRow], ...]:
    """The current versions that were fetched last, newest first."""
    after = tx.scalar(
        sa.select(sa.func.min(sa.literal_column("id"))).select_from(
            sa.select(v.id).where(v.current).order_by(v.id.desc()).limit(limit).subquery()
        )
    )
    rows = articles.stored(tx, limit=limit, after=int(after or 1) - 1)
    return tuple(reversed(rows))


def copies(tx: Transaction, version_id: int) -> tuple[Any, ...]:
    """Other current versions of its copy group: rows with id, article_id, title, source, url, lang, published."""
    group = sa.select(v.copy_group_id).where(v.id == version_id).scalar_subquery()
    query = (
        sa.select(v.id, v.article_id, v.title, a.source, a.url, v.lang, a.published)
        .join(t.articles, a.id == v.article_id)
        .where(v.copy_group_id == group, v.id != version_id, v.current)
        .order_by(v.id)
        .limit(100)
    )
    return tuple(tx.all(query))


def hits_of(tx: Transaction, version_id: int) -> tuple[Any, ...]:
    """The topics of a version: rows with topic, score, spans, steps."""
    h = t.topic_hits.c
    return tuple(
        tx.all(sa.select(h.topic, h.score, h.spans, h.steps).where(h.version_id == version_id).order_by(h.score.desc()))
    )


def near_misses_of(tx: Transaction, version_id: int) -> tuple[Any, ...]:
    """The near misses of a version, nearest first: rows with claim, score, failed, evidence."""
    n = t.near_misses.c
    return tuple(
        tx.all(
            sa.select(n.claim, n.score, n.failed, n.evidence).where(n.version_id == version_id).order_by(n.score.desc())
        )
    )


def history(tx: Transaction, kind: str, things: Sequence[str]) -> dict[str, tuple[people.Change, ...]]:
    """The audit log of several things, oldest first."""
    d = t.audit.c
    found: dict[str, list[people.Change]] = {}
    for some in _portions(things):
        query = sa.select(t.audit).where(d.thing_kind == kind, d.thing.in_(some)).order_by(d.id)
        for row in tx.all(query):
            found.setdefault(row.thing, []).append(people.Change(**row._mapping))
    return {thing: tuple(rows) for thing, rows in found.items()}


def judged(
    tx: Transaction, *, since: datetime | None = None, after: int = 0, limit: int = 1000
) -> tuple[tuple[int, int, str, str], ...]:
    """Findings with a verdict, in order of their number: (finding, version, claim, verdict); go on with `after`."""
    query = sa.select(f.id, f.version_id, f.claim, f.verdict).where(f.verdict != "", f.id > after)
    if since is not None:
        query = query.where(f.verdict_at >= since)
    return tuple(tuple(row) for row in tx.all(query.order_by(f.id).limit(limit)))


def verdicts(tx: Transaction, *, limit: int) -> tuple[Any, ...]:
    """The verdicts on the newest findings: rows with topic, confidence, verdict, verdict_note."""
    query = sa.select(f.topic, f.confidence, f.verdict, f.verdict_note).where(f.verdict != "")
    return tuple(tx.all(query.order_by(f.id.desc()).limit(limit)))


def shares(tx: Transaction, *, since: datetime) -> dict[str, SourceShare]:
    """How much of each source was of use since then, counting entries when they were done with."""
    e = t.entries.c
    useful = sa.select(f.article_id).where(f.found_at >= since).distinct().subquery()
    query = (
        sa.select(
            e.source,
            sa.func.count().label("entries"),
            sa.func.count(e.article_id).label("articles"),
            sa.func.count(useful.c.article_id).label("useful"),
        )
        .select_from(t.entries.outerjoin(useful, useful.c.article_id == e.article_id))
        .where(e.finished_at >= since)
        .group_by(e.source)
    )
    return {row.source: SourceShare(**row._mapping) for row in tx.all(query)}


def _portions(things: Sequence[Any] | Iterable[Any]) -> Iterable[list[Any]]:
    rows = list(things)
    return (rows[at : at + AT_ONCE] for at in range(0, len(rows), AT_ONCE))
