"""When a feed and its HTTP answer ask to be looked at again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pipeline.model.source import Hints

_LONGEST = timedelta(days=366)  # no wish beyond a year is believed
_PERIODS = {
    "hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(days=7),
    "monthly": timedelta(days=30), "yearly": timedelta(days=365),
}  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CHANNEL = 262_144  # bytes in which a channel's own elements are looked for
_HOURS = re.compile(rb"<skipHours\b[^<>]*>(.{0,4000}?)</skipHours\s*>", re.DOTALL | re.IGNORECASE)
_SKIP_DAYS = re.compile(rb"<skipDays\b[^<>]*>(.{0,4000}?)</skipDays\s*>", re.DOTALL | re.IGNORECASE)
_VALUE = re.compile(rb">\s*(\w{1,12})\s*<")
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)


def of_channel(*, ttl: str, period: str, frequency: str, body: bytes) -> Hints:
    """The hints inside an RSS channel: `ttl` in minutes, `sy:updatePeriod`, `skipHours` and `skipDays` (GMT)."""
    head = body[:_CHANNEL]
    return Hints(
        ttl=_span(ttl, timedelta(minutes=1)),
        update_period=_period(period, frequency),
        skip_hours=_skip_hours(head),
        skip_days=_skip_days(head),
    )


def of_headers(headers: Iterable[tuple[str, str]], *, now: datetime) -> Hints:
    """The hints of an HTTP answer: `Retry-After`, `Cache-Control: max-age`, `Expires`. Names are in lower case."""
    named = dict(reversed(list(headers)))
    found = _MAX_AGE.search(named.get("cache-control", ""))
    return Hints(
        retry_after=retry_after(named.get("retry-after", ""), now=now),
        max_age=_span(found[1], timedelta(seconds=1)) if found else None,
        expires=_http_date(named.get("expires", ""), now=now),
    )


def retry_after(value: str, *, now: datetime) -> timedelta | None:
    """How long a server asks to wait (RFC 9110, section 10.2.3): seconds or a date; None when it cannot be read."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return _span(text, timedelta(seconds=1))
    moment = _http_date(text, now=now)
    return max(moment - now, timedelta(0)) if moment else None


def merged(feed: Hints, answer: Hints) -> Hints:
    """What the feed says and what the answer says, as one."""
    return Hints(
        retry_after=answer.retry_after,
        max_age=answer.max_age,
        expires=answer.expires,
        ttl=feed.ttl,
        skip_hours=feed.skip_hours,
        skip_days=feed.skip_days,
        update_period=feed.update_period,
    )


def _http_date(value: str, *, now: datetime) -> datetime | None:
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(moment, now + _LONGEST)


def _span(count: str, unit: timedelta) -> timedelta | None:
    text = count.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > len("9999999999"):
        return None
    return min(int(text) * unit, _LONGEST) if int(text) < _LONGEST / unit else _LONGEST


def _period(period: str, frequency: str) -> timedelta | None:
    span = _PERIODS.get(period.strip().lower())
    if span is None:
        return None
    text = frequency.strip()
    times = int(text) if text.isascii() and text.isdigit() and len(text) <= len("1440") else 1
    return span / max(times, 1)


def _skip_hours(head: bytes) -> frozenset[int]:
    found = _HOURS.search(head)
    hours = {int(value) % 24 for value in _VALUE.findall(found[1]) if value.isdigit()} if found else set()
    return frozenset(hours) if len(hours) < len(range(24)) else frozenset()


def _skip_days(head: bytes) -> frozenset[int]:
    found = _SKIP_DAYS.search(head)
    names = {value.decode("ascii", "replace").lower() for value in _VALUE.findall(found[1])} if found else set()
    days = {number for number, name in enumerate(_DAYS) if name in names}
    return frozenset(days) if len(days) < len(_DAYS) else frozenset()
