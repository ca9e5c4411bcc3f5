"""What the second reader was asked, what it answered, and what a day has cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from pipeline.storage import tables as t
from pipeline.storage.session import Transaction

q = t.second_questions.c
BOOKS = "second reader"  # whoever books holds this name (`Transaction.in_turn`), so that a budget is kept exactly
_LOOK_BACK = 50  # questions in which a row of failures is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A question that was answered."""

    verdict: str
    answer: str  # JSON
    tokens_in: int
    tokens_out: int
    cost: float
    took_s: float
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The books of one UTC day: `tokens` and `cost` with estimates for questions under way."""

    questions: int = 0
    confirmed: int = 0
    proposed: int = 0
    doubted: int = 0
    failures: int = 0
    tokens: int = 0
    cost: float = 0.0
    failed_in_a_row: int = 0
    last_fault: str = ""
    last_at: datetime | None = None
    models: tuple[str, ...] = ()


def recall(tx: Transaction, key: str) -> Answered | None:
    """The last usable answer to the same question, or None."""
    row = tx.first(sa.select(t.second_questions).where(q.key == key, q.verdict != "").order_by(q.id.desc()).limit(1))
    if row is None:
        return None
    return Answered(
        verdict=row.verdict,
        answer=row.answer,
        tokens_in=row.tokens_in,
        tokens_out=row.tokens_out,
        cost=row.cost,
        took_s=row.took_s or 0.0,
        at=row.at,
    )


def book(
    tx: Transaction, *, key: str, claim: str, claim_version: str, model: str, tokens: int, cost: float, now: datetime
) -> int:
    """A question under way, with what it will about cost; its number."""
    return tx.insert(
        t.second_questions,
        key=key,
        claim=claim,
        claim_version=claim_version,
        model=model,
        tokens_in=tokens,
        cost=cost,
        at=now,
    )


def finish(
    tx: Transaction,
    number: int,
    *,
    verdict: str,
    answer: str = "",
    fault: str = "",
    tokens_in: int = 0,
    tokens_out: int = 0,
    cost: float = 0.0,
    took_s: float = 0.0,
) -> None:
    """How a booked question ended, in place of the estimate."""
    tx.execute(
        sa.update(t.second_questions)
        .where(q.id == number)
        .values(
            verdict=verdict,
            answer=answer,
            fault=fault,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            cost=cost,
            took_s=took_s,
        )
    )


def day(tx: Transaction, at: datetime) -> Day:
    """The books of the UTC day that holds a moment."""
    start = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    today = sa.and_(q.at >= start, q.at < start + timedelta(days=1))
    ended = q.took_s.is_not(None)
    sums = tx.first(
        sa.select(
            sa.func.count().label("questions"),
            *(_counted(q.verdict == verdict).label(verdict) for verdict in ("confirm", "propose", "doubt")),
            _counted(sa.and_(q.verdict == "", ended)).label("failures"),
            sa.func.coalesce(sa.func.sum(q.tokens_in + q.tokens_out), 0).label("tokens"),
            sa.func.coalesce(sa.func.sum(q.cost), 0.0).label("cost"),
            sa.func.max(q.at).label("last_at"),
        ).where(today)
    )
    if sums is None or not sums.questions:
        return Day()
    lately = tx.all(sa.select(q.verdict, q.fault).where(today, ended).order_by(q.id.desc()).limit(_LOOK_BACK))
    row = next((n for n, last in enumerate(lately) if last.verdict), len(lately))
    return Day(
        questions=sums.questions,
        confirmed=sums.confirm,
        proposed=sums.propose,
        doubted=sums.doubt,
        failures=sums.failures,
        tokens=int(sums.tokens),
        cost=float(sums.cost),
        failed_in_a_row=row,
        last_fault=next((last.fault for last in lately if last.fault), ""),
        last_at=sums.last_at,
        models=tuple(tx.connection.scalars(sa.select(q.model).where(today).distinct().order_by(q.model))),
    )


def _counted(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)
