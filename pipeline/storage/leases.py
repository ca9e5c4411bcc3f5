"""Leases: one holder at a time, for a time. Each new holder gets a higher number, with which its writes are fenced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from pipeline.storage import tables as t
from pipeline.storage.session import Fence, Transaction

c = t.leases.c


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRow:
    """Who holds a lease and until when."""

    name: str
    holder: str
    until: datetime | None
    token: int


def database_now(tx: Transaction) -> datetime:
    """The database's own clock, the same for all processes that use it. Wall time also within a transaction."""
    if tx.postgres:
        at: datetime = tx.scalar(sa.select(sa.func.clock_timestamp()))
        return at.astimezone(UTC)
    said = tx.scalar(sa.text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')"))
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


def acquire(tx: Transaction, name: str, holder: str, *, length: timedelta, now: datetime | None = None) -> Fence | None:
    """Takes the lease, or keeps one's own; None while somebody else holds it.

    Without `now` the database's clock counts, so that machines need not agree on the time. The number grows whenever
    the lease passes on, also back to a holder that had let it run out.
    """
    tx.insert_new(t.leases, {"name": name, "token": 0})
    row = tx.first(sa.select(t.leases).where(c.name == name).with_for_update())
    assert row is not None
    at = now or database_now(tx)
    running = row.until is not None and row.until > at
    if running and row.holder != holder:
        return None
    token = row.token if running else row.token + 1
    tx.execute(sa.update(t.leases).where(c.name == name).values(holder=holder, until=at + length, token=token))
    return Fence(name=name, holder=holder, token=token)


def renew(tx: Transaction, fence: Fence, *, length: timedelta, now: datetime | None = None) -> bool:
    """Keeps a lease that is still one's own, also when it ran out and nobody took it. False when it passed on."""
    at = now or database_now(tx)
    mine = sa.and_(c.name == fence.name, c.holder == fence.holder, c.token == fence.token)
    return tx.count(sa.update(t.leases).where(mine).values(until=at + length)) > 0


def give_up(tx: Transaction, fence: Fence) -> bool:
    """Lets the lease go at once, so that a standby need not wait. False when it had passed on."""
    mine = sa.and_(c.name == fence.name, c.holder == fence.holder, c.token == fence.token)
    return tx.count(sa.update(t.leases).where(mine).values(until=None, holder="", token=c.token + 1)) > 0


def look(tx: Transaction, name: str) -> LeaseRow | None:
    row = tx.first(sa.select(t.leases).where(c.name == name))
    return None if row is None else LeaseRow(**row._mapping)


def lapsed(tx: Transaction, prefix: str, *, now: datetime | None = None) -> tuple[str, ...]:
    """Names that begin so and whose lease has run out."""
    at = now or database_now(tx)
    query = sa.select(c.name).where(c.name.startswith(prefix, autoescape=True), c.until <= at).order_by(c.name)
    return tuple(row.name for row in tx.all(query))


def forget(tx: Transaction, name: str) -> None:
    """Takes a lease away altogether: for names that are used once. A fence of it is good for nothing afterwards."""
    tx.execute(sa.delete(t.leases).where(c.name == name))
