"""Stories and articles: who carried what, when, in which language; versions and what changed between two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.diff.redline import Redline, redline
from pipeline.errors import ReviewError
from pipeline.model.vantage import Vantage, vantage
from pipeline.model.watch import Claim
from pipeline.service.desk import excerpt
from pipeline.service.desk.today import claim_of, publishers, source_names
from pipeline.service.review import Done
from pipeline.service.wiring import Desk
from pipeline.storage import alerts, articles, findings, people, stories
from pipeline.storage import desk as queries
from pipeline.storage.alerts import SavedAlert
from pipeline.storage.articles import ArticleRow, VersionRow
from pipeline.storage.desk import Carrier, StoryLine
from pipeline.storage.findings import SavedFinding
from pipeline.storage.stories import Story, StoryMove
from pipeline.text import display

PAGE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryList:
    rows: tuple[StoryLine, ...]
    claims: Mapping[str, Claim]
    more: str  # where the next page begins, "" at the end


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeStory:
    story: Story
    claim: Claim
    carriers: tuple[Carrier, ...]
    seen: Vantage
    names: Mapping[str, str]
    agencies: Mapping[str, str]
    moves: tuple[StoryMove, ...]
    alerts: tuple[SavedAlert, ...]
    alike: tuple[StoryLine, ...]  # other stories of the claim, that it could be merged with


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two versions and what differs."""

    old: VersionRow
    new: VersionRow
    title: Redline
    text: Redline

    @property
    def same(self) -> bool:
        return all(op == "=" for op, _ in (*self.title, *self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeArticle:
    article: ArticleRow
    version: VersionRow
    pieces: excerpt.Pieces
    direction: str
    versions: tuple[VersionRow, ...]
    findings: tuple[SavedFinding, ...]
    claims: Mapping[str, Claim]
    topics: tuple[Any, ...]
    near: tuple[Any, ...]
    copies: tuple[Any, ...]
    carriers: tuple[str, ...]
    names: Mapping[str, str]


def story_list(desk: Desk, *, claim: str = "", before: str = "") -> StoryList:
    """Stories, the newest coverage first; `before` is what `more` of the page before said."""
    with desk.store.read() as tx:
        rows = queries.story_lines(tx, claims=[claim] if claim else (), before=_place(before), limit=PAGE + 1)
    shown = rows[:PAGE]
    more = f"{shown[-1].last_at.isoformat()}_{shown[-1].id}" if len(rows) > PAGE else ""
    return StoryList(rows=shown, claims={row.claim: claim_of(desk.watch, row.claim) for row in shown}, more=more)


def _place(text: str) -> tuple[datetime, int] | None:
    at, _, number = text.rpartition("_")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, int(number)) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def story(desk: Desk, story_id: int) -> WholeStory | None:
    with desk.store.read() as tx:
        row = stories.load(tx, story_id)
        if row is None:
            return None
        carriers = queries.carriers(tx, [story_id]).get(story_id, ())
        moves = stories.moves(tx, story_id)
        raised = alerts.of_story(tx, story_id)
        alike = queries.story_lines(tx, claims=[row.claim], limit=12)
    return WholeStory(
        story=row,
        claim=claim_of(desk.watch, row.claim),
        carriers=carriers,
        seen=vantage(publishers(desk, carriers)),
        names=source_names(desk, {c.source for c in carriers}),
        agencies=desk.agencies(),
        moves=moves,
        alerts=raised,
        alike=tuple(one for one in alike if one.id != story_id),
    )


def merge(desk: Desk, who: str, story_id: int, into: int, *, why: str) -> Done:
    """Two stories are one. Raises ReviewError unless both are there, apart, and of one claim."""
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        one, other = stories.load(tx, story_id), stories.load(tx, into)
        if one is None or other is None or one.merged_into or other.merged_into or one.id == other.id:
            raise ReviewError("cannot be merged: one of the two is gone or merged already", thing=f"story {story_id}")
        if one.claim != other.claim:
            raise ReviewError("is of another claim", thing=f"story {into}", hint="stories of one claim can be merged")
        move = stories.merge(tx, story_id, into, why=why.strip()[:500], by=who, now=now)
        change = people.record(
            tx,
            who=who,
            action="merge",
            thing_kind="story",
            thing=str(story_id),
            now=now,
            after={"into": into, "move": move},
            note=why.strip()[:500],
        )
    return Done(change=change, action="merge")


def split(desk: Desk, who: str, story_id: int, members: Sequence[int], *, why: str) -> Done:
    """Some members become a story of their own. Raises ReviewError unless some, and not all, of its own are named."""
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        row = stories.load(tx, story_id)
        own = {one.id for one in stories.members(tx, story_id)}
        chosen = sorted(own & set(members))
        if row is None or row.merged_into or not chosen or len(chosen) == len(own):
            raise ReviewError("choose some of its articles, and not all", thing=f"story {story_id}")
        move = stories.split(tx, story_id, chosen, why=why.strip()[:500], by=who, now=now)
        change = people.record(
            tx,
            who=who,
            action="split",
            thing_kind="story",
            thing=str(story_id),
            now=now,
            after={"members": chosen, "move": move},
            note=why.strip()[:500],
        )
    return Done(change=change, action="split")


def article(desk: Desk, article_id: int, *, number: int | None = None) -> WholeArticle | None:
    """An article in its current version, or in that of the number."""
    with desk.store.read() as tx:
        row = articles.load(tx, article_id)
        versions = articles.versions(tx, article_id)
        chosen = next((one for one in versions if (one.current if number is None else one.number == number)), None)
        if row is None or chosen is None:
            return None
        said = findings.of_version(tx, chosen.id)
        topics = queries.hits_of(tx, chosen.id)
        near = queries.near_misses_of(tx, chosen.id)
        copies = queries.copies(tx, chosen.id)
        carriers = articles.carriers(tx, article_id)
    spans = [span for one in said for span in one.finding.evidence if span.field == "text"]
    marks = [c.change.evidence for one in said for c in one.changes if c.change.evidence.field == "text"]
    pieces = excerpt.pieces_of(
        chosen.text, 0, len(chosen.text), [(s.start, s.end) for s in spans], [(s.start, s.end) for s in marks]
    )
    return WholeArticle(
        article=row,
        version=chosen,
        pieces=pieces,
        direction=display.direction(chosen.text[:400], chosen.lang),
        versions=versions,
        findings=said,
        claims={one.finding.claim: claim_of(desk.watch, one.finding.claim) for one in said}
        | {one.claim: claim_of(desk.watch, one.claim) for one in near},
        topics=topics,
        near=near,
        copies=copies,
        carriers=carriers,
        names=source_names(desk, {row.source, *carriers, *(c.source for c in copies)}),
    )


def compare(desk: Desk, article_id: int, old: int | None = None, new: int | None = None) -> Comparison | None:
    """Two versions of an article, the last two unless others are named; None when one of them is not there."""
    with desk.store.read() as tx:
        versions = {one.number: one for one in articles.versions(tx, article_id)}
    if len(versions) < 2:
        return None
    numbers = sorted(versions)
    a, b = versions.get(old or numbers[-2]), versions.get(new or numbers[-1])
    if a is None or b is None:
        return None
    return Comparison(old=a, new=b, title=redline(a.title, b.title), text=redline(a.text, b.text))
