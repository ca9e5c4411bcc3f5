"""How long it took from an article's publication, and from our finding it, to the alert being sent.

Counted once per message into the tallies, as the buckets of a histogram, so that it outlives a restart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from pipeline.service.wiring import Desk
from pipeline.storage import jobs, outbox
from pipeline.storage.session import Transaction

STEP = "latency:"
SPANS = ("published", "found")
SUM = "sum"
BUCKETS_S = (60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 604_800)  # a minute to a week
_MARK = "latency"
BATCH = 500


def measure(desk: Desk) -> str:
    """Count the alerts that were sent since the last call."""

    def work(tx: Transaction) -> int:
        after = jobs.marked(tx, _MARK)
        since = datetime.fromisoformat(after["at"]) if after else desk.clock.now() - timedelta(days=1)
        counted: Counter[tuple[date, str, str]] = Counter()
        rows = outbox.sent_alerts(tx, after=since, after_id=after["id"] if after else 0, limit=BATCH)
        for row in rows:
            for span, began in (("published", row.published), ("found", row.found)):
                if began is not None:
                    took_s = max((row.sent_at - began).total_seconds(), 0.0)
                    counted[row.sent_at.date(), STEP + span, _bucket(took_s)] += 1
                    counted[row.sent_at.date(), STEP + span, SUM] += round(took_s)
        for (day, step, reason), count in sorted(counted.items()):
            jobs.tally(tx, day, step, reason, count=count)
        if rows:
            jobs.mark(tx, _MARK, {"at": rows[-1].sent_at.isoformat(), "id": rows[-1].id}, now=desk.clock.now())
        return len(rows)

    measured = desk.write_now(work)
    return f"{measured} alerts" if measured else ""


def _bucket(took_s: float) -> str:
    return next((f"{size}" for size in BUCKETS_S if took_s <= size), "+Inf")


def cumulative(counted: Mapping[str, int]) -> list[tuple[str, float]]:
    """Buckets as Prometheus wants them: each holds what the smaller ones hold."""
    total, buckets = 0, []
    for bound in (*(f"{size}" for size in BUCKETS_S), "+Inf"):
        total += counted.get(bound, 0)
        buckets.append((bound if bound == "+Inf" else f"{bound}.0", float(total)))
    return buckets
