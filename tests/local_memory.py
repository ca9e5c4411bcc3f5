"""A second reader's memory for tests of it that need no store: it lasts as long as the test."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date

from pipeline.second.memory import Question, Spent, Told, refusal
from pipeline.second.policy import Policy


@dataclass(slots=True)
class _Page:
    """One booked question."""

    question: Question
    told: Told | None = None


@dataclass(slots=True)
class LocalMemory:
    """Answers and books, kept in this process alone."""

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
