"""The pace of hosts, shared by all processes that use the database: each books the next free moment of a host."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from pipeline.storage import tables as t
from pipeline.storage.session import Transaction

g = t.host_gates.c


def book(tx: Transaction, host: str, *, now: datetime, delay: timedelta, within: timedelta) -> timedelta:
    """How long until the host may be asked; from then on it rests for `delay`. Beyond `within` nothing is booked."""
    wait = max(_free_at(tx, host, now) - now, timedelta(0))
    if wait <= within:
        tx.execute(sa.update(t.host_gates).where(g.host == host).values(next_at=now + wait + delay))
    return wait


def hold(tx: Transaction, host: str, *, until: datetime) -> None:
    """Nobody asks the host before then: it said so."""
    if _free_at(tx, host, until) < until:
        tx.execute(sa.update(t.host_gates).where(g.host == host).values(next_at=until))


def _free_at(tx: Transaction, host: str, now: datetime) -> datetime:
    tx.insert_new(t.host_gates, {"host": host, "next_at": now})
    at: datetime = tx.scalar(sa.select(g.next_at).where(g.host == host).with_for_update())
    return at
