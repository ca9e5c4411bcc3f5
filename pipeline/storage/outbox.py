"""The outbox: each message to each channel is a row, written with what it tells of, sent from here until it is sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.base import Executable

from pipeline.model.alert import StoryKey, Told
from pipeline.storage import queues
from pipeline.storage import tables as t
from pipeline.storage.columns import Moment, fields_of
from pipeline.storage.session import Transaction

o = t.outbox.c
TOLD = ("pending", "sent", "dropped")  # what was dropped went out as part of another message


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way to one channel."""

    id: int
    kind: str  # alert, digest, notice
    thing_id: int
    channel: str
    part: str
    thread: str
    claim: str
    story: str
    payload: Mapping[str, Any]
    state: str  # pending, sent, parked, dropped
    attempts: int
    next_attempt_at: datetime | None
    held_until: datetime | None
    batched: bool
    last_error: str
    message_id: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAlert:
    """An alert that a channel took: when, when it was found, and when the first article that tells it came out."""

    id: int  # of the message
    sent_at: datetime
    found: datetime
    published: datetime | None


def put(
    tx: Transaction,
    *,
    kind: str,
    thing_id: int,
    channel: str,
    payload: Mapping[str, Any],
    now: datetime,
    part: str = "",
    thread: str = "",
    claim: str = "",
    story: str = "",
    keys: Sequence[StoryKey] = (),
    held_until: datetime | None = None,
    batched: bool = False,
    message_id: str = "",
) -> int | None:
    """Puts a message into the outbox, once per thing, channel and part. None when it stands there already.

    One that is `batched` goes out as one with the others that were held for its channel.
    """
    values = {
        "kind": kind,
        "thing_id": thing_id,
        "channel": channel,
        "part": part,
        "thread": thread,
        "claim": claim,
        "story": story,
        "keys": [fields_of(key) for key in keys],
        "payload": dict(payload),
        "held_until": held_until,
        "batched": batched,
        "next_attempt_at": held_until or now,
        "created_at": now,
        "message_id": message_id,
    }
    id_: int | None = tx.insert_new(t.outbox, values, returning="id")
    return id_


_LEASES = queues.Leases(t.outbox, sa.and_(o.state == "pending", o.next_attempt_at <= queues.NOW))


def claim_due(
    tx: Transaction, *, now: datetime, limit: int, lease: timedelta, holder: str, channels: Sequence[str] | None = None
) -> tuple[Delivery, ...]:
    """Takes messages that are due, oldest first; the caller's until `sent`, `failed`, `park` or the lease ends."""
    query = sa.select(o.id).where(_LEASES.free).params(now=now)
    if channels is not None:
        query = query.where(o.channel.in_(list(channels)))
    ids = [row.id for row in tx.all(query.order_by(o.next_attempt_at, o.id).limit(limit))]
    rows = _LEASES.take(tx, ids, now=now, holder=holder, until=now + lease)
    return tuple(_delivery(row) for row in sorted(rows, key=lambda row: row.id))


def sent(tx: Transaction, id_: int, *, now: datetime, message_id: str = "") -> None:
    """The channel took the message."""
    tx.execute(_sent(bool(message_id)), {"at": id_, "now": now, "message": message_id})


@cache
def _sent(named: bool) -> Executable:
    """Built once: this is run for every message."""
    values: dict[str, Any] = {"state": "sent", "last_error": "", "next_attempt_at": None, "attempts": o.attempts + 1}
    values |= {"sent_at": sa.bindparam("now", type_=Moment), "lease_holder": "", "lease_until": None}
    if named:
        values["message_id"] = sa.bindparam("message")
    return sa.update(t.outbox).where(o.id == sa.bindparam("at")).values(**values)


def failed(tx: Transaction, id_: int, *, error: str, retry_at: datetime, delivered: Sequence[str] = ()) -> None:
    """The channel did not take it; it is tried again then. `delivered` are its parts that did arrive."""
    values: dict[str, Any] = {"attempts": o.attempts + 1, "last_error": error[:1000], "next_attempt_at": retry_at}
    if delivered:
        there = load(tx, id_)
        values["payload"] = dict(there.payload if there else {}) | {"delivered": list(delivered)}
    _close(tx, [id_], values)


def park(tx: Transaction, id_: int, *, error: str) -> None:
    """Trying again is no use: kept and shown until somebody says otherwise."""
    _close(
        tx,
        [id_],
        {"state": "parked", "attempts": o.attempts + 1, "last_error": error[:1000], "next_attempt_at": None},
    )


def drop(tx: Transaction, id_: int, *, why: str) -> None:
    """Not to be sent any more: it goes out as part of another message."""
    _close(tx, [id_], {"state": "dropped", "last_error": why, "next_attempt_at": None})


_REWRITE = (
    sa.update(t.outbox)
    .where(o.id == sa.bindparam("at"), o.attempts == 0)
    .values(payload=sa.bindparam("payload", type_=o.payload.type))
)


def rewrite(tx: Transaction, payloads: Mapping[int, Mapping[str, Any]]) -> None:
    """Changes what is going to be sent: only before the first try, a receiver never sees two versions of one id."""
    if payloads:
        tx.execute(_REWRITE, [{"at": id_, "payload": dict(payload)} for id_, payload in payloads.items()])


def again(tx: Transaction, id_: int, *, now: datetime) -> bool:
    """Puts a parked message back. False when it was not parked."""
    done = tx.count(
        sa.update(t.outbox).where(o.id == id_, o.state == "parked").values(state="pending", next_attempt_at=now)
    )
    return done > 0


def release(tx: Transaction, holder: str) -> int:
    """Frees what that holder has in work; how many."""
    return tx.count(sa.update(t.outbox).where(o.lease_holder == holder).values(lease_holder="", lease_until=None))


def _close(tx: Transaction, ids: Sequence[int], values: dict[str, Any]) -> None:
    tx.execute(sa.update(t.outbox).where(o.id.in_(list(ids))).values(**values, lease_holder="", lease_until=None))


_OF_ALERTS = (
    sa.select(o.id, o.thing_id, o.channel, o.claim, o.story, o["keys"], o.created_at, o.held_until, o.state, o.batched)
    .where(o.kind == "alert")
    .order_by(o.id)
)
_TOLD = _OF_ALERTS.where(o.state.in_(TOLD))
_TOLD_SINCE = _TOLD.where(o.created_at >= sa.bindparam("since"))
_TOLD_OF_CLAIMS = _TOLD_SINCE.where(o.claim.in_(sa.bindparam("claims", expanding=True)))
_TOLD_OF_ALERTS = _OF_ALERTS.where(
    o.state.in_((*TOLD, "parked")), o.thing_id.in_(sa.bindparam("alerts", expanding=True))
)
_TOLD_THERE = _TOLD_SINCE.where(o.channel.in_(sa.bindparam("channels", expanding=True)))


def told(
    tx: Transaction, *, since: datetime, claims: Collection[str], alerts: Collection[int] = ()
) -> tuple[Told, ...]:
    """Alerts of these claims on their way or arrived since then, and these alerts whenever it was, oldest first.

    Of these alerts those that are parked, too.
    What cool-downs are measured against, and whether somebody was told already.
    """
    rows = {row.id: row for row in tx.all(_TOLD_OF_CLAIMS, {"since": since, "claims": sorted(claims)})}
    if alerts:
        rows |= {row.id: row for row in tx.all(_TOLD_OF_ALERTS, {"alerts": sorted(alerts)})}
    return tuple(_told(rows[id_]) for id_ in sorted(rows))


def told_there(tx: Transaction, channels: Collection[str], *, since: datetime) -> tuple[Told, ...]:
    """Alerts of any claim on their way to these channels or arrived since then: what rates are measured against."""
    rows = tx.all(_TOLD_THERE, {"since": since, "channels": sorted(channels)}) if channels else ()
    return tuple(_told(row) for row in rows)


def load(tx: Transaction, id_: int) -> Delivery | None:
    row = tx.first(sa.select(t.outbox).where(o.id == id_))
    return None if row is None else _delivery(row)


def select(
    tx: Transaction,
    *,
    kind: str = "",
    thing_id: int | None = None,
    state: str = "",
    channel: str = "",
    before: int | None = None,
    limit: int = 100,
) -> tuple[Delivery, ...]:
    """Messages, newest first; go on with `before`, the last number."""
    query = sa.select(t.outbox)
    for column, value in ((o.kind, kind), (o.state, state), (o.channel, channel)):
        if value:
            query = query.where(column == value)
    if thing_id is not None:
        query = query.where(o.thing_id == thing_id)
    if before is not None:
        query = query.where(o.id < before)
    return tuple(_delivery(row) for row in tx.all(query.order_by(o.id.desc()).limit(limit)))


def depth(tx: Transaction) -> dict[tuple[str, str], int]:
    """How many messages: (channel, state) -> count."""
    query = sa.select(o.channel, o.state, sa.func.count().label("n")).group_by(o.channel, o.state)
    return {(row.channel, row.state): row.n for row in tx.all(query)}


def sent_alerts(tx: Transaction, *, after: datetime, after_id: int = 0, limit: int = 500) -> tuple[SentAlert, ...]:
    """Alerts that were sent after that message (time and number), in the order of their sending."""
    p, a = t.alert_publishers.c, t.alerts.c
    first = sa.select(sa.func.min(p.published)).where(p.alert_id == a.id).scalar_subquery()
    query = (
        sa.select(o.id, o.sent_at, a.created_at.label("found"), first.label("published"))
        .join(t.alerts, a.id == o.thing_id)
        .where(o.kind == "alert", o.state == "sent", o.sent_at >= after)  # which the index over time answers
        .where(sa.or_(o.sent_at > after, sa.and_(o.sent_at == after, o.id > after_id)))
        .order_by(o.sent_at, o.id)
        .limit(limit)
    )
    return tuple(SentAlert(**row._mapping) for row in tx.all(query))


def _told(row: Any) -> Told:
    return Told(
        alert=str(row.thing_id),
        channel=row.channel,
        claim=row.claim,
        story=row.story,
        at=row.created_at,
        keys=tuple(StoryKey(**key) for key in row._mapping["keys"] or ()),
        held_until=row.held_until if row.state == "pending" else None,
        batched=row.batched,
        parked=row.state == "parked",
    )


def _delivery(row: Any) -> Delivery:
    return Delivery(**{name: row._mapping[name] for name in Delivery.__dataclass_fields__})
