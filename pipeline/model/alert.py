"""Who hears what, and what stands in a digest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryKey:
    """What makes two reports the same news."""

    claim: str
    relation: str
    slot: str  # "" for a denial without slot
    value: str  # canonical


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
    """Sent or kept back, and why: stored for every candidate and rule."""

    rule: str
    action: str  # send, hold, keep-back, mute
    reason: str
    channels: tuple[str, ...] = ()
    until: datetime | None = None


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
