"""One version of an article and everything that follows from it, in one transaction: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.analyse import known_values
from pipeline.articles import copies as likeness
from pipeline.articles import revisit, sketch
from pipeline.digest import importance
from pipeline.model.alert import Publisher
from pipeline.model.article import Extracted, Fingerprint
from pipeline.model.finding import NEWS, Analysis
from pipeline.model.outcome import Reason
from pipeline.model.source import Source
from pipeline.model.watch import Watch
from pipeline.service import tell
from pipeline.service.wiring import Desk
from pipeline.storage import analyses, articles, copies, entries, jobs, revisits, search
from pipeline.storage.analyses import AddedFinding
from pipeline.storage.articles import ArticleRow, NewVersion, VersionRow
from pipeline.storage.copies import CopyCandidate
from pipeline.storage.session import Transaction

Tally = tuple[str, str, str]  # step, reason, thing

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


def store(
    desk: Desk, tx: Transaction, seen: Seen, analysis: Analysis, watch: Watch, *, counted: Iterable[Tally] = ()
) -> Recorded:
    """Store the version, its hits, findings, stories, alerts and outbox rows, and the entry's end.

    A text that the store holds already, as when two processes were at it, is stored once. `counted` are tallies of
    the day of the caller's own: (step, reason, thing).
    """
    now = seen.fetched_at
    tx.in_turn("record")  # copies, stories and alerts of two texts at once must see one another
    article, new = _article(tx, seen, analysis, now)
    articles.carry(tx, article.id, seen.source.id, now=now, entry_id=seen.entry_id, new=new)
    current = None if new else articles.current(tx, article.id)
    if current is not None and current.digest == seen.fingerprint.digest:
        _end(tx, seen, article, Reason.SAME_TEXT, changed=False, counted=counted)
        return Recorded(article_id=article.id)
    version = _version(tx, article, seen, analysis, watch, new=new)
    found = {finding.claim for finding in analysis.findings}
    about = {claim.id: claim for claim in watch.claims if claim.id in found} if found else {}
    added = analyses.add(
        tx,
        version,
        analysis,
        now=now,
        topics={claim.id: claim.topic for claim in about.values()},
        known={claim.id: known_values(claim, watch) for claim in about.values()},
        importance=[importance.alone(one, about[one.claim].severity, seen.source.tier) for one in analysis.findings],
        source=seen.source.id,
        backlog=seen.backlog,
    )
    _index(tx, article, seen, _lang(seen, analysis), added, now, new=new)
    publisher = _publisher(seen, version, analysis.lang)
    raised = tell.tell(desk, tx, added, publisher, analysis, watch, about, now=now)
    useful = [("useful", "", seen.source.id)] if added and current is None else []
    reason = "" if analysis.topics else Reason.NO_TOPIC
    _end(tx, seen, article, reason, changed=current is not None, counted=[*counted, *useful])
    return Recorded(
        article_id=article.id,
        new=1,
        findings=len(added),
        news=sum(one.finding.relation in NEWS for one in added),
        alerts=raised,
    )


def _lang(seen: Seen, analysis: Analysis) -> str:
    return analysis.lang or seen.page.lang


def _article(tx: Transaction, seen: Seen, analysis: Analysis, now: datetime) -> tuple[ArticleRow, bool]:
    """The article, and whether it is new: then it has its first version's title, language and date already."""
    found = articles.load(tx, seen.article_id) if seen.article_id else articles.find(tx, [seen.url, *seen.also])
    if found is None:
        made = articles.make(
            tx,
            url=seen.url,
            source=seen.source.id,
            now=now,
            title=seen.page.title,
            lang=_lang(seen, analysis),
            published=seen.page.published,
            backlog=seen.backlog,
            also=seen.also,
            version_count=1,
        )
        if made is not None:
            return made, True
        found = articles.create(tx, url=seen.url, source=seen.source.id, now=now)  # its address was forgotten
    articles.add_addresses(tx, found.id, (seen.url, *seen.also))
    return found, False


def _version(
    tx: Transaction, article: ArticleRow, seen: Seen, analysis: Analysis, watch: Watch, *, new: bool
) -> VersionRow:
    """The version with its analysis, in the group of the texts that it copies, or one of its own."""
    page, print_, now = seen.page, seen.fingerprint, seen.fetched_at
    lang = _lang(seen, analysis)
    bands = sketch.bands(print_.sketch)
    like, share = _like(tx, article, seen, bands, lang)
    version = articles.add_version(
        tx,
        article.id,
        NewVersion(
            title=page.title,
            text=page.text,
            fingerprint=print_,
            fetched_at=now,
            lang=analysis.lang,
            author=page.author,
            site=page.site,
            published=page.published,
            agency=page.agency,
            origin=page.origin,
            copy_group_id=copies.group_like(tx, like, lang=lang, now=now),
            analysed_with=analysis.watch_version,
            rules_hash=watch.rules_hash,
            analysed_at=now,
        ),
        first=new,
        lang=lang,
    )
    copies.add_bands(tx, version.id, bands, recipe=print_.recipe)
    copies.add_member(tx, version, like=like.version_id if like else None, similarity=share, now=now)
    return version


def _like(
    tx: Transaction, article: ArticleRow, seen: Seen, bands: Sequence[bytes], lang: str
) -> tuple[CopyCandidate | None, float]:
    """The stored version of another article that the text is most of all a copy of, and how much of it is the same."""
    recipe = seen.fingerprint.recipe
    near = {
        str(one.version_id): one
        for one in copies.candidates(tx, bands, recipe=recipe, besides=article.id)
        if one.lang == lang
    }
    known = [
        likeness.Known(
            id=name,
            group=str(one.copy_group_id),
            text=one.text,
            fingerprint=Fingerprint(digest="", sketch=one.sketch, recipe=recipe),
        )
        for name, one in near.items()
    ]
    found = likeness.find(seen.page.text, seen.fingerprint, known)
    return (near[found.of], found.share) if found else (None, 1.0)


def _index(
    tx: Transaction,
    article: ArticleRow,
    seen: Seen,
    lang: str,
    added: Sequence[AddedFinding],
    now: datetime,
    *,
    new: bool,
) -> None:
    """Article and findings can be searched for; a new version takes the place of the one before."""
    whole = search.Text(
        kind="article",
        thing_id=article.id,
        head=seen.page.title,
        text=f"{seen.page.title}\n{seen.page.text}",
        source=seen.source.id,
        lang=lang,
    )
    if not new:
        search.drop(tx, whole.kind, [article.id])
    search.add(tx, [whole, *map(search.of_finding, added)], at=now)


def _publisher(seen: Seen, version: VersionRow, lang: str) -> Publisher:
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
        group=str(version.copy_group_id),
    )


def _end(
    tx: Transaction, seen: Seen, article: ArticleRow, reason: str, *, changed: bool, counted: Iterable[Tally]
) -> None:
    """The entry is done; the article is looked at again while it is fresh."""
    now = seen.fetched_at
    again = next_visit(article, now, changed=changed)
    revisits.checked(
        tx, article.id, now=now, revisit_at=again, reason=reason, etag=seen.etag, last_modified=seen.last_modified
    )
    if seen.entry_id is not None:
        entries.finish(tx, seen.entry_id, "done", now=now, reason=seen.instead or reason, article_id=article.id)
    jobs.tally_each(tx, now.date(), [*counted, ("article", reason or "matched", seen.source.id)])


def next_visit(article: ArticleRow, now: datetime, *, changed: bool) -> datetime | None:
    """When to look at the article again after a look now; None once it is fresh no more."""
    return revisit.next_visit(
        first_seen=article.first_seen,
        now=now,
        visits=article.checks + 1,
        changed=changed,
        jitter=(article.id % JITTER_STEPS) / JITTER_STEPS,
    )
