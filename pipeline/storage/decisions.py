"""What was decided about telling, and what is not to be heard of for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.model.alert import Decision, Snooze
from pipeline.storage import tables as t
from pipeline.storage.session import Transaction

d = t.alert_decisions.c
s = t.snoozes.c


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
class Decided:
    """What was decided about telling one thing, and why."""

    decisions: Sequence[Decision]
    alert_id: int | None = None
    finding_id: int | None = None
    claim: str = ""


_DECISIONS = sa.insert(t.alert_decisions)


def record_decisions(tx: Transaction, decided: Sequence[Decided], *, now: datetime) -> None:
    """Stores what was decided and why, what was kept back too."""
    rows = [
        {
            "alert_id": one.alert_id,
            "finding_id": one.finding_id,
            "claim": one.claim,
            "rule": decision.rule,
            "action": decision.action,
            "reason": decision.reason,
            "severity": decision.severity,
            "channels": list(decision.channels),
            "until": decision.until,
            "at": now,
        }
        for one in decided
        for decision in one.decisions
    ]
    if rows:
        tx.execute(_DECISIONS, rows)


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


def silence(
    tx: Transaction, kind: str, thing: str, *, until: datetime | None, by: str, now: datetime, note: str = ""
) -> None:
    """Silence about an alert, story, claim, topic or source until then, in place of any before; None ends it."""
    tx.execute(
        sa.update(t.snoozes).where(s.kind == kind, s.thing == thing, s.lifted_at.is_(None)).values(lifted_at=now)
    )
    if until is not None:
        tx.insert(t.snoozes, kind=kind, thing=thing, until=until, by=by, note=note, created_at=now)


def ended(tx: Transaction, kind: str, *, now: datetime) -> tuple[str, ...]:
    """The things of that kind whose silence is over by now, each told once."""
    over = sa.and_(s.until <= now, s.lifted_at.is_(None), s.kind == kind)
    return tuple(tx.execute(sa.update(t.snoozes).where(over).values(lifted_at=now).returning(s.thing)).scalars())


def snoozes(tx: Transaction, *, now: datetime) -> tuple[Snooze, ...]:
    """What is not to be heard of now."""
    query = sa.select(t.snoozes).where(s.until > now, s.lifted_at.is_(None)).order_by(s.id)
    return tuple(Snooze(kind=row.kind, id=row.thing, until=row.until, by=row.by) for row in tx.all(query))


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
