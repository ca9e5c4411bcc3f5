"""Search: full text over articles and findings, with filters that make stable links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.model.watch import Claim
from pipeline.service.desk.today import claim_of, source_names
from pipeline.service.wiring import Desk
from pipeline.storage import articles, findings, search
from pipeline.storage.articles import ArticleRow
from pipeline.storage.findings import SavedFinding
from pipeline.storage.search import Hit, Where

PAGE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One hit with what it stands for; exactly one of the two is there."""

    hit: Hit
    article: ArticleRow | None
    finding: SavedFinding | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    rows: tuple[Found, ...]
    count: int  # no more than a thousand, of a topic among the newest two thousand with these words
    many: bool  # there are more than were counted, or there may be
    more: int | None
    claims: Mapping[str, Claim]
    names: Mapping[str, str]


def find(
    desk: Desk,
    asked: str,
    *,
    kind: str = "",
    source: str = "",
    lang: str = "",
    claim: str = "",
    topic: str = "",
    relation: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    ranked: bool = False,
    before: int | None = None,
) -> Result:
    """What holds every word asked for, newest first; `ranked`: first what holds them in a headline or quote."""
    where = Where(
        kind=kind, source=source, lang=lang, claim=claim, topic=topic, relation=relation, since=since, until=until
    )
    with desk.store.read() as tx:
        hits = search.find(tx, asked, where, ranked=ranked, limit=PAGE + 1, before=None if ranked else before)
        counted = search.count(tx, asked, where)
        rows = []
        for hit in hits[:PAGE]:
            article = articles.load(tx, hit.thing_id) if hit.kind == "article" else None
            finding = findings.load(tx, hit.thing_id) if hit.kind == "finding" else None
            if article is not None or finding is not None:
                rows.append(Found(hit=hit, article=article, finding=finding))
    more = hits[PAGE - 1].row if len(hits) > PAGE and not ranked else None
    return Result(
        rows=tuple(rows),
        count=counted.number,
        many=counted.more,
        more=more,
        claims={r.hit.claim: claim_of(desk.watch, r.hit.claim) for r in rows if r.hit.claim},
        names=source_names(desk, {r.hit.source for r in rows if r.hit.source}),
    )
