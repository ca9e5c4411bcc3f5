"""What is watched, and what a feed says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One watched address, as `sources.yaml` gives it."""

    id: str
    url: str
    name: str = ""
    kind: str = "feed"  # feed (RSS, Atom, JSON Feed), sitemap, search
    lang: str = ""  # ISO 639-1, "" when mixed
    country: str = ""  # ISO 3166-1 alpha-2 of the publisher
    family: str = ""  # publisher family; "" means the source's own id
    state: bool | None = None  # a state owns it; None when unknown
    tier: int = 2  # 1 agencies and papers of record, 2 the rest, 3 weak
    interval: timedelta | None = None  # None: the default of settings
    enabled: bool = True
    folder: tuple[str, ...] = ()  # in lists of feeds, outermost first
    seen: str = ""  # where and when the address was seen to work


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed or sitemap."""

    source: str
    key: str  # identity within the source: see sources.feed
    url: str  # "" when the item has none
    title: str = ""  # text, no markup
    published: datetime | None = None  # aware; the feed's own offset is kept in published_raw
    published_raw: str = ""
    updated: datetime | None = None
    summary: str = ""  # untrusted HTML or text
    content: str = ""  # untrusted HTML or text
    author: str = ""
    lang: str = ""
    notes: tuple[str, ...] = ()  # Reason values met while reading it (bad-date, future-date, aggregator-link)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a feed and its HTTP response ask about when to look again."""

    retry_after: timedelta | None = None
    max_age: timedelta | None = None
    expires: datetime | None = None
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()  # 0..23, GMT
    skip_days: frozenset[int] = frozenset()  # 0 Monday .. 6 Sunday, GMT
    update_period: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """A feed or sitemap, read."""

    format: str  # rss20, rss10, rss09, atom10, json, sitemap, sitemap-index
    title: str = ""
    entries: tuple[Entry, ...] = ()
    children: tuple[str, ...] = ()  # sitemaps of a sitemap index
    hints: Hints = field(default_factory=Hints)
    notes: tuple[str, ...] = ()  # Reason values: malformed-feed, over-entry-limit, empty-feed
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the store knows of a source between two polls."""

    source: str
    url: str  # after permanent redirects
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    first_polled_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_entry_at: datetime | None = None  # when an entry was last new to us
    next_poll_at: datetime | None = None
    failures: int = 0  # in a row
    last_reason: str = ""  # a Reason, "" after success
    last_detail: str = ""
    silent_polls: int = 0  # polls in a row without a new entry
    usual_gap: timedelta | None = None  # usual time between new entries
    longest_gap: timedelta | None = None  # longest silence of late, fading
    health: str = "new"  # new, ok, failing, silent, gone, paused
    retired: bool = False
