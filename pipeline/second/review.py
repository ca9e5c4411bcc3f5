"""The second reader at work: which findings are shown, the question, the answer, and what follows from it.

Call `review` off the event loop: it waits for a server. It never raises for what a server does; the rules' findings
come back, with a step that says what happened.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipeline.errors import SecondReaderError
from pipeline.match.index import compile_watch
from pipeline.match.reading import read
from pipeline.model.article import Article
from pipeline.model.finding import Finding, Step
from pipeline.model.watch import Claim, Watch
from pipeline.second import client, question
from pipeline.second.answer import Opinion, Proposal, parse
from pipeline.second.memory import Memory, Question, Told
from pipeline.second.policy import Policy
from pipeline.second.weigh import Shown, weigh

FAULT = "second-reader-silent"  # the rule of a step that says why there is no opinion


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A second reader: how to ask it, what it remembers, and the clock."""

    policy: Policy
    memory: Memory
    now: Callable[[], datetime]  # aware, UTC
    elapsed_s: Callable[[], float] = field(default=lambda: 0.0)  # for how long an answer took


def review(reader: Reader, article: Article, findings: Sequence[Finding], watch: Watch) -> tuple[Finding, ...]:
    """The findings in their order, those that were shown to the second reader with its opinion in their steps.

    Shown are findings of the policy's relations, the least sure first, as many as it allows for one article. A
    finding is never removed, its relation and changes are never taken away; see `weigh`.
    """
    wanted = [n for n, finding in enumerate(findings) if finding.relation in reader.policy.relations]
    chosen = sorted(wanted, key=lambda n: findings[n].confidence)[: reader.policy.per_article]
    if not chosen:
        return tuple(findings)
    index = compile_watch(watch)
    doc = read(article, index)
    reviewed = list(findings)
    for n in chosen:
        finding, claim = findings[n], index.claims[findings[n].claim]
        known = known_values(claim, watch)
        shown = Shown(
            claim=claim,
            known=known,
            doc=doc,
            lines=question.shown_lines(finding, doc),
            concepts=index.concepts,
            rates=watch.rates,
        )
        reviewed[n] = _second_opinion(reader, finding, shown)
    return tuple(reviewed)


def known_values(claim: Claim, watch: Watch) -> Mapping[str, str | None]:
    """The known value of every slot: the ledger's where it has one, else the configuration's."""
    overlay = watch.known.get(claim.id, {})
    return {slot.name: overlay.get(slot.name, slot.known) for slot in claim.slots}


def _second_opinion(reader: Reader, finding: Finding, shown: Shown) -> Finding:
    policy = reader.policy
    asked = question.messages(finding, shown.claim, shown.known, question.passage(shown.doc, shown.lines))
    version = question.claim_version(shown.claim, shown.known)
    key = question.key(asked, version, policy.model)
    told = reader.memory.recall(key) if policy.cache else None
    if told is not None:
        return weigh(finding, _kept(told), shown, f"{policy.model} (asked before)")
    booked = Question(
        key=key,
        claim=shown.claim.id,
        claim_version=version,
        model=policy.model,
        at=reader.now(),
        tokens=question.tokens(asked),
    )
    number, why = reader.memory.book(booked, policy)
    if not number:
        return _silent(finding, policy, why)
    started = reader.elapsed_s()
    opinion, told = _ask(policy, asked)
    told = replace(told, took_s=round(reader.elapsed_s() - started, 3))
    reader.memory.finish(number, told)
    if opinion is None:
        return _silent(finding, policy, told.fault)
    return weigh(finding, opinion, shown, f"{policy.model} ({cost(policy, told)})")


def _ask(policy: Policy, asked: list[dict[str, str]]) -> tuple[Opinion | None, Told]:
    read, wrote = 0, 0
    try:
        reply = client.ask(policy, asked)
        read, wrote = reply.tokens_in, reply.tokens_out
        opinion = parse(reply.text)
    except SecondReaderError as error:
        read, wrote = (read, wrote) if read or wrote else error.tokens
        fault = f"{error.message}{f' ({error.hint})' if error.hint else ''}"
        return None, Told(verdict="", fault=fault, tokens_in=read, tokens_out=wrote, cost=policy.cost(read, wrote))
    return opinion, Told(
        verdict=opinion.verdict,
        answer=opinion.as_json(),
        tokens_in=read,
        tokens_out=wrote,
        cost=policy.cost(read, wrote),
    )


def _kept(told: Told) -> Opinion:
    """An answer of ours, read back."""
    data = json.loads(told.answer)
    return Opinion(data["verdict"], data["reason"], tuple(Proposal(**value) for value in data["values"]))


def _silent(finding: Finding, policy: Policy, why: str) -> Finding:
    step = Step(rule=FAULT, detail=f"{policy.model} was not heard, the rules stand: {why}")
    return replace(finding, steps=(*finding.steps, step))


def cost(policy: Policy, told: Told) -> str:
    """What an answer cost, in words."""
    tokens = f"{told.tokens_in} + {told.tokens_out} tokens"
    return f"{tokens}, {told.cost:.6f} {policy.currency}" if policy.price_in or policy.price_out else tokens
