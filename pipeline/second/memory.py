"""What a second reader remembers: answers it gave, and what was spent today."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from pipeline.second.policy import Policy

REST_AFTER = 3  # failures in a row after which it is left alone for a while
REST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is about to be asked, for the books."""

    key: str  # of text, claim version, model and prompt
    claim: str
    claim_version: str
    model: str
    at: datetime
    tokens: int  # estimated, read and written


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a question ended."""

    verdict: str  # confirm, propose, doubt; "" when there was no usable answer
    answer: str = ""  # JSON, as checked
    fault: str = ""  # why there is none
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    took_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a day has cost so far."""

    questions: int = 0
    tokens: int = 0
    cost: float = 0.0
    failures: int = 0
    failed_in_a_row: int = 0
    last_fault: str = ""
    last_at: datetime | None = None


class Memory(Protocol):
    """Answers and books. Called from several threads at once."""

    def recall(self, key: str) -> Told | None:
        """The answer given to the same question before, or None."""

    def book(self, question: Question, policy: Policy) -> tuple[int, str]:
        """Take a question into the books: its number and "", or 0 and why it may not be asked (see `refusal`)."""

    def finish(self, number: int, told: Told) -> None:
        """Write down how a booked question ended."""


def refusal(spent: Spent, question: Question, policy: Policy) -> str:
    """Why a question may not be asked now, "" when it may."""
    if spent.questions >= policy.questions_per_day:
        return f"today's budget of {policy.questions_per_day} questions is used up"
    if spent.tokens + question.tokens > policy.tokens_per_day:
        return f"today's budget of {policy.tokens_per_day} tokens is used up"
    estimate = policy.cost(question.tokens, 0)
    if policy.cost_per_day is not None and spent.cost + estimate > policy.cost_per_day:
        return f"today's budget of {policy.cost_per_day:g} {policy.currency} is used up"
    if spent.failed_in_a_row >= REST_AFTER and spent.last_at is not None and question.at - spent.last_at < REST:
        return f"it rests until {spent.last_at + REST:%H:%M} UTC after {spent.failed_in_a_row} failures in a row"
    return ""


@dataclass(slots=True)
class _Page:
    """One booked question."""

    question: Question
    told: Told | None = None


@dataclass(slots=True)
class LocalMemory:
    """A memory that lasts as long as the process, for reading without a database."""

    _pages: list[_Page] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def recall(self, key: str) -> Told | None:
        """The answer given to the same question before, or None."""
        with self._turn:
            known = (p.told for p in reversed(self._pages) if p.question.key == key and p.told and p.told.verdict)
            return next(known, None)

    def book(self, question: Question, policy: Policy) -> tuple[int, str]:
        """Take a question into the books, unless a limit forbids it."""
        with self._turn:
            why = refusal(self._spent(question.at.date()), question, policy)
            if why:
                return 0, why
            self._pages.append(_Page(question))
            return len(self._pages), ""

    def finish(self, number: int, told: Told) -> None:
        """Write down how a booked question ended."""
        with self._turn:
            self._pages[number - 1].told = told

    def spent(self, day: date) -> Spent:
        """What was spent on a day."""
        with self._turn:
            return self._spent(day)

    def _spent(self, day: date) -> Spent:
        pages = [p for p in self._pages if p.question.at.date() == day]
        in_a_row = 0
        for page in reversed(pages):
            if page.told and page.told.verdict:
                break
            in_a_row += bool(page.told)
        told = [p.told for p in pages if p.told]
        return Spent(
            questions=len(pages),
            tokens=sum(p.told.tokens_in + p.told.tokens_out if p.told else p.question.tokens for p in pages),
            cost=sum(t.cost for t in told),
            failures=sum(not t.verdict for t in told),
            failed_in_a_row=in_a_row,
            last_fault=next((t.fault for t in reversed(told) if t.fault), ""),
            last_at=pages[-1].question.at if pages else None,
        )
