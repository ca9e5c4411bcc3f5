"""Alerts: one per claim change and story, who reported it, and what was decided about telling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.model.alert import Alert, Decision, Publisher, Snooze, StoryKey
from pipeline.storage import tables as t
from pipeline.storage.session import Transaction

a = t.alerts.c
k = t.alert_keys.c
p = t.alert_publishers.c
d = t.alert_decisions.c
_PUBLISHER = tuple(Publisher.__dataclass_fields__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAlert:
    """An alert and where it stands; `alert.id` is its number as text."""

    id: int
    alert: Alert
    topic: str
    finding_id: int | None
    updated_at: datetime
    snoozed_until: datetime | None
    decided_by: str
    decided_at: datetime | None
    note: str
    merged_into: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDecision:
    """A decision about telling, with its time."""

    id: int
    alert_id: int | None
    finding_id: int | None
    claim: str
    decision: Decision
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """What came of raising an alert: its number, whether it is new, and the keys that it did not have before."""

    id: int
    new: bool
    added: tuple[StoryKey, ...] = ()


def raise_alert(
    tx: Transaction,
    keys: Sequence[tuple[StoryKey, int]],
    *,
    headline: str,
    severity: str,
    topic: str,
    finding_id: int | None,
    now: datetime,
    state: str = "open",
) -> Raised:
    """Raises an alert for these keys (each with the number of its story), or adds them to the one that has one of them.

    The database holds each key once, so two processes that see the same news make one alert.
    """
    if not keys:
        raise ValueError("an alert needs a key")
    there = _holder(tx, keys)
    if there is None:
        first, _ = keys[0]
        new = tx.insert(
            t.alerts,
            claim=first.claim,
            topic=topic,
            relation=first.relation,
            severity=severity,
            headline=headline,
            state=state,
            finding_id=finding_id,
            created_at=now,
            updated_at=now,
        )
        added = _add_keys(tx, new, keys, now)
        if added:
            return Raised(id=new, new=True, added=added)
        tx.execute(sa.delete(t.alerts).where(a.id == new))  # another process was first with every key
        there = _holder(tx, keys)
        assert there is not None
    added = _add_keys(tx, there, keys, now)
    if added:
        tx.execute(sa.update(t.alerts).where(a.id == there).values(updated_at=now))
    return Raised(id=there, new=False, added=added)


def _holder(tx: Transaction, keys: Sequence[tuple[StoryKey, int]]) -> int | None:
    found = []
    for key, story in keys:
        row = tx.first(
            sa.select(k.alert_id, a.merged_into)
            .join(t.alerts, a.id == k.alert_id)
            .where(k.claim == key.claim, k.relation == key.relation, k.slot == key.slot)
            .where(k.value == key.value, k.story_id == story)
        )
        if row is not None:
            found.append(row.merged_into or row.alert_id)
    return min(found, default=None)


def _add_keys(
    tx: Transaction, alert_id: int, keys: Sequence[tuple[StoryKey, int]], now: datetime
) -> tuple[StoryKey, ...]:
    return tuple(
        key
        for key, story in keys
        if tx.insert_new(t.alert_keys, asdict(key) | {"alert_id": alert_id, "story_id": story, "at": now}) is not None
    )


def add_publisher(
    tx: Transaction, alert_id: int, publisher: Publisher, *, finding_id: int | None, now: datetime
) -> bool:
    """Notes who reports it too. True when that outlet's article was not noted before."""
    values = asdict(publisher) | {"alert_id": alert_id, "finding_id": finding_id, "at": now}
    if tx.insert_new(t.alert_publishers, values) is None:
        return False
    tx.execute(sa.update(t.alerts).where(a.id == alert_id).values(updated_at=now))
    return True


def merge(tx: Transaction, from_alert: int, into: int, *, now: datetime) -> None:
    """Stories were merged: one alert goes on and takes keys and publishers of the other."""
    tx.execute(sa.update(t.alert_keys).where(k.alert_id == from_alert).values(alert_id=into))
    for row in tx.all(sa.select(t.alert_publishers).where(p.alert_id == from_alert).order_by(p.id)):
        publisher = Publisher(**{name: getattr(row, name) for name in _PUBLISHER})
        add_publisher(tx, into, publisher, finding_id=row.finding_id, now=row.at)
    tx.execute(sa.update(t.alerts).where(a.id == from_alert).values(merged_into=into, updated_at=now))


def record_decisions(
    tx: Transaction,
    decisions: Sequence[Decision],
    *,
    now: datetime,
    alert_id: int | None = None,
    finding_id: int | None = None,
    claim: str = "",
) -> None:
    """Stores what was decided and why, what was kept back too."""
    rows = [
        {
            "alert_id": alert_id,
            "finding_id": finding_id,
            "claim": claim,
            "rule": decision.rule,
            "action": decision.action,
            "reason": decision.reason,
            "severity": decision.severity,
            "channels": list(decision.channels),
            "until": decision.until,
            "at": now,
        }
        for decision in decisions
    ]
    if rows:
        tx.execute(sa.insert(t.alert_decisions), rows)


def decisions(
    tx: Transaction, *, alert_id: int | None = None, finding_id: int | None = None, since: datetime | None = None
) -> tuple[SavedDecision, ...]:
    """Why somebody heard of it or not, oldest first."""
    query = sa.select(t.alert_decisions)
    if alert_id is not None:
        query = query.where(d.alert_id == alert_id)
    if finding_id is not None:
        query = query.where(d.finding_id == finding_id)
    if since is not None:
        query = query.where(d.at >= since)
    return tuple(_decision(row) for row in tx.all(query.order_by(d.id)))


def held(tx: Transaction, *, now: datetime, limit: int = 500) -> tuple[SavedDecision, ...]:
    """The latest decision of each alert and rule where that is to hold back until a time that has come."""
    latest = (
        sa.select(sa.func.max(d.id).label("id")).where(d.alert_id.is_not(None)).group_by(d.alert_id, d.rule).subquery()
    )
    query = (
        sa.select(t.alert_decisions)
        .join(latest, latest.c.id == d.id)
        .where(d.action == "hold", d.until <= now)
        .order_by(d.id)
        .limit(limit)
    )
    return tuple(_decision(row) for row in tx.all(query))


def snooze(tx: Transaction, kind: str, thing: str, *, until: datetime, by: str, now: datetime, note: str = "") -> int:
    """Silence about an alert, story, claim, topic or source until then; its number, for `lift`."""
    return tx.insert(t.snoozes, kind=kind, thing=thing, until=until, by=by, note=note, created_at=now)


def lift(tx: Transaction, snooze_id: int, *, now: datetime) -> bool:
    """Ends a snooze. False when it was lifted before."""
    s = t.snoozes.c
    return tx.count(sa.update(t.snoozes).where(s.id == snooze_id, s.lifted_at.is_(None)).values(lifted_at=now)) > 0


def snoozes(tx: Transaction, *, now: datetime) -> tuple[Snooze, ...]:
    """What is not to be heard of now."""
    s = t.snoozes.c
    query = sa.select(t.snoozes).where(s.until > now, s.lifted_at.is_(None)).order_by(s.id)
    return tuple(Snooze(kind=row.kind, id=row.thing, until=row.until, by=row.by) for row in tx.all(query))


def load(tx: Transaction, alert_id: int) -> SavedAlert | None:
    rows = _load(tx, sa.select(t.alerts).where(a.id == alert_id))
    return rows[0] if rows else None


def of_story(tx: Transaction, story_id: int) -> tuple[SavedAlert, ...]:
    ids = sa.select(k.alert_id).where(k.story_id == story_id)
    return _load(tx, sa.select(t.alerts).where(a.id.in_(ids)).order_by(a.id))


def select(
    tx: Transaction,
    *,
    claim: str = "",
    state: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[SavedAlert, ...]:
    """Alerts, newest first, merged ones left out; go on with `before`, the last number."""
    query = sa.select(t.alerts).where(a.merged_into.is_(None))
    if claim:
        query = query.where(a.claim == claim)
    if state:
        query = query.where(a.state == state)
    if since is not None:
        query = query.where(a.created_at >= since)
    if until is not None:
        query = query.where(a.created_at < until)
    if before is not None:
        query = query.where(a.id < before)
    return _load(tx, query.order_by(a.id.desc()).limit(limit))


def set_state(
    tx: Transaction, alert_id: int, state: str, *, by: str, now: datetime, until: datetime | None = None, note: str = ""
) -> bool:
    """Acknowledges, snoozes (`until`) or opens an alert. False when there is no such alert."""
    values: dict[str, Any] = {
        "state": state,
        "snoozed_until": until,
        "decided_by": by,
        "decided_at": now,
        "updated_at": now,
        "note": note,
    }
    return tx.count(sa.update(t.alerts).where(a.id == alert_id).values(**values)) > 0


def wake(tx: Transaction, *, now: datetime) -> int:
    """Opens snoozed alerts whose time has come; how many."""
    due = sa.and_(a.state == "snoozed", a.snoozed_until <= now)
    return tx.count(sa.update(t.alerts).where(due).values(state="open", snoozed_until=None, updated_at=now))


def _load(tx: Transaction, query: sa.Select[Any]) -> tuple[SavedAlert, ...]:
    rows = tx.all(query)
    ids = [row.id for row in rows]
    keys: dict[int, list[StoryKey]] = {}
    publishers: dict[int, list[Publisher]] = {}
    for at in range(0, len(ids), 500):
        some = ids[at : at + 500]
        for row in tx.all(sa.select(t.alert_keys).where(k.alert_id.in_(some)).order_by(k.id)):
            key = StoryKey(claim=row.claim, relation=row.relation, slot=row.slot, value=row.value)
            keys.setdefault(row.alert_id, []).append(key)
        for row in tx.all(sa.select(t.alert_publishers).where(p.alert_id.in_(some)).order_by(p.id)):
            publisher = Publisher(**{name: getattr(row, name) for name in _PUBLISHER})
            publishers.setdefault(row.alert_id, []).append(publisher)
    return tuple(_alert(row, tuple(keys.get(row.id, ())), tuple(publishers.get(row.id, ()))) for row in rows)


def _alert(row: Any, keys: tuple[StoryKey, ...], publishers: tuple[Publisher, ...]) -> SavedAlert:
    alert = Alert(
        id=str(row.id),
        claim=row.claim,
        relation=row.relation,
        severity=row.severity,
        headline=row.headline,
        created_at=row.created_at,
        state=row.state,
        publishers=publishers,
        keys=keys,
    )
    same = (
        "id",
        "topic",
        "finding_id",
        "updated_at",
        "snoozed_until",
        "decided_by",
        "decided_at",
        "note",
        "merged_into",
    )
    return SavedAlert(alert=alert, **{name: getattr(row, name) for name in same})


def _decision(row: Any) -> SavedDecision:
    decision = Decision(
        rule=row.rule,
        action=row.action,
        reason=row.reason,
        channels=tuple(row.channels or ()),
        until=row.until,
        severity=row.severity,
    )
    return SavedDecision(
        id=row.id, alert_id=row.alert_id, finding_id=row.finding_id, claim=row.claim, decision=decision, at=row.at
    )
