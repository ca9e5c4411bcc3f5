"""The second reader at this desk: built of the settings, its books in the store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pipeline.errors import StoreError
from pipeline.model.article import Article
from pipeline.model.finding import Analysis, Finding, Step
from pipeline.model.watch import Watch
from pipeline.second.memory import Memory, Question, Spent, Told, refusal
from pipeline.second.policy import Policy
from pipeline.second.review import FAULT, Reader, review
from pipeline.service.wiring import Desk
from pipeline.settings.load import Configuration
from pipeline.storage import second
from pipeline.storage.session import Transaction


def second_policy(configuration: Configuration) -> Policy | None:
    """How the settings want a second reader asked; None where it is off, as it is unless somebody turns it on."""
    chosen = configuration.settings.second_reader
    if not chosen.enabled:
        return None
    return Policy(
        address=chosen.address,
        model=chosen.model,
        key=configuration.second_key,
        ca_file=str((configuration.folder / chosen.ca_file).resolve()) if chosen.ca_file else "",
        timeout_s=chosen.timeout.total_seconds(),
        answer_format=chosen.format,
        parameters=chosen.parameters,
        relations=frozenset(chosen.relations),
        per_article=chosen.per_article,
        questions_per_day=chosen.budget.questions,
        tokens_per_day=chosen.budget.tokens,
        cost_per_day=chosen.budget.cost,
        price_in=chosen.price.read,
        price_out=chosen.price.written,
        currency=chosen.price.currency,
        cache=chosen.cache,
    )


def with_second_opinions(desk: Desk, article: Article, analysis: Analysis, watch: Watch) -> Analysis:
    """The analysis with a second reader's opinions in its findings' steps; as it is where none is configured.

    `watch` is the one that the analysis was made with.

    Blocking: call it in a thread, with no transaction open, before the analysis is stored. A database that cannot keep
    the books is said in the findings' steps, and the rules stand; storing the article will say more of it.
    """
    policy = second_policy(desk.configuration)
    if policy is None or not analysis.findings:
        return analysis
    reader = Reader(policy=policy, memory=_Books(desk), now=desk.clock.now, elapsed_s=desk.clock.elapsed_s)
    try:
        findings = review(reader, article, analysis.findings, watch)
    except StoreError as error:
        findings = tuple(_unheard(finding, error) for finding in analysis.findings)
    return replace(analysis, findings=findings)


def _unheard(finding: Finding, error: StoreError) -> Finding:
    step = Step(rule=FAULT, detail=f"was not asked, the rules stand: {error.message}")
    return replace(finding, steps=(*finding.steps, step))


def books(tx: Transaction, configuration: Configuration, *, now: datetime) -> dict[str, Any]:
    """What `status` shows: whether it is on, its model, and today's questions, answers, faults and cost."""
    policy = second_policy(configuration)
    if policy is None:
        return {"enabled": False}
    today = second.day(tx, now)
    return {
        "enabled": True,
        "model": policy.model,
        "questions": today.questions,
        "questions_per_day": policy.questions_per_day,
        "confirmed": today.confirmed,
        "proposed": today.proposed,
        "doubted": today.doubted,
        "failures": today.failures,
        "last_fault": today.last_fault,
        "tokens": today.tokens,
        "tokens_per_day": policy.tokens_per_day,
        "cost": round(today.cost, 6),
        "cost_per_day": policy.cost_per_day,
        "currency": policy.currency,
    }


@dataclass(frozen=True, slots=True)
class _Books(Memory):
    """The memory in the store, shared by all processes."""

    desk: Desk

    def recall(self, key: str) -> Told | None:
        """The answer given to the same question before, or None."""
        row = self.desk.read_now(lambda tx: second.recall(tx, key))
        if row is None:
            return None
        return Told(verdict=row.verdict, answer=row.answer, tokens_in=row.tokens_in, tokens_out=row.tokens_out)

    def book(self, question: Question, policy: Policy) -> tuple[int, str]:
        """Take a question into the books, unless today's budget forbids it."""

        def work(tx: Transaction) -> tuple[int, str]:
            tx.in_turn(second.BOOKS)
            today = second.day(tx, question.at)
            spent = Spent(
                questions=today.questions,
                tokens=today.tokens,
                cost=today.cost,
                failures=today.failures,
                failed_in_a_row=today.failed_in_a_row,
                last_fault=today.last_fault,
                last_at=today.last_at,
            )
            why = refusal(spent, question, policy)
            if why:
                return 0, why
            number = second.book(
                tx,
                key=question.key,
                claim=question.claim,
                claim_version=question.claim_version,
                model=question.model,
                tokens=question.tokens,
                cost=policy.cost(question.tokens, 0),
                now=question.at,
            )
            return number, ""

        return self.desk.write_now(work)

    def finish(self, number: int, told: Told) -> None:
        """Write down how a booked question ended."""
        self.desk.write_now(
            lambda tx: second.finish(
                tx,
                number,
                verdict=told.verdict,
                answer=told.answer,
                fault=told.fault,
                tokens_in=told.tokens_in,
                tokens_out=told.tokens_out,
                cost=told.cost,
                took_s=told.took_s,
            )
        )
