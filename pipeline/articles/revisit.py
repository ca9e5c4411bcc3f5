"""When to look at an article again: soon while it is fresh, ever later, then no more. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_JITTER = 0.1  # share of the wait by which visits are spread
_MOST = 20  # doublings that are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How long and how often an article is looked at."""

    first: timedelta = timedelta(minutes=45)  # after it was read
    growth: float = 2.0
    longest: timedelta = timedelta(days=2)
    age: timedelta = timedelta(days=7)  # after which it is looked at no more


def next_visit(
    *,
    first_seen: datetime,
    now: datetime,
    visits: int,
    changed: bool,
    jitter: float,
    freshness: Freshness | None = None,
) -> datetime | None:
    """When to read an article again after `visits` readings, the one just made included; None when it is not fresh.

    Each wait is longer than the one before, except after a change: an article that was edited is edited again.
    `changed` is false for pages that change at every load. `jitter` from 0 to 1 only adds.
    """
    rules = freshness or Freshness()
    if now - first_seen >= rules.age:
        return None
    steps = max(visits - 1 - (1 if changed else 0), 0)
    wait = min(rules.first * rules.growth ** min(steps, _MOST), rules.longest)
    wait += wait * _JITTER * min(max(jitter, 0.0), 1.0)
    last = first_seen + rules.age
    return min(now + wait, last) if now < last else None
