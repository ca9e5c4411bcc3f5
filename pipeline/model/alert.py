"""Alerts: what might be told, to whom it was told, and the message."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pipeline.model.finding import Change, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who says so: an article's origin, for counting independent publishers and vantage points."""

    source: str
    name: str
    family: str
    country: str = ""  # ISO 3166-1 alpha-2
    state: bool | None = None
    tier: int = 2
    agency: str = ""  # origin agency of the text, "" when its own
    url: str = ""
    title: str = ""
    lang: str = ""
    published: datetime | None = None
    group: str = ""  # copy group of the article, "" when it stands alone


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryKey:
    """What makes two reports the same news."""

    claim: str
    relation: str
    slot: str  # "" for a denial without slot
    value: str  # canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One finding in its story, with everything that a rule may ask about and a reader wants to see.

    The same record feeds alerts, their rehearsal and the digest. `publishers` are all that carry the story so far, this
    finding's own first; `id` is that of the alert it would raise, the same for every finding of one story and change.
    """

    id: str
    finding: str  # id of the stored finding
    story: str
    claim: str
    topic: str  # the claim's
    relation: str
    publishers: tuple[Publisher, ...]
    found_at: datetime  # aware UTC, when it was stored: decides the digest it stands in
    topics: tuple[str, ...] = ()  # all topics of the article
    changes: tuple[Change, ...] = ()
    evidence: tuple[Span, ...] = ()  # whole sentences, the leading one first
    redline: tuple[tuple[str, str], ...] = ()
    severity: str = "normal"  # of the claim
    confidence: float = 0.5
    certainty: str = "reported"
    attribution: str = ""
    lang: str = ""
    edited: bool = False
    before: str = ""  # of an edited one: the sentence that said otherwise
    first_run: bool = False  # the entry is older than its source's first poll
    canary: bool = False
    article: str = ""  # id of the article


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One alert on its way to, or arrived at, one channel: a row of the outbox."""

    alert: str
    channel: str
    claim: str
    story: str
    at: datetime  # decided
    keys: tuple[StoryKey, ...] = ()
    held_until: datetime | None = None  # held for quiet hours or a rate limit
    batched: bool = False  # part of a collected message: not counted against the rate
    parked: bool = False  # the channel did not take it: nobody was told, and it is not sent again by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """A person asked for silence about one thing for a time."""

    kind: str  # alert, story, claim, topic, source
    id: str
    until: datetime
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the store knows when a decision is made: at least as far back as the longest cool-down and rate window."""

    told: tuple[Told, ...] = ()
    snoozes: tuple[Snooze, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    id: str
    claim: str
    relation: str
    severity: str
    headline: str  # the one line that says what changed
    created_at: datetime
    state: str = "open"  # open, acknowledged, snoozed
    publishers: tuple[Publisher, ...] = ()
    keys: tuple[StoryKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Sent or kept back, and why: stored for every candidate and rule.

    No channel stands in more than one `send` or `hold` of a candidate, and none of those also in a `keep-back`.
    """

    rule: str  # "" when no rule had a say
    action: str  # send, hold, keep-back, mute, no-match
    reason: str
    channels: tuple[str, ...] = ()
    until: datetime | None = None  # of a hold
    severity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What goes to a channel; escaped by the channel that renders it."""

    id: str  # stable: Message-ID, delivery id
    subject: str
    text: str
    html: str = ""
    thread: str = ""  # messages of one claim belong together
    data: dict[str, object] = field(default_factory=dict)
    attachments: tuple[tuple[str, str, bytes], ...] = ()  # name, media type, bytes
