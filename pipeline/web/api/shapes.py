"""What the interface answers with: the shapes, with an example each; those of checks and of telling are beside."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

AT = "2026-11-22T06:12:00Z"


def example(**values: Any) -> ConfigDict:
    """A model's configuration with its example; every field is in every answer."""
    return ConfigDict(json_schema_extra={"example": values}, json_schema_serialization_defaults_required=True)


class SpanOut(BaseModel):
    """A place in an article, in Unicode code points."""

    model_config = example(
        **{"in": "text", "start": 0, "end": 42, "text": "The two sides signed a contract for 16 jets."}
    )

    in_: str = Field(alias="in", description="title or text")
    start: int
    end: int
    text: str


class ChangeOut(BaseModel):
    """One slot, from what was known to what is said; values are canonical, null is open."""

    slot: str
    type: str
    from_: str | None = Field(alias="from")
    to: str
    evidence: SpanOut
    story: int | None


class StepOut(BaseModel):
    rule: str
    detail: str
    weight: float


class NoteOut(BaseModel):
    """A line of a finding's history."""

    change: int = Field(description="its number, for undo")
    at: datetime
    who: str
    action: str
    note: str


class FindingOut(BaseModel):
    model_config = example(
        id=12,
        claim="fleet-order",
        topic="orders",
        relation="changes",
        changes=[],
        evidence=[],
        confidence=0.82,
        certainty="reported",
        attribution="",
        edited=False,
        before="",
        article=7,
        source="daily",
        lang="en",
        published=AT,
        found_at=AT,
        verdict="open",
        verdict_by="",
        verdict_at=None,
        note="",
        snoozed_until=None,
        current=True,
        revision=1,
        watch_version="3f0c1e5a9b7d2468",
    )

    id: int
    claim: str
    topic: str
    relation: str
    changes: list[ChangeOut]
    evidence: list[SpanOut]
    confidence: float
    certainty: str
    attribution: str
    edited: bool
    before: str = Field(description="of an edited article: the sentence that said otherwise")
    article: int
    source: str
    lang: str
    published: datetime | None
    found_at: datetime
    verdict: str = Field(description="open, confirmed, dismissed or accepted")
    verdict_by: str
    verdict_at: datetime | None
    note: str
    snoozed_until: datetime | None
    current: bool = Field(description="a later version or rule still says so")
    revision: int
    watch_version: str


class FindingWhole(FindingOut):
    """A finding with why, what it was compared with, and what was done about it."""

    compared_with: dict[str, str | None]
    steps: list[StepOut]
    redline: list[tuple[str, str]] = Field(description='pairs of "=", "-" or "+" and a text')
    history: list[NoteOut]


class FindingPage(BaseModel):
    items: list[FindingOut]
    next: int | None = Field(description="cursor of the next page, null at the end")


class ArticleOut(BaseModel):
    model_config = example(
        id=7,
        url="https://daily.example/fleet",
        title="Fleet order grows",
        source="daily",
        lang="en",
        published=AT,
        first_seen=AT,
        versions=1,
    )

    id: int
    url: str
    title: str
    source: str
    lang: str
    published: datetime | None
    first_seen: datetime
    versions: int


class ArticlePage(BaseModel):
    items: list[ArticleOut]
    next: int | None


class VersionOut(BaseModel):
    number: int
    current: bool
    title: str
    lang: str
    author: str
    fetched_at: datetime


class ArticleWhole(ArticleOut):
    text: str
    topics: list[str]
    findings: list[FindingOut]
    history: list[VersionOut]
    carriers: list[str] = Field(description="sources that carry it, the first one first")


class ReportedOut(BaseModel):
    """A value that coverage gives, and who gives it."""

    value: str
    outlets: list[str]
    known: bool


class SlotOut(BaseModel):
    name: str
    type: str
    value: str | None = Field(description="what is known, canonical; null is open")
    configured: str | None
    entry: int | None = Field(description="number of the ledger entry that holds, null when the claim file speaks")
    reported: list[ReportedOut]


class EntryOut(BaseModel):
    """A line of the ledger."""

    id: int
    slot: str
    value: str | None
    valid_from: str
    learned_at: datetime
    finding: int | None
    on_whose_word: str
    accepted_by: str
    note: str
    look_again_at: date | None
    undone_at: datetime | None


class ClaimOut(BaseModel):
    model_config = example(
        id="fleet-order",
        topic="orders",
        title="Fleet order",
        statement="The airline ordered ten aircraft.",
        severity="normal",
        known={"quantity": "10"},
        findings=3,
        news=1,
        waiting=1,
        last_news=AT,
        disputed=False,
        look_again_at={"quantity": "2027-01-01"},
    )

    id: str
    topic: str
    title: str
    statement: str
    severity: str
    known: dict[str, str | None]
    findings: int = Field(description="in the last 90 days")
    news: int
    waiting: int
    last_news: datetime | None
    disputed: bool
    look_again_at: dict[str, date] = Field(description="slot -> when its value is to be looked at again, where it is")


class ClaimList(BaseModel):
    items: list[ClaimOut]


class ClaimWhole(ClaimOut):
    as_of: datetime | None
    slots: list[SlotOut]
    history: list[EntryOut]


class TopicOut(BaseModel):
    model_config = example(id="orders", title="Orders", claims=4, week=31, days=[0, 2, 5])

    id: str
    title: str
    claims: int
    week: int = Field(description="articles in seven days, copies counted once")
    days: list[int] = Field(description="articles a day in eight weeks, the oldest first")


class TopicList(BaseModel):
    items: list[TopicOut]


class StoryOut(BaseModel):
    model_config = example(
        id=3,
        claim="fleet-order",
        relation="changes",
        slot="quantity",
        value="16",
        first_at=AT,
        last_at=AT,
        articles=4,
        sources=3,
        languages=2,
    )

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


class StoryPage(BaseModel):
    items: list[StoryOut]
    next: str | None


class CarrierOut(BaseModel):
    member: int
    finding: int
    article: int
    source: str
    family: str
    agency: str
    lang: str
    at: datetime
    title: str
    url: str
    why: str


class StoryWhole(BaseModel):
    id: int
    claim: str
    relation: str
    slot: str
    value: str
    merged_into: int | None
    independent: int = Field(description="independent publishers")
    countries: list[str]
    carriers: list[CarrierOut]
    alerts: list[int]


class SourceOut(BaseModel):
    model_config = example(
        id="daily",
        name="The Daily",
        url="https://daily.example/feed.xml",
        lang="en",
        country="",
        tier=2,
        health="ok",
        last_polled_at=AT,
        last_ok_at=AT,
        next_poll_at=AT,
        failures=0,
        last_reason="",
        entries=120,
        useful=9,
    )

    id: str
    name: str
    url: str
    lang: str
    country: str
    tier: int
    health: str
    last_polled_at: datetime | None
    last_ok_at: datetime | None
    next_poll_at: datetime | None
    failures: int
    last_reason: str
    entries: int = Field(description="in the last 30 days")
    useful: int = Field(description="of them with a finding")


class SourceList(BaseModel):
    items: list[SourceOut]


class HitOut(BaseModel):
    kind: str = Field(description="article or finding")
    id: int
    at: datetime
    title: str
    source: str
    lang: str
    claim: str
    relation: str


class HitPage(BaseModel):
    items: list[HitOut]
    count: int = Field(
        description="no more than 1,000 are counted; of a topic, only among the newest 2,000 with the words"
    )
    many: bool = Field(description="there are more than were counted, or there may be")
    next: int | None


class DoneOut(BaseModel):
    """What was done; `change` takes it back."""

    model_config = example(change=31, action="confirm", findings=[12])

    change: int
    action: str
    findings: list[int]
