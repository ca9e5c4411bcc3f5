"""Quiet hours in a local time zone, right across changes of the clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.model.rules import QuietHours


def until(hours: Iterable[QuietHours], severity: str, now: datetime) -> datetime | None:
    """When the quiet around `now` ends, aware UTC; None when there is none, or this severity is let through.

    Quiet hours that touch or overlap are one.
    """
    quiet = [one for one in hours if severity not in one.let_through]
    end: datetime | None = None
    at = now
    for _ in range(len(quiet) * 8 + 1):  # each day of a week, for each: more is quiet without end
        ends = [found for one in quiet if (found := _end(one, at)) is not None]
        if not ends:
            return end
        end = at = max(ends)
    return end


def _end(hours: QuietHours, now: datetime) -> datetime | None:
    zone = ZoneInfo(hours.zone)
    today = now.astimezone(zone).date()
    for begins in (today - timedelta(days=1), today):
        if hours.days and begins.weekday() not in hours.days:
            continue
        ends = begins if hours.end > hours.start else begins + timedelta(days=1)
        start = _utc(datetime.combine(begins, hours.start), zone)
        end = _utc(datetime.combine(ends, hours.end), zone)
        if start <= now < end:
            return end
    return None


def _utc(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment of a local time. One that the clock skips moves on by what was skipped; of a doubled one the first."""
    return local.replace(tzinfo=zone).astimezone(UTC)
