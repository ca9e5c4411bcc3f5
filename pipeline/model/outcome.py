"""What a step answers: done, skipped for a reason, or failed with an error."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from pipeline.model.travel import travels

T = TypeVar("T")


class Reason(enum.StrEnum):
    """Why a step did nothing, or why an item ended where it did. Stored, counted and shown."""

    # a source was polled
    UNCHANGED = "unchanged"  # 304, or the same bytes as last time
    NOT_DUE = "not-due"
    PAUSED = "paused"
    GONE = "gone"  # 410: retired with a notice
    NOT_A_FEED = "not-a-feed"  # 200 with something else
    READING_TIME = "reading-time"  # its reader was given up
    READING_MEMORY = "reading-memory"
    READING_ERROR = "reading-error"
    EMPTY_FEED = "empty-feed"
    MALFORMED_FEED = "malformed-feed"  # not well-formed; what could be read was read
    OVER_ENTRY_LIMIT = "over-entry-limit"
    PART_FAILED = "part-failed"  # some sitemaps of an index; the others were read
    # an entry was considered
    KNOWN = "known"  # seen before, nothing new about it
    NO_ADDRESS = "no-address"
    AGGREGATOR_LINK = "aggregator-link"  # the publisher's own address is hidden
    BAD_DATE = "bad-date"
    FUTURE_DATE = "future-date"
    # a page was asked for
    DNS = "dns"
    REFUSED = "refused"
    RESET = "reset"
    TLS = "tls"
    CONNECT_TIMEOUT = "connect-timeout"
    READ_TIMEOUT = "read-timeout"
    TOTAL_TIMEOUT = "total-timeout"
    TOO_LARGE = "too-large"
    HEADERS_TOO_LARGE = "headers-too-large"
    WRONG_LENGTH = "wrong-length"
    BAD_ENCODING = "bad-encoding"  # a compressed body that does not decompress
    TOO_MANY_REDIRECTS = "too-many-redirects"
    PRIVATE_ADDRESS = "private-address"
    BAD_ADDRESS = "bad-address"
    ROBOTS = "robots"
    ROBOTS_WAIT = "robots-wait"  # robots.txt answered 5xx: wait
    FORBIDDEN = "forbidden"  # 401, 403
    NOT_FOUND = "not-found"
    RATE_LIMITED = "rate-limited"  # 429
    CLIENT_ERROR = "client-error"  # another 4xx
    SERVER_ERROR = "server-error"
    PROTOCOL = "protocol"  # not HTTP as we know it
    HOST_BUSY = "host-busy"  # the pace of its host leaves no room now: ask later
    # a page was read
    NO_TEXT = "no-text"
    TOO_SHORT = "too-short"
    PAYWALL = "paywall"
    CONSENT = "consent"
    LISTING = "listing"
    ERROR_PAGE = "error-page"
    VIDEO = "video"
    LIVE_BLOG = "live-blog"
    NOT_HTML = "not-html"
    UNREADABLE = "unreadable"
    # a version was decided
    SAME_TEXT = "same-text"
    FLAPPING = "flapping"  # changes at every load; no more versions are made
    EXACT_COPY = "exact-copy"
    # an article was analysed
    NO_TOPIC = "no-topic"
    PUT_OFF = "put-off"  # no topic can be reached: extraction was put off
    ANALYSIS_TIME = "analysis-time"
    ANALYSIS_MEMORY = "analysis-memory"
    ANALYSIS_ERROR = "analysis-error"
    # something else
    DISK_FULL = "disk-full"
    DATABASE_LOCKED = "database-locked"
    DATABASE_UNREACHABLE = "database-unreachable"
    OLD_SCHEMA = "old-schema"
    LEASE_LOST = "lease-lost"
    UNEXPECTED = "unexpected"


@travels
@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    value: T


@travels
@dataclass(frozen=True, slots=True)
class Skipped:
    reason: Reason
    detail: str = ""


@travels
@dataclass(frozen=True, slots=True)
class Failed:
    reason: Reason
    detail: str = ""
    retry: bool = True
    after_s: float | None = None  # seconds that the other side asked to be left alone for


Outcome: TypeAlias = Done[T] | Skipped | Failed
