"""What is due when, set right after the clock was wrong: a time far ahead would keep things waiting for hours."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from pipeline.storage import tables as t
from pipeline.storage.session import Transaction


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
