"""Is there more of a topic than usual? Against the median of the same weekday in the eight weeks before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import median

from pipeline.digest.facts import DayCount
from pipeline.digest.record import Volume

WEEKS = 8  # weeks looked back
ENOUGH = 3  # weeks needed for a verdict
CHART_DAYS = 28  # days in the chart
SPIKE_RATIO = 2.0  # times the median
SPIKE_EXTRA = 5  # articles over the median, so that 1 -> 3 is no spike
QUIET_MEDIAN = 6  # articles: a topic that usually has fewer is never called quiet


def measure(
    counts: Sequence[DayCount], topics: Mapping[str, str], day: date, counted_since: date | None
) -> tuple[Volume, ...]:
    """A line for each topic that has or usually has articles on that weekday; spikes first, then by number.

    A week before `counted_since` is not known and is not counted; a known day without a row had none.
    """
    known = {(one.topic, one.day): one.articles for one in counts}
    since = counted_since or min((one.day for one in counts), default=day)
    weekdays = [day - timedelta(weeks=week) for week in range(1, WEEKS + 1) if day - timedelta(weeks=week) >= since]
    month = [day - timedelta(days=back) for back in range(CHART_DAYS - 1, -1, -1)]
    found = []
    for topic, title in topics.items():
        today = known.get((topic, day), 0)
        before = [known.get((topic, one), 0) for one in weekdays]
        usual = float(median(before)) if len(before) >= ENOUGH else None
        if not today and not usual:
            continue
        found.append(
            Volume(
                topic=topic,
                title=title,
                articles=today,
                median=usual,
                weeks=len(before),
                verdict=_verdict(today, usual),
                days=tuple(known.get((topic, one), 0) for one in month),
            )
        )
    return tuple(sorted(found, key=lambda v: (v.verdict != "spike", -v.articles, v.topic)))


def _verdict(today: int, usual: float | None) -> str:
    if usual is None:
        return ""
    if today >= usual * SPIKE_RATIO and today - usual >= SPIKE_EXTRA:
        return "spike"
    return "quiet" if usual >= QUIET_MEDIAN and today * SPIKE_RATIO <= usual else "usual"
