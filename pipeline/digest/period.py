"""Which stretch of time a digest covers: local times, right across changes of the clock, none twice, none left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.model.rules import DigestPlan

MADE_UP = 14  # periods made up at most after a standstill; an older rest falls into the first of them
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `start`, included, to `end`, not included; both aware UTC. `key` is unique: one digest each."""

    plan: str
    key: str  # plan and local date of the end: `morning-2025-06-05`
    start: datetime
    end: datetime

    @property
    def day(self) -> date:
        """The local day on which the digest is made."""
        return date.fromisoformat(self.key[-10:])

    @property
    def last_day(self) -> date:
        """The day (UTC) of its last moment: what the count of its last 24 hours goes by."""
        return (self.end - timedelta(microseconds=1)).astimezone(UTC).date()

    def holds(self, moment: datetime) -> bool:
        """Whether a moment falls into it."""
        return self.start <= moment < self.end


def on(plan: DigestPlan, day: date) -> Period:
    """The period of the digest made on that local day, or on the plan's next day when none is made on it."""
    while not _made_on(plan, day):
        day += timedelta(days=1)
    before = day - timedelta(days=1)
    while not _made_on(plan, before):
        before -= timedelta(days=1)
    return Period(plan=plan.id, key=f"{plan.id}-{day.isoformat()}", start=_moment(plan, before), end=_moment(plan, day))


def latest(plan: DigestPlan, now: datetime) -> Period:
    """The last period that has ended at `now`."""
    day = now.astimezone(ZoneInfo(plan.zone)).date() + timedelta(days=1)
    while not (_made_on(plan, day) and _moment(plan, day) <= now):
        day -= timedelta(days=1)
    return on(plan, day)


def upcoming(plan: DigestPlan, now: datetime) -> Period:
    """The period that is running at `now`: its digest is still to come."""
    day = now.astimezone(ZoneInfo(plan.zone)).date() - timedelta(days=1)
    while not (_made_on(plan, day) and _moment(plan, day) > now):
        day += timedelta(days=1)
    return on(plan, day)


def due(plan: DigestPlan, now: datetime, last: Period | None) -> tuple[Period, ...]:
    """The periods that have ended and have no digest yet, oldest first.

    `last` is the newest period of this plan that was built; None when there is none, and then only the latest is due.
    Each period starts where the one before ended, so that a changed time or zone neither loses nor repeats a moment;
    a key that was built is never given again. After a long standstill the oldest of at most MADE_UP takes in the rest.
    """
    if last is None:
        return (latest(plan, now),)
    found: list[Period] = []
    period = latest(plan, now)
    while period.end > last.end and len(found) < MADE_UP:
        if period.day > last.day:
            found.append(period)
        period = on(plan, _previous(plan, period.day))
    found.reverse()
    joined: list[Period] = []
    start = last.end
    for one in found:
        joined.append(Period(plan=one.plan, key=one.key, start=start, end=one.end))
        start = one.end
    return tuple(joined)


def _made_on(plan: DigestPlan, day: date) -> bool:
    if plan.every == "week":
        return day.weekday() == plan.weekday
    return plan.every == "day" or day.weekday() < _SATURDAY


def _previous(plan: DigestPlan, day: date) -> date:
    day -= timedelta(days=1)
    while not _made_on(plan, day):
        day -= timedelta(days=1)
    return day


def _moment(plan: DigestPlan, day: date) -> datetime:
    """The plan's time on that day: moved on when the clock skips it, the first of two when the clock repeats it."""
    return datetime.combine(day, plan.at).replace(tzinfo=ZoneInfo(plan.zone)).astimezone(UTC)
