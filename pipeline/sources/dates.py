"""Dates of feeds: aware UTC, whatever dialect they are written in. What cannot be read is None, never a guess."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

# Zone abbreviations that mean one offset everywhere (IANA time zone data), in minutes. Ambiguous ones (IST, CST) are
# left to the mail rules (RFC 5322), and where these do not know them the date counts as UTC.
_ZONES = {
    "MSK": 180, "TRT": 180, "AZT": 240, "GET": 240, "PKT": 300, "CET": 60, "CEST": 120, "EET": 120,
    "EEST": 180, "IRST": 210, "UTC": 0, "GMT": 0, "Z": 0, "UT": 0,
}  # fmt: skip
_TAIL = re.compile(
    r"(?:\s|(?<=\d))(?:(?P<name>[A-Z]{1,5})|(?:UTC|GMT)?(?P<sign>[+-])(?P<h>\d{1,2}):?(?P<m>\d{2})?)\s*$"
)
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
# What nearly every feed writes; read at once, for it is read thirty times a feed. The rest takes the long way.
_USUAL_MAIL = re.compile(
    r"(?:[A-Z][a-z]{2}, )?([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-5][0-9]) "
    r"(?:GMT|UTC|Z|([+-])([01][0-9]|2[0-3])([0-5][0-9]))\Z"
)
_USUAL_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])\Z"
)
_MONTHS = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6, "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11,
    "Dec": 12,
}  # fmt: skip
_LONGEST = 80  # characters


def read(raw: str) -> datetime | None:
    """The moment a feed's date means, aware and in UTC; without a zone it counts as UTC; None when it cannot be read.

    Read are ISO 8601, the mail form (RFC 822 and 5322) and `day.month.year hour:minute` with numeric or named zones.
    """
    if not raw:
        return None
    text = " ".join(raw.split())
    if not text or len(text) > _LONGEST:
        return None
    for reader in (_usual, _iso, _mail, _day_first):
        try:
            moment = reader(text)
            if moment is not None and moment.year > 1:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError, TypeError):
            continue
    return None


def _usual(text: str) -> datetime | None:
    if _USUAL_ISO.match(text):
        return datetime.fromisoformat(text)
    found = _USUAL_MAIL.match(text)
    if found is None or found[2] not in _MONTHS:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    moment = datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    if sign is None:
        return moment
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return moment + ahead if sign == "-" else moment - ahead


def _iso(text: str) -> datetime | None:
    if not text[:4].isdigit() or not text[:4].isascii():
        return None
    body, zone = _zone(text)
    body = body.replace("/", "-").strip()
    for candidate in (body, re.sub(r"\.\d+$", "", body)):
        try:
            moment = datetime.fromisoformat(candidate)
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return None


def _mail(text: str) -> datetime | None:
    body, zone = _zone(text)
    written = body if zone is not UTC else text
    parsed = parsedate_tz(written) or (None if ":" in written else parsedate_tz(f"{written} 00:00:00"))
    if parsed is None:
        return None
    offset = parsed[9]
    if offset is not None and zone is UTC:
        zone = timezone(timedelta(seconds=offset))
    year, month, day, hour, minute, second = parsed[:6]
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)


def _day_first(text: str) -> datetime | None:
    body, zone = _zone(text)
    found = _DAY_FIRST.match(body)
    if found is None:
        return None
    day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


def _zone(text: str) -> tuple[str, timezone]:
    """The date without its zone, and the zone; UTC and the text as it was when it names none that we know."""
    found = _TAIL.search(text)
    if found is None:
        return text, UTC
    if found["name"]:
        minutes = _ZONES.get(found["name"])
        if minutes is None:
            return text, UTC
        return text[: found.start()].strip(), timezone(timedelta(minutes=minutes)) if minutes else UTC
    if "T" not in text and ":" not in text[: found.start()]:
        return text, UTC  # the tail of a plain date: 2026-11-22
    minutes = int(found["h"]) * 60 + int(found["m"] or 0)
    shift = timezone(timedelta(minutes=-minutes if found["sign"] == "-" else minutes))
    return text[: found.start()].strip(), shift
