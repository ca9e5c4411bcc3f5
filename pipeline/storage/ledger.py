"""The claim ledger: what was known, from when, on whose word, and who accepted it. Nothing is ever overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import starmap
from typing import Any

import sqlalchemy as sa

from pipeline.errors import ReviewError
from pipeline.model.finding import NEWS
from pipeline.storage import tables as t
from pipeline.storage.session import Transaction

g = t.ledger.c


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One accepted value of one slot."""

    id: int
    claim: str
    slot: str
    value: str | None  # canonical; None: open again
    valid_from: str  # when it was so, ISO 8601 as exact as known, "" when not known
    learned_at: datetime
    finding_id: int | None
    on_whose_word: str
    accepted_by: str
    note: str
    supersedes: int | None
    look_again_at: date | None
    undone_at: datetime | None
    undone_by: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A value that coverage gives for a slot, and by whom: to be seen beside the others."""

    slot: str
    value: str
    source: str
    article_id: int
    finding_id: int
    at: datetime


def accept(
    tx: Transaction,
    *,
    claim: str,
    slot: str,
    value: str | None,
    by: str,
    now: datetime,
    valid_from: str = "",
    finding_id: int | None = None,
    on_whose_word: str = "",
    note: str = "",
    look_again_at: date | None = None,
    expected: int | None = None,
) -> int:
    """Makes a value the known one. The entry it replaces stays, superseded.

    `expected` is the number of the entry that the reviewer saw as the latest (0: none); ReviewError when another
    person accepted one meanwhile. None does not ask.
    """
    last = _latest(tx, claim, slot)
    if expected is not None and expected != (0 if last is None else last.id):
        by_whom = "somebody" if last is None else last.accepted_by
        raise ReviewError(
            f"{by_whom} changed it meanwhile", thing=f"{claim} {slot}", hint="look at it again, then decide"
        )
    return tx.insert(
        t.ledger,
        claim=claim,
        slot=slot,
        value=value,
        valid_from=valid_from,
        learned_at=now,
        finding_id=finding_id,
        on_whose_word=on_whose_word,
        accepted_by=by,
        note=note,
        supersedes=None if last is None else last.id,
        look_again_at=look_again_at,
    )


def undo(tx: Transaction, entry_id: int, *, by: str, now: datetime) -> bool:
    """Takes an acceptance back: the value before is the known one again. False when it was undone before."""
    done = tx.count(
        sa.update(t.ledger).where(g.id == entry_id, g.undone_at.is_(None)).values(undone_at=now, undone_by=by)
    )
    return done > 0


def known(tx: Transaction, *, as_of: datetime | None = None) -> dict[str, dict[str, str | None]]:
    """The accepted values that overlay those of YAML: claim -> slot -> value; as of then, what was believed then."""
    query = sa.select(g.claim, g.slot, g.value).order_by(g.learned_at, g.id)
    if as_of is None:
        query = query.where(g.undone_at.is_(None))
    else:
        query = query.where(g.learned_at <= as_of, sa.or_(g.undone_at.is_(None), g.undone_at > as_of))
    overlay: dict[str, dict[str, str | None]] = {}
    for row in tx.all(query):
        overlay.setdefault(row.claim, {})[row.slot] = row.value
    return overlay


def history(tx: Transaction, claim: str) -> tuple[LedgerEntry, ...]:
    """Everything that was ever accepted for a claim, oldest first, undone ones too."""
    query = sa.select(t.ledger).where(g.claim == claim).order_by(g.learned_at, g.id)
    return tuple(LedgerEntry(**row._mapping) for row in tx.all(query))


def latest(tx: Transaction, claim: str, slot: str) -> LedgerEntry | None:
    """The entry that holds for a slot, None where YAML alone speaks."""
    row = tx.first(
        sa.select(t.ledger)
        .where(g.claim == claim, g.slot == slot, g.undone_at.is_(None))
        .order_by(g.learned_at.desc(), g.id.desc())
        .limit(1)
    )
    return None if row is None else LedgerEntry(**row._mapping)


def _latest(tx: Transaction, claim: str, slot: str) -> LedgerEntry | None:
    if tx.postgres:  # two who accept at once stand in line; SQLite has one writer anyway
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"ledger {claim} {slot}"))))
    return latest(tx, claim, slot)


def to_look_at(tx: Transaction, *, until: date) -> tuple[LedgerEntry, ...]:
    """Entries that hold and are to be looked at again by that day, included; the longest due first."""
    later = t.ledger.alias()
    after = sa.or_(later.c.learned_at > g.learned_at, sa.and_(later.c.learned_at == g.learned_at, later.c.id > g.id))
    replaced = (
        sa.select(later.c.id)
        .where(later.c.claim == g.claim, later.c.slot == g.slot, later.c.undone_at.is_(None), after)
        .exists()
    )
    query = (
        sa.select(t.ledger)
        .where(g.look_again_at <= until, g.undone_at.is_(None), ~replaced)
        .order_by(g.look_again_at, g.id)
    )
    return tuple(LedgerEntry(**row._mapping) for row in tx.all(query))


def look_again_days(tx: Transaction) -> dict[str, dict[str, date | None]]:
    """Every slot that the ledger holds and when to look at it again, None for no day: claim -> slot -> day."""
    query = sa.select(g.claim, g.slot, g.look_again_at).where(g.undone_at.is_(None)).order_by(g.learned_at, g.id)
    days: dict[str, dict[str, date | None]] = {}
    for row in tx.all(query):
        days.setdefault(row.claim, {})[row.slot] = row.look_again_at
    return days


def reported(
    tx: Transaction, claim: str, *, since: datetime | None = None, until: datetime | None = None, most: int = 1_000
) -> tuple[Reported, ...]:
    """The values that the newest `most` findings with news gave for the claim's slots, oldest first.

    Dismissed and superseded ones say nothing.
    """
    query = _reported(since=since is not None, until=until is not None)
    rows = tx.all(query, {"claim": claim, "since": since, "until": until, "most": most})
    return tuple(starmap(Reported, rows))


@cache
def _reported(*, since: bool, until: bool) -> sa.Select[Any]:
    f, c = t.findings.c, t.finding_changes.c
    newest = (
        sa.select(f.id)
        .where(
            f.claim == sa.bindparam("claim"),
            f.superseded_at.is_(None),
            f.relation.in_(sorted(NEWS)),
            f.verdict != "dismissed",
        )
        .order_by(f.found_at.desc())
        .limit(sa.bindparam("most"))
    )
    if since:
        newest = newest.where(f.found_at >= sa.bindparam("since"))
    if until:
        newest = newest.where(f.found_at <= sa.bindparam("until"))
    return (
        sa.select(c.slot, c.new, f.source, f.article_id, f.id, f.found_at)  # in the order of Reported
        .join(t.findings, f.id == c.finding_id)
        .where(c.finding_id.in_(newest))
        .order_by(f.found_at, f.id, c.position)
    )
