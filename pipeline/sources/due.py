"""When to look at a source again. Pure: time and chance are parameters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.model.source import Hints, Source, SourceState

_HOUR = timedelta(hours=1)
_JITTER = 0.1  # share of the wait by which polls are spread, so that sources of one interval do not come all at once
_PER_GAP = 2  # looks per usual time between new entries: half of it is how late we are on average, at worst
_FASTER, _SLOWER = 4, 8  # how far the publishing rate may move the interval, down to a quarter and up to eight times
_DOUBLINGS = 6  # of the wait after failures in a row
_SKIPPED = 24 * 8  # hours within which an allowed one is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """How often sources are looked at when they do not say."""

    interval: timedelta = timedelta(minutes=15)
    floor: timedelta = timedelta(minutes=5)
    ceiling: timedelta = timedelta(hours=6)
    longest: timedelta = timedelta(hours=24)  # after failures and on request of the server: nothing waits longer


def next_poll(
    source: Source, state: SourceState, *, hints: Hints, now: datetime, jitter: float, cadence: Cadence | None = None
) -> datetime | None:
    """When to look again after a poll that left `state`; None for a source that is retired or switched off.

    The source's interval, adapted to how often it brings something new, between floor and ceiling; never sooner than
    feed and server ask (`ttl`, `sy:updatePeriod`, `max-age`, `Expires`: believed up to the ceiling; `Retry-After`: up
    to a day); doubled per failure in a row up to a day, so that no source is ever parked for good; spread by `jitter`,
    a number from 0 to 1; moved out of the hours and days that the feed wants to be left alone in.
    """
    if state.retired or not source.enabled:
        return None
    pace = cadence or Cadence()
    wait = max(_adapted(source, state, pace), min(_asked(hints, now), pace.ceiling))
    if state.failures:
        wait = min(wait * 2 ** min(state.failures, _DOUBLINGS), pace.longest)
    wait = max(wait, min(hints.retry_after or timedelta(0), pace.longest))
    wait *= 1 + _JITTER * min(max(jitter, 0.0), 1.0)
    return _allowed(now + wait, hints)


def sooner(
    state: SourceState, *, before: tuple[Source, Cadence], after: tuple[Source, Cadence], jitter: float
) -> datetime | None:
    """When to look by an interval that was shortened since the last poll; None when that changes nothing.

    Only what waits for its own interval comes nearer: a wait after failures, or one that feed or server asked for and
    that is longer than the old interval, stays.
    """
    last, due_at = state.last_polled_at, state.next_poll_at
    if last is None or due_at is None or state.failures or state.retired:
        return None
    spread = 1 + _JITTER * min(max(jitter, 0.0), 1.0)
    was, now = (_adapted(source, state, pace) * spread for source, pace in (before, after))
    return last + now if now < was and due_at <= last + was and last + now < due_at else None


def validators(state: SourceState) -> tuple[str, str]:
    """ETag and Last-Modified to send. None after a failure: a 304 would not tell whether the source is well again."""
    return ("", "") if state.failures else (state.etag, state.last_modified)


def _adapted(source: Source, state: SourceState, pace: Cadence) -> timedelta:
    wished = source.interval or pace.interval
    if state.usual_gap is None:
        return min(max(wished, pace.floor), max(pace.ceiling, wished))
    fitting = min(max(state.usual_gap / _PER_GAP, wished / _FASTER), wished * _SLOWER)
    return min(max(fitting, pace.floor), max(pace.ceiling, wished))


def _asked(hints: Hints, now: datetime) -> timedelta:
    asked = [hints.ttl, hints.max_age, hints.update_period, hints.expires - now if hints.expires else None]
    return max((wait for wait in asked if wait is not None), default=timedelta(0))


def _allowed(moment: datetime, hints: Hints) -> datetime:
    """The moment, or the first one after it in an hour and on a day that the feed does not rule out (GMT)."""
    for _ in range(_SKIPPED):
        if moment.hour not in hints.skip_hours and moment.weekday() not in hints.skip_days:
            break
        moment = moment.replace(minute=0, second=0, microsecond=0) + _HOUR
    return moment
