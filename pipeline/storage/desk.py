"""What the review pages ask and no other room does: joins and counts over findings, stories, versions and topics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from pipeline.model.finding import NEWS, RELATIONS
from pipeline.storage import articles, many, people
from pipeline.storage import tables as t
from pipeline.storage.columns import to_json
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
    query = sa.select(f.id).where(sa.text(t.WAITING)).order_by(f.id.desc()).limit(limit)
    if topic:
        query = query.where(f.topic == topic)
    if claim:
        query = query.where(f.claim == claim)
    ids = [row.id for row in tx.all(query)]
    found: list[Any] = []
    for some in _portions(ids):
        chosen = sa.select(f.id, f.claim, f.relation, f.confidence, f.importance, f.snoozed_until).where(f.id.in_(some))
        found += tx.all(chosen.order_by(f.id.desc()))
    return tuple(found)


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


def activity(tx: Transaction, claims: Sequence[str], *, since: datetime) -> dict[str, Activity]:
    """Findings of each of these claims since then, without superseded ones."""
    waits = sa.select(f.claim, sa.func.count().label("n")).where(sa.text(t.WAITING), f.found_at >= since)
    waiting = {row.claim: row.n for row in tx.all(waits.group_by(f.claim))}
    found: dict[str, Activity] = {}
    for some in _portions(claims):
        asked = [{"claim": claim, "relation": relation} for claim in some for relation in RELATIONS]
        rows = tx.all(_counts(tx.postgres), {"rows": to_json(asked), "since": since})
        for claim, of in groupby(rows, key=lambda row: str(row.claim)):
            there = [row for row in of if row.n]
            if there:
                news = [row for row in there if row.relation in NEWS]
                found[claim] = Activity(
                    claim=claim,
                    findings=sum(row.n for row in there),
                    news=sum(row.n for row in news),
                    waiting=waiting.get(claim, 0),
                    last_news=max((row.last for row in news), default=None),
                    last=max(row.last for row in there),
                )
    return found


@cache
def _counts(postgres: bool) -> sa.Select[Any]:
    """One count and one look for each claim and relation: an index holds them side by side, in order of time."""
    asked = many.given(t.findings, ("claim", "relation"), postgres=postgres)
    same = [f.claim == asked["claim"], f.relation == asked["relation"]]
    of = [f.superseded_at.is_(None), *same, f.found_at >= sa.bindparam("since")]
    number = sa.select(sa.func.count()).where(*of).scalar_subquery()
    last = sa.select(sa.func.max(f.found_at)).where(*of).scalar_subquery()
    named = (asked[name].label(name) for name in ("claim", "relation"))
    return sa.select(*named, number.label("n"), last.label("last"))


def values_lately(tx: Transaction, *, since: datetime) -> dict[str, dict[str, int]]:
    """How many values coverage gave for each slot of each claim: claim -> slot -> number.

    Each is a story, so those within tolerance are one; a story of which all findings were dismissed is none.
    """
    s = t.stories.c
    lately = [s.last_at >= since, s.merged_into.is_(None)]
    names = ("claim", "relation", "slot", "value")
    given = sa.select(*(s[name] for name in names)).where(*lately, s.value != "").distinct().subquery()
    stands = (  # of all stories with a value the first one is looked for that says it still: there are many of most
        sa.select(m.id)
        .join(t.stories, s.id == m.story_id)
        .join(t.findings, f.id == m.finding_id)
        .where(*(s[name] == given.c[name] for name in names), *lately)
        .where(f.superseded_at.is_(None), f.verdict != "dismissed")
        .exists()
    )
    number = sa.func.count(sa.distinct(given.c.value)).label("n")
    query = sa.select(given.c.claim, given.c.slot, number).where(stands)
    query = query.group_by(given.c.claim, given.c.slot)
    found: dict[str, dict[str, int]] = {}
    for row in tx.all(query):
        found.setdefault(row.claim, {})[row.slot] = row.n
    return found


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
    """The verdicts on the newest findings: rows with id, topic, confidence, verdict."""
    query = sa.select(f.id, f.topic, f.confidence, f.verdict).where(sa.text("findings.verdict <> ''"))
    return tuple(tx.all(query.order_by(f.id.desc()).limit(limit)))


def dismissals(tx: Transaction, *, after: int) -> dict[str, int]:
    """Why findings with a higher number were dismissed: reason -> how many."""
    query = sa.select(f.verdict_note).where(f.verdict == "dismissed", f.id > after)
    reasons: dict[str, int] = {}
    for row in tx.all(query):
        reason = row.verdict_note.partition(":")[0]
        reasons[reason] = reasons.get(reason, 0) + 1
    return reasons


def shares(tx: Transaction, *, since: date) -> dict[str, SourceShare]:
    """How much of each source was of use from that day on: entries done, articles of them, articles with a finding.

    Counted as it happens: an article that many carry is of use to whoever brought it first.
    """
    y, c = t.tallies.c, t.sources.c
    article = sa.and_(y.step == "entry", y.reason.in_(("done", "known")))
    counted = sa.and_(y.thing == c.id, y.day >= since, sa.text(t.SHARES))
    query = (
        sa.select(
            c.id.label("source"),
            sa.func.sum(sa.case((y.step == "entry", y["count"]), else_=0)).label("entries"),
            sa.func.sum(sa.case((article, y["count"]), else_=0)).label("articles"),
            sa.func.sum(sa.case((y.step == "useful", y["count"]), else_=0)).label("useful"),
        )
        .outerjoin_from(t.sources, t.tallies, counted)  # source by source, as the index holds them
        .group_by(c.id)
        .having(sa.func.count(y.day) > 0)
    )
    return {
        row.source: SourceShare(
            source=row.source, entries=int(row.entries), articles=int(row.articles), useful=int(row.useful)
        )
        for row in tx.all(query)
    }


def _portions(things: Sequence[Any] | Iterable[Any]) -> Iterable[list[Any]]:
    rows = list(things)
    return (rows[at : at + AT_ONCE] for at in range(0, len(rows), AT_ONCE))
