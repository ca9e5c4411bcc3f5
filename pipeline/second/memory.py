"""What a second reader remembers: answers it gave, and what was spent today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
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
