"""Alerts and digests: what was told, to whom, and why not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.digest.record import Digest, load
from pipeline.errors import ClaimwatchError, ReviewError
from pipeline.model.watch import Claim
from pipeline.service.desk.today import claim_of
from pipeline.service.review import Done
from pipeline.service.wiring import Desk
from pipeline.storage import alerts, decisions, digests, outbox, people
from pipeline.storage.alerts import SavedAlert
from pipeline.storage.decisions import SavedDecision
from pipeline.storage.digests import SavedDigest
from pipeline.storage.outbox import Delivery
from pipeline.storage.session import Transaction

PAGE = 50
STATES = ("open", "acknowledged", "snoozed", "held")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertList:
    rows: tuple[SavedAlert, ...]
    claims: Mapping[str, Claim]
    more: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeAlert:
    row: SavedAlert
    claim: Claim
    decisions: tuple[SavedDecision, ...]
    deliveries: tuple[Delivery, ...]


def alert_list(desk: Desk, *, claim: str = "", state: str = "", before: int | None = None) -> AlertList:
    """Alerts, newest first."""
    with desk.store.read() as tx:
        rows = alerts.select(tx, claim=claim, state=state, before=before, limit=PAGE + 1)
    shown = rows[:PAGE]
    return AlertList(
        rows=shown,
        claims={row.alert.claim: claim_of(desk.watch, row.alert.claim) for row in shown},
        more=shown[-1].id if len(rows) > PAGE else None,
    )


def alert(desk: Desk, alert_id: int) -> WholeAlert | None:
    """One alert with every decision about telling it; of one that was merged, the alert it went into."""
    with desk.store.read() as tx:
        row = alerts.load(tx, alert_id)
        if row is not None and row.merged_into is not None:
            row = alerts.load(tx, row.merged_into)
        if row is None:
            return None
        decided = decisions.decisions(tx, alert_id=row.id)
        deliveries = outbox.select(tx, kind="alert", thing_id=row.id)
    return WholeAlert(row=row, claim=claim_of(desk.watch, row.alert.claim), decisions=decided, deliveries=deliveries)


def acknowledge(desk: Desk, who: str, alert_id: int, *, note: str = "") -> Done:
    """Somebody has seen it. Raises ReviewError when it is not there."""
    return _state(desk, who, alert_id, "acknowledged", "acknowledge", note=note)


def snooze(desk: Desk, who: str, alert_id: int, *, until: datetime, note: str = "") -> Done:
    """Silence about it until then. Raises ReviewError when it is not there or the time is past."""
    if until <= desk.clock.now():
        raise ReviewError("that time is past", thing=f"alert {alert_id}")
    return _state(desk, who, alert_id, "snoozed", "snooze-alert", until=until, note=note)


def reopen(desk: Desk, who: str, alert_id: int) -> Done:
    """It asks for attention again. Raises ReviewError when it is not there."""
    return _state(desk, who, alert_id, "open", "open-alert")


def wake(desk: Desk) -> str:
    """Opens alerts whose snooze is over."""
    now = desk.clock.now()

    def work(tx: Transaction) -> int:
        over = [int(one) for one in decisions.ended(tx, "alert", now=now)]
        return alerts.wake(tx, over, now=now) if over else 0

    count = desk.write_now(work)
    return f"{count} alerts" if count else ""


def _state(
    desk: Desk, who: str, alert_id: int, state: str, action: str, *, until: datetime | None = None, note: str = ""
) -> Done:
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        row = alerts.load(tx, alert_id)
        if row is None:
            raise ReviewError("is not there", thing=f"alert {alert_id}")
        alerts.set_state(tx, alert_id, state, by=who, now=now, until=until, note=note.strip()[:2000])
        decisions.silence(tx, "alert", str(alert_id), until=until, by=who, now=now, note=note.strip()[:2000])
        was = {
            "state": row.alert.state,
            "until": row.snoozed_until.isoformat() if row.snoozed_until is not None else None,
        }
        change = people.record(
            tx,
            who=who,
            action=action,
            thing_kind="alert",
            thing=str(alert_id),
            now=now,
            before=was,
            after={"state": state, "until": until.isoformat() if until else None},
            note=note.strip()[:2000],
        )
    return Done(change=change, action=action)


def digest_list(desk: Desk, *, limit: int = 30) -> tuple[SavedDigest, ...]:
    """The newest digests of every plan, newest first."""
    with desk.store.read() as tx:
        rows = [row for plan in desk.configuration.alerts.digests for row in digests.latest(tx, plan.id, limit=limit)]
    return tuple(sorted(rows, key=lambda row: row.period_end, reverse=True)[:limit])


def digest(desk: Desk, key: str) -> Digest | None:
    """The digest of that key, plan and local day such as `morning-2026-11-22`, as it was frozen."""
    plan = key[: -len("-2026-11-22")]
    with desk.store.read() as tx:
        rows = digests.latest(tx, plan, limit=400)
    found = (read(row) for row in rows)
    return next((one for one in found if one is not None and one.key == key), None)


def read(row: SavedDigest) -> Digest | None:
    """The record of a stored digest, None when this program cannot read it."""
    try:
        return load(json.dumps(row.record))
    except ClaimwatchError:
        return None


def last_digest(desk: Desk, *, within: timedelta = timedelta(days=8)) -> Digest | None:
    """The newest digest that is not older than that."""
    rows = digest_list(desk, limit=1)
    if not rows or rows[0].period_end < desk.clock.now() - within:
        return None
    return read(rows[0])
