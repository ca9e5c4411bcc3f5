"""Alerts: one per claim change and story, and who reported it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.model.alert import Alert, Publisher, StoryKey
from pipeline.model.rules import SEVERITIES
from pipeline.storage import tables as t
from pipeline.storage.columns import Moment, fields_of
from pipeline.storage.session import Transaction

a = t.alerts.c
k = t.alert_keys.c
p = t.alert_publishers.c
_KEY = ("slot", "value", "story_id")
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
    untold: bool = False,
) -> Raised:
    """Raises an alert for these keys (each with the number of its story), or adds them to the one that has one of them.

    The database holds each key once, so two processes that see the same news make one alert. `untold` says that the
    caller has just found no alert of these stories.
    """
    if not keys:
        raise ValueError("an alert needs a key")
    there = None if untold else _holder(tx, keys)
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


_HOLDERS = (
    sa.select(k.claim, k.relation, k.slot, k.value, k.story_id, k.alert_id, a.merged_into)
    .join(t.alerts, a.id == k.alert_id)
    .where(k.story_id.in_(sa.bindparam("stories", expanding=True)))
)
_OF_STORIES = (
    sa.select(k.story_id, sa.func.min(k.alert_id).label("alert"))
    .where(k.story_id.in_(sa.bindparam("stories", expanding=True)))
    .group_by(k.story_id)
)
_PUBLISHERS = sa.select(t.alert_publishers).where(p.alert_id.in_(sa.bindparam("alerts", expanding=True))).order_by(p.id)
_UPDATED = (
    sa.update(t.alerts)
    .where(a.id.in_(sa.bindparam("alerts", expanding=True)))
    .values(updated_at=sa.bindparam("now", type_=Moment))
)


def _holder(tx: Transaction, keys: Sequence[tuple[StoryKey, int]]) -> int | None:
    asked = {(key.claim, key.relation, key.slot, key.value, story) for key, story in keys}
    rows = tx.all(_HOLDERS, {"stories": sorted({story for _, story in keys})})
    return min((row.merged_into or row.alert_id for row in rows if tuple(row[:5]) in asked), default=None)


def _add_keys(
    tx: Transaction, alert_id: int, keys: Sequence[tuple[StoryKey, int]], now: datetime
) -> tuple[StoryKey, ...]:
    rows = [fields_of(key) | {"alert_id": alert_id, "story_id": story, "at": now} for key, story in keys]
    added = {(row.slot, row.value, row.story_id) for row in tx.insert_missing(t.alert_keys, rows, *_KEY)}
    return tuple(key for key, story in keys if (key.slot, key.value, story) in added)


def add_publisher(
    tx: Transaction, alert_id: int, publisher: Publisher, *, finding_id: int | None, now: datetime
) -> bool:
    """Notes who reports it too. True when that outlet's article was not noted before."""
    return bool(add_publishers(tx, {alert_id: finding_id}, publisher, now=now))


def add_publishers(
    tx: Transaction,
    reported: Mapping[int, int | None],
    publisher: Publisher,
    *,
    now: datetime,
    new: Collection[int] = (),
) -> frozenset[int]:
    """Notes with many alerts (number -> finding) who reports them too. Those with which that article was not noted.

    `new` are alerts that were raised at this very time.
    """
    own = fields_of(publisher) | {"at": now}
    rows = [own | {"alert_id": alert, "finding_id": finding} for alert, finding in reported.items()]
    added = {row.alert_id for row in tx.insert_missing(t.alert_publishers, rows, "alert_id")}
    _touch(tx, sorted(added.difference(new)), now)
    return frozenset(added)


def _touch(tx: Transaction, alerts: Sequence[int], now: datetime) -> None:
    if alerts:
        tx.execute(_UPDATED, {"alerts": alerts, "now": now})


def publishers(tx: Transaction, alerts: Collection[int]) -> dict[int, tuple[Publisher, ...]]:
    """Who reports each of these alerts, first one first."""
    found: dict[int, list[Publisher]] = {}
    for row in tx.all(_PUBLISHERS, {"alerts": sorted(alerts)}) if alerts else ():
        found.setdefault(row.alert_id, []).append(_publisher(row))
    return {alert: tuple(some) for alert, some in found.items()}


def merge(tx: Transaction, from_alert: int, into: int, *, now: datetime) -> None:
    """Stories were merged: one alert goes on and takes keys and publishers of the other."""
    tx.execute(sa.update(t.alert_keys).where(k.alert_id == from_alert).values(alert_id=into))
    for row in tx.all(_PUBLISHERS, {"alerts": [from_alert]}):
        add_publisher(tx, into, _publisher(row), finding_id=row.finding_id, now=row.at)
    tx.execute(sa.update(t.alerts).where(a.id == from_alert).values(merged_into=into, updated_at=now))


def grade(tx: Transaction, alert_id: int, severity: str, *, new: bool) -> None:
    """Makes an alert as severe as its rules say; one that was there before only ever more severe."""
    query = sa.update(t.alerts).where(a.id == alert_id)
    if not new:
        query = query.where(a.severity.in_(SEVERITIES[: SEVERITIES.index(severity)]))
    tx.execute(query.values(severity=severity))


def load(tx: Transaction, alert_id: int) -> SavedAlert | None:
    rows = _load(tx, sa.select(t.alerts).where(a.id == alert_id))
    return rows[0] if rows else None


def some(tx: Transaction, alert_ids: Sequence[int]) -> dict[int, SavedAlert]:
    """The alerts of these numbers that are there."""
    found: dict[int, SavedAlert] = {}
    for at in range(0, len(alert_ids), 500):
        rows = _load(tx, sa.select(t.alerts).where(a.id.in_(alert_ids[at : at + 500])))
        found |= {row.id: row for row in rows}
    return found


def of_stories(tx: Transaction, story_ids: Sequence[int]) -> dict[int, int]:
    """The number of the first alert of each of these stories that has one."""
    rows = tx.all(_OF_STORIES, {"stories": list(story_ids)}) if story_ids else ()
    return {row.story_id: row.alert for row in rows}


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


def wake(tx: Transaction, alerts: Collection[int], *, now: datetime) -> int:
    """Opens those of the alerts that are snoozed and whose time has come; how many."""
    due = sa.and_(a.id.in_(alerts), a.state == "snoozed", a.snoozed_until <= now)
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
            publishers.setdefault(row.alert_id, []).append(_publisher(row))
    return tuple(_alert(row, tuple(keys.get(row.id, ())), tuple(publishers.get(row.id, ()))) for row in rows)


def _publisher(row: Any) -> Publisher:
    return Publisher(**{name: getattr(row, name) for name in _PUBLISHER})


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
