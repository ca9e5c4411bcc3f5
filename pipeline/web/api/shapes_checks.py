"""Shapes of what the work is checked with: trials, versions compared, the log, what verdicts teach."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from pipeline.web.api.shapes import AT, ChangeOut, SpanOut, example


class FoundOut(BaseModel):
    claim: str
    relation: str
    confidence: float
    changes: list[ChangeOut]
    evidence: list[SpanOut]


class NearOut(BaseModel):
    claim: str
    score: float
    failed: str


class TriedOut(BaseModel):
    """What the service would find in an article; `fault` says why it could not be read."""

    model_config = example(
        title="Fleet order grows", url="", lang="en", topics=["orders"], claims=[], near_misses=[], fault=""
    )

    title: str
    url: str = Field(description="where the article was in the end, of an address that was asked for")
    lang: str
    topics: list[str]
    claims: list[FoundOut]
    near_misses: list[NearOut]
    fault: str


class MatchedOut(BaseModel):
    """An article, or a page that was put off, and where the rule met it, or what it missed."""

    article: int | None = Field(description="null for a page that was put off: it is no article yet")
    url: str
    source: str
    title: str
    lang: str
    first_seen: datetime
    spans: list[SpanOut]
    failed: str
    share: float = Field(description="how much of the rule is met")


class RuleTriedOut(BaseModel):
    """What another rule would make of the newest articles; `faults` says what is wrong with the rule."""

    model_config = example(
        topic="orders",
        looked_at=300,
        unread=12,
        kept=31,
        gained_count=2,
        lost_count=0,
        gained=[],
        lost=[],
        near_misses=[],
        faults=[],
    )

    topic: str = Field(description="whose rule in force it was compared with")
    looked_at: int
    unread: int = Field(description="pages that were put off, looked at besides")
    kept: int
    gained_count: int
    lost_count: int
    gained: list[MatchedOut] = Field(description="the newest of them")
    lost: list[MatchedOut]
    near_misses: list[MatchedOut]
    faults: list[str]


class RuleOut(BaseModel):
    model_config = example(topic="orders", rule="id: orders\ntitle: Orders\ngroups:\n  - {all: [order]}\n")

    topic: str
    rule: str = Field(description="YAML as its file has it, comments too")


class CompareOut(BaseModel):
    """Two versions of an article and what differs."""

    model_config = example(
        article=7,
        old=1,
        new=2,
        same=False,
        title=[("=", "Fleet order grows")],
        text=[("=", "It ordered "), ("-", "ten"), ("+", "16"), ("=", " aircraft.")],
    )

    article: int
    old: int = Field(description="number of the version")
    new: int
    same: bool
    title: list[tuple[str, str]] = Field(description='pairs of "=", "-" or "+" and a text')
    text: list[tuple[str, str]]


class LoggedOut(BaseModel):
    """A line of the audit log."""

    model_config = example(
        id=31,
        at=AT,
        who="mira",
        action="confirm",
        thing_kind="finding",
        thing="12",
        before=None,
        after=None,
        note="",
        undoable=True,
    )

    id: int = Field(description="number of the change, for undo")
    at: datetime
    who: str
    action: str
    thing_kind: str
    thing: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    note: str
    undoable: bool = Field(description="a change of this kind can be taken back")


class LogPage(BaseModel):
    items: list[LoggedOut]
    next: int | None


class ProposalOut(BaseModel):
    """A confidence below which findings were mostly wrong."""

    topic: str = Field(description='"" for all topics together')
    judged: int
    right: int
    threshold: float = Field(description="a `min_confidence` to think about; nothing is changed by itself")
    kept_right: int
    kept_wrong: int
    lost_right: int


class LessonOut(BaseModel):
    """What the newest verdicts teach."""

    model_config = example(counts={"confirmed": 31, "dismissed": 4}, reasons={"old-news": 4}, proposals=[])

    counts: dict[str, int] = Field(description="findings by verdict")
    reasons: dict[str, int] = Field(description="dismissed findings by reason")
    proposals: list[ProposalOut]
