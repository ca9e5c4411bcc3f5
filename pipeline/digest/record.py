"""The digest itself: one frozen record a period, from which mail, page, Markdown, JSON and feed are rendered.

Texts of others stand in it as they were found; every renderer cleans and escapes them.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.errors import ClaimwatchError

FORMAT = 1  # of the JSON; a reader refuses a newer one


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One summand of an importance."""

    name: str
    points: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One slot, from what is known to what most publishers say, in canonical form; `also` is what others say."""

    slot: str
    type: str
    old: str | None
    new: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The sentence that says so. `marks` are (start, end) of its changed words, in code points."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()
    lang: str = ""
    outlet: str = ""
    agency: str = ""
    title: str = ""
    url: str = ""
    published: datetime | None = None
    attribution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A claim that coverage changed, denied or added to: one story."""

    id: str  # of the alert that tells it, "" where none does
    claim: str
    title: str
    statement: str
    source: str  # document and section of the known claim
    topic: str
    topic_title: str
    relation: str
    severity: str
    certainty: str
    confidence: float
    shifts: tuple[Shift, ...]
    quote: Quote | None
    redline: tuple[tuple[str, str], ...]
    outlets: tuple[str, ...]
    independent: int
    countries: tuple[str, ...]
    state_only: bool
    one_sided: bool
    edited: bool
    alerted: bool
    first_run: bool
    importance: float
    parts: tuple[Part, ...]
    findings: tuple[str, ...]  # all of the period that it stands for
    more: tuple[Quote, ...] = ()  # how others put it, at most two
    before: str = ""  # what an edited article said

    @property
    def path(self) -> str:
        """Where it stands on the review pages: its alert, else its first finding."""
        return f"alerts/{self.id}" if self.id else f"findings/{self.findings[0]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Items of one relation, weightiest first, and how many were left out."""

    items: tuple[Item, ...] = ()
    below_floor: int = 0
    over_cap: int = 0
    left_out: tuple[str, ...] = ()  # findings of items that are not shown: they count as told by this digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A claim that coverage repeated or mentioned."""

    claim: str
    title: str
    topic: str
    articles: int
    independent: int
    findings: tuple[str, ...]
    only: bool = True  # nothing about it was new


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One piece of news of a topic, copies counted once."""

    title: str
    url: str
    outlet: str
    lang: str
    published: datetime | None
    articles: int
    independent: int
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicStories:
    topic: str
    title: str
    stories: tuple[Story, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """Articles of a topic on the period's last day against the same weekday of the weeks before."""

    topic: str
    title: str
    articles: int
    median: float | None  # None while fewer than three weeks are known
    weeks: int  # weeks with counts, at most eight
    verdict: str  # spike, quiet, usual, "" without a median
    days: tuple[int, ...] = ()  # the last 28 days, oldest first, for the chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """An expected event that passed without coverage."""

    claim: str
    title: str
    by: date
    grace_days: int
    last_news: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAgain:
    """A value that somebody accepted and wanted to be looked at again on a day that has come."""

    claim: str
    title: str
    slot: str
    type: str
    value: str | None  # canonical; None: open
    on: date
    accepted_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMissed:
    """The best near miss of a claim; `articles` had one."""

    claim: str
    title: str
    score: float
    failed: str
    quote: Quote
    articles: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNote:
    source: str
    name: str
    state: str  # failed, silent, gone, recovered
    reason: str = ""
    detail: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What was looked at, and what was not."""

    sources: int = 0
    sources_ok: int = 0
    entries: int = 0
    fetched: int = 0
    extracted: int = 0
    analysed: int = 0
    matched: int = 0
    findings: int = 0
    alerts_sent: int = 0
    kept_back: int = 0
    put_off: int = 0
    failed: int = 0
    waiting: int = 0
    far: int = 0  # claims that were nearly met, but too far off to be shown
    oldest_data: datetime | None = None
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    key: str
    plan: str
    title: str
    zone: str
    start: datetime
    end: datetime
    built_at: datetime
    watch_version: str
    summary: str
    quiet: bool
    changed: Section
    denied: Section
    added: Section
    repeated: tuple[Repeated, ...]
    topics: tuple[TopicStories, ...]
    volumes: tuple[Volume, ...]
    missed: tuple[Missed, ...]
    near: tuple[NearMissed, ...]
    near_more: int
    sources: tuple[SourceNote, ...]
    coverage: Statement
    canary: str  # found, missing, "" when none is configured
    canary_note: str = ""
    warnings: tuple[str, ...] = ()  # what a reader must know before the rest: it leads every form
    look_again: tuple[LookAgain, ...] = ()
    look_again_more: int = 0
    format: int = FORMAT

    def findings(self) -> tuple[str, ...]:
        """Every finding that this digest stands for, shown or counted; none twice."""
        sections = (self.denied, self.changed, self.added)
        shown = [one for section in sections for item in section.items for one in item.findings]
        counted = [one for section in sections for one in section.left_out]
        return tuple(shown + counted + [one for repeated in self.repeated for one in repeated.findings])


def dump(digest: Digest) -> str:
    """The digest as JSON text, keys in the order of the record."""
    return json.dumps(_plain(digest), ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Digest:
    """The digest of a JSON text. Raises ClaimwatchError when it is not one, or of a newer format."""
    try:
        found = json.loads(text)
        if found["format"] > FORMAT:
            raise ClaimwatchError(
                f"it is of format {found['format']} and this program reads {FORMAT}",
                thing="digest",
                hint="upgrade the program",
            )
        digest = _record(Digest, found)
    except (KeyError, TypeError, ValueError) as error:
        raise ClaimwatchError(f"the stored text is not a digest: {error}", thing="digest") from error
    assert isinstance(digest, Digest)
    return digest


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _record(kind: type, data: Mapping[str, object]) -> object:
    hints = typing.get_type_hints(kind)
    names = {f.name for f in dataclasses.fields(kind)}
    return kind(**{name: _typed(hints[name], value) for name, value in data.items() if name in names})


def _typed(hint: object, value: object) -> object:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {types.UnionType, typing.Union}:
        return None if value is None else _typed(next(a for a in arguments if a is not types.NoneType), value)
    if origin is tuple and isinstance(value, list):
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(_typed(arguments[0], one) for one in value)
        return tuple(_typed(a, one) for a, one in zip(arguments, value, strict=True))
    if isinstance(hint, type) and dataclasses.is_dataclass(hint) and isinstance(value, dict):
        return _record(hint, value)
    if hint is datetime and isinstance(value, str):
        return datetime.fromisoformat(value)
    if hint is date and isinstance(value, str):
        return date.fromisoformat(value)
    if hint is float and isinstance(value, int):
        return float(value)
    return value
