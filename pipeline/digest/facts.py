"""What a digest is made from: plain data that the store fills for one period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pipeline.model.alert import Candidate, Publisher
from pipeline.model.watch import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One article of the period that touches watched topics."""

    article: str
    topics: tuple[str, ...]
    title: str
    publisher: Publisher  # with url, published and copy group
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """How many articles, copies counted once, touched a topic on one local day."""

    topic: str
    day: date
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """The best near miss that a claim had in the period, as the store kept it, and how many articles had one."""

    article: str
    claim: str
    score: float  # 0..1
    failed: str  # the step that failed
    evidence: str
    publisher: Publisher
    lang: str = ""
    articles: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A value that holds because somebody accepted it, and wanted it to be looked at again on a day."""

    claim: str
    slot: str
    type: str
    value: str | None  # canonical; None: open
    on: date
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFact:
    """How a source fared in the period. Sources that were well all along need not be given."""

    source: str
    name: str
    before: str  # health at the period's start: new, ok, failing, silent, gone, paused
    after: str  # and at its end
    reason: str = ""  # a Reason
    detail: str = ""
    since: datetime | None = None  # when it last worked, or last brought something new
    usual_gap: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was looked at, and what was not."""

    sources: int = 0  # enabled
    sources_ok: int = 0  # that answered within the period
    entries: int = 0  # new ones
    fetched: int = 0
    extracted: int = 0
    analysed: int = 0
    matched: int = 0  # articles with a topic
    findings: int = 0
    alerts_sent: int = 0
    kept_back: int = 0  # alerts, by any decision
    put_off: int = 0  # no topic could be reached: extraction was put off
    failed: int = 0
    waiting: int = 0  # still in the queue at the period's end
    oldest_data: datetime | None = None  # the oldest last successful poll among enabled sources
    reasons: Mapping[str, int] = field(default_factory=dict)  # Reason -> count, of what was skipped or failed


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryFact:
    """Whether the canary article was found in the period."""

    found: bool
    last_found: datetime | None = None
    detail: str = ""  # the step at which it was lost, as far as known


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything for one digest. `candidates` are all findings of the period, repeats and mentions too."""

    candidates: tuple[Candidate, ...] = ()
    claims: Mapping[str, Claim] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)  # id -> title
    covered: tuple[Covered, ...] = ()
    volumes: tuple[DayCount, ...] = ()  # of the 24 hours to the period's end, and of those of eight weeks before
    counted_since: date | None = None  # first day with counts
    near: tuple[Near, ...] = ()
    look_again: tuple[Accepted, ...] = ()  # at least those of the period's last day and before
    sources: tuple[SourceFact, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    canary: CanaryFact | None = None  # None: no canary is configured
    last_news: Mapping[str, datetime] = field(default_factory=dict)  # claim -> last change, addition or denial
    alerted: frozenset[str] = frozenset()  # ids of alerts that were sent
    watch_version: str = ""
    agencies: Mapping[str, str] = field(default_factory=dict)  # id -> name
