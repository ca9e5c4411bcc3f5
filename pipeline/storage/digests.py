"""Digests: one frozen record per kind and period, and which finding stands in which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.storage import tables as t
from pipeline.storage.session import Transaction

d = t.digests.c


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDigest:
    """A digest as it was built; `record` is plain data."""

    id: int
    kind: str
    period_start: datetime
    period_end: datetime
    record: Mapping[str, Any]
    created_at: datetime
    sent_at: datetime | None


def save(
    tx: Transaction,
    *,
    kind: str,
    period_start: datetime,
    period_end: datetime,
    record: Mapping[str, Any],
    finding_ids: Sequence[int] = (),
    now: datetime,
) -> int | None:
    """Freezes a digest with its findings. None when that period has one already: it stays as it is."""
    values = {
        "kind": kind,
        "period_start": period_start,
        "period_end": period_end,
        "record": dict(record),
        "created_at": now,
    }
    id_: int | None = tx.insert_new(t.digests, values, returning="id")
    if id_ is not None:
        tx.insert_many(
            t.digest_findings, [{"kind": kind, "finding_id": number, "digest_id": id_} for number in finding_ids]
        )
    return id_


def load(tx: Transaction, *, kind: str, period_start: datetime) -> SavedDigest | None:
    row = tx.first(sa.select(t.digests).where(d.kind == kind, d.period_start == period_start))
    return None if row is None else SavedDigest(**row._mapping)


def latest(tx: Transaction, kind: str, *, limit: int = 1) -> tuple[SavedDigest, ...]:
    """The newest digests of a kind, newest first."""
    query = sa.select(t.digests).where(d.kind == kind).order_by(d.period_start.desc()).limit(limit)
    return tuple(SavedDigest(**row._mapping) for row in tx.all(query))


def mark_sent(tx: Transaction, digest_id: int, *, now: datetime) -> None:
    tx.execute(sa.update(t.digests).where(d.id == digest_id, d.sent_at.is_(None)).values(sent_at=now))
