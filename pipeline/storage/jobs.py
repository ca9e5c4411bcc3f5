"""The service's own record: jobs and how they went, outcomes a day, watch versions, marks of long work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.storage import many
from pipeline.storage import tables as t
from pipeline.storage.session import Transaction

j = t.jobs.c
y = t.tallies.c


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job: its last start and end, how long it took and what came of it."""

    name: str
    started_at: datetime | None
    finished_at: datetime | None
    ok_at: datetime | None
    took_s: float | None
    result: str  # "", running, ok, failed, missed
    detail: str
    runs: int
    failures: int
    next_at: datetime | None


def started(tx: Transaction, name: str, *, now: datetime) -> None:
    tx.execute(_started(tx.postgres), {"name": name, "started_at": now, "result": "running", "detail": "", "runs": 1})


@cache
def _started(postgres: bool) -> sa.UpdateBase:
    """Built once: some jobs are run many times a second."""
    added = postgresql.insert(t.jobs) if postgres else sqlite.insert(t.jobs)
    given = {name: added.excluded[name] for name in ("started_at", "result", "detail")}
    return added.on_conflict_do_update(index_elements=[j.name], set_={**given, "runs": j.runs + 1})


def finished(
    tx: Transaction,
    name: str,
    *,
    now: datetime,
    took_s: float,
    ok: bool,
    detail: str = "",
    next_at: datetime | None = None,
) -> None:
    values: dict[str, Any] = {
        "finished_at": now,
        "took_s": took_s,
        "result": "ok" if ok else "failed",
        "detail": detail[:1000],
        "next_at": next_at,
    }
    values |= {"ok_at": now} if ok else {"failures": j.failures + 1}
    tx.execute(sa.update(t.jobs).where(j.name == name).values(**values))


def missed(tx: Transaction, name: str, *, at: datetime, detail: str) -> None:
    """A run was due and did not start."""
    tx.insert_new(t.jobs, {"name": name})
    tx.execute(
        sa.update(t.jobs)
        .where(j.name == name)
        .values(result="missed", finished_at=at, detail=detail[:1000], failures=j.failures + 1)
    )


def all_jobs(tx: Transaction) -> tuple[JobRow, ...]:
    return tuple(JobRow(**row._mapping) for row in tx.all(sa.select(t.jobs).order_by(j.name)))


def tally(tx: Transaction, day: date, step: str, reason: str, *, count: int = 1, thing: str = "") -> None:
    """Counts an outcome of a day: what step, for what reason, of what (a source, a topic)."""
    values = {"day": day, "step": step, "reason": reason, "thing": thing, "count": count}
    tx.connection.execute(_tally(tx.postgres), values)


def tally_all(tx: Transaction, day: date, step: str, ends: Iterable[tuple[str, str]]) -> None:
    """Counts many outcomes of a step at once: (reason, thing)."""
    tally_each(tx, day, ((step, reason, thing) for reason, thing in ends))


def tally_each(tx: Transaction, day: date, ends: Iterable[tuple[str, str, str]]) -> None:
    """Counts many outcomes at once: (step, reason, thing)."""
    counted = [
        {"day": day, "step": step, "reason": reason, "thing": thing, "count": count}
        for (step, reason, thing), count in sorted(Counter(ends).items())
    ]
    many.run(tx, _tally_all(tx.postgres), counted)


@cache
def _tally_all(postgres: bool) -> sa.UpdateBase:
    added = many.inserting(t.tallies, ("day", "step", "reason", "thing", "count"), postgres=postgres)
    return _counted(added)


@cache
def _tally(postgres: bool) -> sa.UpdateBase:
    """Built once: this is run for every entry."""
    return _counted(postgresql.insert(t.tallies) if postgres else sqlite.insert(t.tallies))


def _counted(added: postgresql.Insert | sqlite.Insert) -> sa.UpdateBase:
    key = [y.day, y.step, y.reason, y.thing]
    return added.on_conflict_do_update(index_elements=key, set_={"count": y.count + added.excluded["count"]})


def tallies(
    tx: Transaction, *, since: date, until: date | None = None, step: str = ""
) -> tuple[tuple[date, str, str, str, int], ...]:
    """(day, step, reason, thing, count) from `since` to `until` (not included), in that order."""
    query = sa.select(y.day, y.step, y.reason, y.thing, y["count"].label("n")).where(y.day >= since)
    if until is not None:
        query = query.where(y.day < until)
    if step:
        query = query.where(y.step == step)
    rows = tx.all(query.order_by(y.day, y.step, y.reason, y.thing))
    return tuple((row.day, row.step, row.reason, row.thing, row.n) for row in rows)


def totals(tx: Transaction) -> dict[tuple[str, str], int]:
    """Everything that was ever counted: (step, reason) -> how many."""
    query = sa.select(y.step, y.reason, sa.func.sum(y["count"]).label("n")).group_by(y.step, y.reason)
    return {(row.step, row.reason): int(row.n) for row in tx.all(query)}


def use_watch(tx: Transaction, version: str, *, rules_hash: str, summary: Mapping[str, Any], now: datetime) -> bool:
    """Notes a version of the watch. True when it was not used before."""
    values = {"version": version, "rules_hash": rules_hash, "first_used_at": now, "summary": dict(summary)}
    return tx.insert_new(t.watch_versions, values) is not None


def mark(tx: Transaction, name: str, value: Any, *, now: datetime) -> None:
    """Remembers where long work stands."""
    statement = tx.upsert(t.marks).values(name=name, value=value, at=now)
    tx.execute(statement.on_conflict_do_update(index_elements=[t.marks.c.name], set_={"value": value, "at": now}))


def marked(tx: Transaction, name: str) -> Any:
    """What `mark` remembered under that name, None when nothing."""
    return tx.scalar(sa.select(t.marks.c.value).where(t.marks.c.name == name))
