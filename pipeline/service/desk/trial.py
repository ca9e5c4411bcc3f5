"""Trying things: a text or address read as the service would, another rule on stored articles. Nothing is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.analyse import analyse
from pipeline.errors import ClaimwatchError
from pipeline.extract.page import extract
from pipeline.match import topics
from pipeline.match.groups import meet
from pipeline.match.index import Index, compile_watch
from pipeline.match.reading import read
from pipeline.model.article import Article
from pipeline.model.finding import Analysis, Span
from pipeline.model.outcome import Done
from pipeline.model.progress import Told, untold
from pipeline.model.watch import Claim, Topic, Watch
from pipeline.service import putoff
from pipeline.service.desk import excerpt
from pipeline.service.desk.today import claim_of, source_names
from pipeline.service.wiring import Desk, fetcher
from pipeline.settings import tryrule
from pipeline.storage import desk as queries
from pipeline.storage import pages
from pipeline.storage.articles import ArticleRow, VersionRow
from pipeline.storage.pages import StoredPage
from pipeline.text import display
from pipeline.text.document import Document

LONGEST = 60_000  # characters of a text that is tried
MOST = 1_000  # stored articles that a rule is tried on
LATELY = 300  # unless more are asked for: a few seconds
HALF = 0.5  # a rule met by less than half is no near miss
SHOWN = 40  # articles of each outcome
_OLD, _NEW = "rule-in-force", "rule-tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A text and what was found in it."""

    article: Article
    analysis: Analysis
    pieces: excerpt.Pieces
    title_pieces: excerpt.Pieces
    direction: str
    claims: Mapping[str, Claim]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A page that was put off: read for this trial, and no article until the rule is in force."""

    url: str
    source: str
    title: str
    lang: str
    first_seen: datetime
    id: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A stored article, or a page that was put off, and where a rule met it, or what failed."""

    article: ArticleRow | Unread
    spans: tuple[Span, ...] = ()
    failed: str = ""
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrial:
    """What another rule would make of stored articles, newest first."""

    topic: Topic
    looked_at: int
    unread: int  # pages looked at besides that were put off
    kept: int
    gained: tuple[Matched, ...]
    lost: tuple[Matched, ...]
    near: tuple[Matched, ...]
    gained_count: int
    lost_count: int
    names: Mapping[str, str]


def text(desk: Desk, body: str, *, title: str = "", lang: str = "", published: datetime | None = None) -> Tried:
    """A text, read with what is known now. Raises ClaimwatchError when it is empty or longer than LONGEST."""
    if not body.strip() and not title.strip():
        raise ClaimwatchError("there is no text", thing="try", hint="paste an article, or give its address")
    if len(body) > LONGEST or len(title) > LONGEST:
        raise ClaimwatchError(f"the text has {len(body):,} characters, at most {LONGEST:,} are read", thing="try")
    return _tried(desk, Article(id="tried", title=title, text=body, lang=lang, published=published))


async def page(desk: Desk, url: str) -> Article:
    """The article at an address. Raises FetchError (private addresses among its reasons) and ClaimwatchError."""
    async with fetcher(desk.settings) as client:
        response = await client.get(url, kind="page")
    found = extract(response.body, url=response.final_url, content_type=response.header("content-type"))
    if not isinstance(found, Done):
        raise ClaimwatchError(f"holds no article: {found.reason} {found.detail}".strip(), thing=url)
    read_page = found.value
    return Article(
        id="tried",
        title=read_page.title,
        text=read_page.text[:LONGEST],
        url=response.final_url,
        lang=read_page.lang,
        published=read_page.published,
        site=read_page.site,
    )


def article(desk: Desk, given: Article) -> Tried:
    """An article that was fetched, read with what is known now."""
    return _tried(desk, given)


def _tried(desk: Desk, given: Article) -> Tried:
    found = analyse(given, desk.watch)
    changes = [value for one in found.findings for value in (*one.changes, *one.values)]
    spans = [span for one in found.findings for span in one.evidence]

    def pieces(name: str, body: str) -> excerpt.Pieces:
        sentences = [(span.start, span.end) for span in spans if span.field == name]
        marks = [(one.evidence.start, one.evidence.end) for one in changes if one.evidence.field == name]
        return excerpt.pieces_of(body, 0, len(body), sentences, marks)

    ids = {one.claim for one in found.findings} | {one.claim for one in found.near_misses}
    return Tried(
        article=given,
        analysis=found,
        pieces=pieces("text", given.text),
        title_pieces=pieces("title", given.title),
        direction=display.direction(given.text[:400] or given.title, found.lang),
        claims={one: claim_of(desk.watch, one) for one in ids},
    )


def rule_text(desk: Desk, topic: str) -> str:
    """The rule in force as its file has it."""
    return tryrule.source_text(desk.configuration.folder, topic)


def rule(desk: Desk, given: str, *, topic: str = "", limit: int = LATELY, told: Told = untold) -> RuleTrial:
    """What a changed rule would gain and lose on the newest stored articles, and what it nearly meets.

    Compared with the rule in force of `topic` (of the rule's own id unless given). Raises ConfigError with every fault.
    """
    new = tryrule.topic_of(given, desk.watch)
    old = next((one for one in desk.watch.topics if one.id == (topic or new.id)), None)
    watch = _pair(desk.watch, old, new)
    index = compile_watch(watch)
    most = min(max(1, limit), MOST)
    with desk.store.read() as tx:
        rows = queries.newest(tx, limit=most)
        unread = pages.newest_put_off(tx, limit=most)
    gained, lost, near = [], [], []
    kept = 0
    texts: list[tuple[ArticleRow | Unread, Article]] = [(row, _article(desk, row, version)) for row, version in rows]
    of = len(texts) + len(unread)
    for number, (row, article) in enumerate((*texts, *_unread(desk, unread, watch))):
        told(number, of)
        doc = read(article, index)
        hits = {hit.topic: hit for hit in topics.find(doc, index)}
        if _NEW in hits and _OLD in hits:
            kept += 1
        elif _NEW in hits:
            gained.append(Matched(article=row, spans=hits[_NEW].spans))
        elif _OLD in hits:
            lost.append(Matched(article=row, spans=hits[_OLD].spans, failed=_nearest(doc, index)[1]))
        else:
            share, failed = _nearest(doc, index)
            if failed and share >= HALF:
                near.append(Matched(article=row, failed=failed, share=share))
    told(of, of)  # pages that neither rule can reach were passed over
    near.sort(key=lambda one: -one.share)
    shown = (*gained[:SHOWN], *lost[:SHOWN], *near[:SHOWN])
    return RuleTrial(
        topic=new,
        looked_at=len(rows),
        unread=len(unread),
        kept=kept,
        gained=tuple(gained[:SHOWN]),
        lost=tuple(lost[:SHOWN]),
        near=tuple(near[:SHOWN]),
        gained_count=len(gained),
        lost_count=len(lost),
        names=source_names(desk, {one.article.source for one in shown}),
    )


def _pair(watch: Watch, old: Topic | None, new: Topic) -> Watch:
    """Both rules as the only topics, so that one reading of a text answers for both."""
    both = tuple([replace(new, id=_NEW)] + ([replace(old, id=_OLD)] if old is not None else []))
    tried = hashlib.sha256(f"{watch.rules_hash} {both}".encode()).hexdigest()
    return replace(watch, topics=both, claims=(), version="", rules_hash=tried)


def _unread(desk: Desk, rows: Sequence[StoredPage], watch: Watch) -> Iterator[tuple[Unread, Article]]:
    """The articles of pages that were put off, where one of the rules can reach them."""
    for row in rows:
        taken = putoff.read_kept(desk, row, watch)
        if taken is not None:
            source, page = desk.source(taken.queued.entry.source), taken.page
            lang = page.lang or source.lang
            yield (
                Unread(url=row.url, source=source.id, title=page.title, lang=lang, first_seen=row.fetched_at),
                Article(
                    id=row.url,
                    title=page.title,
                    text=page.text,
                    lang=lang,
                    published=page.published,
                    country=source.country,
                ),
            )


def _article(desk: Desk, row: ArticleRow, version: VersionRow) -> Article:
    return Article(
        id=str(row.id),
        title=version.title,
        text=version.text,
        lang=version.lang,
        published=version.published,
        country=desk.source(row.source).country,
    )


def _nearest(doc: Document, index: Index) -> tuple[float, str]:
    """How much of the tried rule's best group is met, and the condition that is not; ("" when none is near)."""
    best = (0.0, "")
    for term in doc.where:
        for owner in index.topic_rules.get(term, ()):
            if owner.id == _NEW:
                _, missed = meet(owner.rule, doc)
                if missed is not None and missed.share > best[0]:
                    best = (missed.share, missed.failed)
    return best
