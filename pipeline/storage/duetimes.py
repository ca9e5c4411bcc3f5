"""What is due when, set right after the clock was wrong: a time far ahead would keep things waiting for hours."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from pipeline.storage import tables as t
from pipeline.storage.session import Transaction

SKEW = timedelta(minutes=1)  # that clocks of several machines may differ by


def heed(tx: Transaction, *, now: datetime) -> int:
    """The same at a start, where polls of the future show that the clock was set back meanwhile; how many rows."""
    s = t.sources.c
    asked = sa.and_(s.listed, sa.not_(s.retired), sa.not_(s.paused))  # the others keep the time of their last poll
    last = tx.scalar(sa.select(sa.func.max(s.last_polled_at)).where(asked))
    return set_back(tx, now=now) if last is not None and last > now + SKEW else 0


def set_back(tx: Transaction, *, now: datetime) -> int:
    """Makes due now what was to be due later, and frees what is in work; how many rows. For a clock that was set back.

    An early poll or try does no harm. Messages that are held for quiet hours and visits of articles keep their time.
    """
    o = t.outbox.c
    changed = 0
    for column in (t.sources.c.next_poll_at, t.entries.c.next_attempt_at, t.host_gates.c.next_at):
        changed += tx.count(sa.update(column.table).where(column > now).values({column.name: now}))
    waiting = sa.and_(o.state == "pending", o.next_attempt_at > now, o.held_until.is_(None))
    changed += tx.count(sa.update(t.outbox).where(waiting).values(next_attempt_at=now))
    for table in (t.sources, t.entries, t.articles, t.outbox):
        ahead = table.c.lease_until > now
        changed += tx.count(sa.update(table).where(ahead).values(lease_holder="", lease_until=None))
    return changed
