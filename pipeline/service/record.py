"""One version of an article and everything that follows from it, in one transaction: all of it, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.analyse import known_values
from pipeline.articles import copies as likeness
from pipeline.articles import revisit, sketch
from pipeline.model.alert import Publisher
from pipeline.model.article import Extracted, Fingerprint
from pipeline.model.finding import NEWS, Analysis
from pipeline.model.outcome import Reason
from pipeline.model.source import Source
from pipeline.model.watch import Watch
from pipeline.service import tell
from pipeline.service.wiring import Desk
from pipeline.storage import articles, copies, entries, findings, jobs, search
from pipeline.storage.articles import ArticleRow, NewVersion, VersionRow
from pipeline.storage.session import Transaction

JITTER_STEPS = 97  # articles that came together are looked at again in this many slightly different waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An article as it was just read."""

    url: str  # to show and to fetch again
    page: Extracted
    fingerprint: Fingerprint
    source: Source
    fetched_at: datetime
    also: tuple[str, ...] = ()  # addresses by which it is known, in canonical form
    entry_id: int | None = None
    article_id: int | None = None  # of an article seen again
    instead: Reason | None = None  # why the feed's own text was read and not the page
    backlog: bool = False
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What storing brought: bands of things."""

    article_id: int
    new: int = 0  # 1 for a version that was stored
    findings: int = 0
    news: int = 0
    alerts: int = 0


def store(desk: Desk, tx: Transaction, seen: Seen, analysis: Analysis, watch: Watch) -> Recorded:
    """Store the version, its hits, findings, stories, alerts and outbox rows, and the entry's end.

    A text that the store holds already, as when two processes were at it, is stored once.
    """
    now = seen.fetched_at
    tx.in_turn("record")  # copies, stories and alerts of two texts at once must see one another
    article = _article(tx, seen, now)
    articles.carry(tx, article.id, seen.source.id, now=now, entry_id=seen.entry_id)
    current = articles.current(tx, article.id)
    if current is not None and current.digest == seen.fingerprint.digest:
        _end(tx, seen, article, Reason.SAME_TEXT, changed=False)
        return Recorded(article_id=article.id)
    version = articles.add_version(tx, article.id, _new_version(seen, analysis))
    group = _copy_group(tx, version, seen, now)
    found = {finding.claim for finding in analysis.findings}
    about = [claim for claim in watch.claims if claim.id in found]
    saved = findings.save(
        tx,
        version.id,
        analysis,
        now=now,
        topics={claim.id: claim.topic for claim in about},
        known={claim.id: known_values(claim, watch) for claim in about},
        rules_hash=watch.rules_hash,
        source=seen.source.id,
        published=seen.page.published,
        backlog=seen.backlog,
    )
    whole = search.Text(
        kind="article",
        thing_id=article.id,
        text=f"{seen.page.title}\n{seen.page.text}",
        source=seen.source.id,
        lang=version.lang,
    )
    search.put(tx, [whole, *map(search.of_finding, saved.values())], at=now)
    publisher = _publisher(seen, group, analysis.lang)
    raised = sum(tell.tell(desk, tx, one, publisher, analysis, watch, now=now) for one in saved.values())
    if saved and current is None:
        jobs.tally(tx, now.date(), "useful", "", thing=seen.source.id)
    _end(tx, seen, article, "" if analysis.topics else Reason.NO_TOPIC, changed=current is not None)
    return Recorded(
        article_id=article.id,
        new=1,
        findings=len(saved),
        news=sum(one.finding.relation in NEWS for one in saved.values()),
        alerts=raised,
    )


def _article(tx: Transaction, seen: Seen, now: datetime) -> ArticleRow:
    found = articles.load(tx, seen.article_id) if seen.article_id else articles.find(tx, [seen.url, *seen.also])
    if found is not None:
        articles.add_addresses(tx, found.id, (seen.url, *seen.also))
        return found
    return articles.create(
        tx,
        url=seen.url,
        source=seen.source.id,
        now=now,
        title=seen.page.title,
        lang=seen.page.lang,
        published=seen.page.published,
        backlog=seen.backlog,
        also=seen.also,
    )


def _new_version(seen: Seen, analysis: Analysis) -> NewVersion:
    page = seen.page
    return NewVersion(
        title=page.title,
        text=page.text,
        fingerprint=seen.fingerprint,
        fetched_at=seen.fetched_at,
        lang=analysis.lang or page.lang,
        author=page.author,
        site=page.site,
        published=page.published,
        agency=page.agency,
        origin=page.origin,
    )


def _copy_group(tx: Transaction, version: VersionRow, seen: Seen, now: datetime) -> int:
    """Puts the version into the group of the texts that it copies, or one of its own; the group's number."""
    print_ = seen.fingerprint
    bands = sketch.bands(print_.sketch)
    near = {
        str(one.version_id): one
        for one in copies.candidates(tx, bands, recipe=print_.recipe, besides=version.article_id)
        if one.lang == version.lang
    }
    known = [
        likeness.Known(
            id=name,
            group=str(one.copy_group_id),
            text=one.text,
            fingerprint=Fingerprint(digest="", sketch=one.sketch, recipe=print_.recipe),
        )
        for name, one in near.items()
    ]
    found = likeness.find(seen.page.text, print_, known)
    copies.add_bands(tx, version.id, bands, recipe=print_.recipe)
    return copies.join(
        tx, version.id, like=int(found.of) if found else None, similarity=found.share if found else 1.0, now=now
    )


def _publisher(seen: Seen, group: int, lang: str) -> Publisher:
    source = seen.source
    return Publisher(
        source=source.id,
        name=source.name or source.id,
        family=source.family or source.id,
        country=source.country,
        state=source.state,
        tier=source.tier,
        agency=seen.page.agency,
        url=seen.url,
        title=seen.page.title,
        lang=lang,
        published=seen.page.published,
        group=str(group),
    )


def _end(tx: Transaction, seen: Seen, article: ArticleRow, reason: str, *, changed: bool) -> None:
    """The entry is done; the article is looked at again while it is fresh."""
    now = seen.fetched_at
    again = next_visit(article, now, changed=changed)
    articles.checked(
        tx, article.id, now=now, revisit_at=again, reason=reason, etag=seen.etag, last_modified=seen.last_modified
    )
    if seen.entry_id is not None:
        entries.finish(tx, seen.entry_id, "done", now=now, reason=seen.instead or reason, article_id=article.id)
    jobs.tally(tx, now.date(), "article", reason or "matched", thing=seen.source.id)


def next_visit(article: ArticleRow, now: datetime, *, changed: bool) -> datetime | None:
    """When to look at the article again after a look now; None once it is fresh no more."""
    return revisit.next_visit(
        first_seen=article.first_seen,
        now=now,
        visits=article.checks + 1,
        changed=changed,
        jitter=(article.id % JITTER_STEPS) / JITTER_STEPS,
    )
