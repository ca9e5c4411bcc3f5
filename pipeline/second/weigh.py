"""What an opinion does to a finding. Pure: a doubt lowers confidence, a proposal counts only as our own readers see it.

Nothing that a second reader says removes a finding, a change, a relation or an alert, or makes a denial.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.diff.numbers import is_old
from pipeline.diff.stages import effective
from pipeline.diff.values import OFF_PATH, later_stage, parse_number, same_date, same_value, surer
from pipeline.model.finding import DOUBT, NEWS, Change, Finding, Step
from pipeline.model.watch import Claim, Concept, Rates, Slot
from pipeline.second.answer import Opinion, Proposal
from pipeline.text.display import clean
from pipeline.text.document import Document, Line, Signal

DOUBT_SHARE = 0.3  # of the confidence that a doubt takes: shown and sorted lower, never under half of itself
PROPOSED_CONFIDENCE = 0.5  # at most, of a finding that became news by a proposal: two readers disagree about it
CLOSE = 0.01  # share within which a proposed number is the one that stands there: rounding in the answer
_NUMBERS = frozenset({"money", "count", "percent", "ordinal", "duration"})
_PLACES = frozenset({"place", "city"})
_PARTIES = frozenset({"country", "organisation", "person"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A value that our own readers see, in their canonical form, at a place of the document's text."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the second reader saw and what is known, for judging what it says."""

    claim: Claim
    known: Mapping[str, str | None]
    doc: Document
    lines: tuple[int, ...]  # of the document, that were shown
    concepts: Mapping[str, Concept]
    rates: Rates


def weigh(finding: Finding, opinion: Opinion, shown: Shown, by: str) -> Finding:
    """The finding after an opinion; `by` says whose it is and what it cost, for the explanation."""
    reason = f": {opinion.reason}" if opinion.reason else ""
    if opinion.verdict == "doubt":
        less = round(finding.confidence * DOUBT_SHARE, 4)
        step = Step(rule=DOUBT, detail=f"{by} doubts it{reason}", weight=-less)
        return replace(finding, confidence=finding.confidence - less, steps=(*finding.steps, step))
    if opinion.verdict == "confirm":
        return _noted(finding, Step(rule="second-reader", detail=f"{by} confirms it{reason}"))
    finding = _noted(finding, Step(rule="second-reader", detail=f"{by} proposes{reason}"))
    for proposal in opinion.values:
        finding = _propose(finding, proposal, shown)
    return finding


def _noted(finding: Finding, step: Step) -> Finding:
    return replace(finding, steps=(*finding.steps, step))


def _propose(finding: Finding, proposal: Proposal, shown: Shown) -> Finding:
    slot = next((s for s in shown.claim.slots if s.name == proposal.slot), None)
    seen, why = (None, "the claim has no such slot") if slot is None else _found(proposal, slot, shown)
    if slot is None or seen is None:
        return _left_out(finding, proposal, why)
    known = shown.known.get(slot.name)
    change = Change(
        slot=slot.name, type=slot.type, old=known, new=seen.value, evidence=shown.doc.span(seen.start, seen.end)
    )
    told = Step(rule="second-reader", detail=f"{slot.name} {seen.value}: found at its place", span=change.evidence)
    values = (*finding.values, change)
    if any(c.slot == slot.name and same_value(slot.type, c.new, seen.value, shown.rates) for c in finding.changes):
        return _noted(finding, told)
    if known is not None and same_value(slot.type, known, seen.value, shown.rates):
        return replace(_noted(finding, told), values=values)
    why = _unfit(slot, known, seen.value, finding)
    if why:
        return _left_out(finding, proposal, why)
    news = finding.relation in NEWS
    return replace(
        finding,
        relation=_relation(finding.relation, known),
        changes=(*finding.changes, change),
        values=values,
        confidence=finding.confidence if news else min(finding.confidence, PROPOSED_CONFIDENCE),
        steps=(*finding.steps, told),
    )


def _left_out(finding: Finding, proposal: Proposal, why: str) -> Finding:
    detail = f"{clean(proposal.slot, 40)} {clean(proposal.value, 60)} does not count: {why}"
    return _noted(finding, Step(rule="second-reader", detail=detail))


def _relation(relation: str, known: str | None) -> str:
    if relation in ("denies", "changes"):
        return relation
    return "adds" if known is None else "changes"


def _unfit(slot: Slot, known: str | None, value: str, finding: Finding) -> str:
    """Why a value that stands in the text still changes nothing, "" when it may."""
    if finding.relation == "denies":
        return "a denial carries no further values"
    if slot.type == "stance" or value in OFF_PATH or value == "denied":
        return "a reversal or denial is for the rules and for people to say"
    if slot.type == "stage" and not later_stage(known, value):
        return "an earlier stage is old news"
    if slot.type == "certainty" and not surer(known, value):
        return "it is no higher certainty"
    return ""


def _found(proposal: Proposal, slot: Slot, shown: Shown) -> tuple[Seen | None, str]:
    """The proposed value where our own readers see it within the quoted words, or why it does not count."""
    places = list(_places(proposal.quote, shown))
    if not places:
        return None, "the quoted words do not stand in the passage"
    for start, end, line in places:
        for seen in _readings(line, slot, shown):
            if start <= seen.start and seen.end <= end and _same(slot, proposal.value, seen.value):
                return seen, ""
    return None, "our own readers do not see it there"


def _places(quote: str, shown: Shown) -> Iterator[tuple[int, int, Line]]:
    """Where the quoted words stand in a sentence that was shown; white space and what is invisible aside."""
    doc = shown.doc
    for number in shown.lines:
        line = doc.lines[number]
        written = doc.text[line.start : line.end]
        plain = clean(written)
        at = plain.find(quote) if quote else -1
        if at >= 0 and len(plain) == len(written):
            yield line.start + at, line.start + at + len(quote), line
        elif at >= 0:  # the offsets of the two differ: the sentence is the place
            yield line.start, line.end, line


def _readings(line: Line, slot: Slot, shown: Shown) -> Iterator[Seen]:
    """Every value of the slot's type that our readers see in a sentence; old values and those out of bounds are not."""
    if slot.type in _NUMBERS:
        for quantity in line.quantities:
            old = quantity.role == "from" or is_old(line, quantity)
            if quantity.kind == slot.type and not old and in_bounds(slot, float(quantity.value)):
                yield Seen(quantity.canonical(), quantity.start, quantity.end)
    elif slot.type == "date":
        for date in line.dates:
            yield Seen(date.canonical, date.start, date.end)
    elif slot.type == "stage":
        yield from _stages(line, slot, shown.doc.lang)
    elif slot.type == "certainty":
        for signal in line.of_kind("certainty"):
            yield Seen(signal.value, signal.start, signal.end)
    elif slot.type in ("place", "party"):
        kinds = _PLACES if slot.type == "place" else _PARTIES
        for term, mentions in line.terms.items():
            concept = shown.concepts.get(term)
            if concept is not None and concept.kind in kinds:
                yield from (Seen(concept.label, m.start, m.end) for m in mentions)


def in_bounds(slot: Slot, number: float) -> bool:
    """Whether a number is one that the slot can take."""
    return (slot.least is None or number >= slot.least) and (slot.most is None or number <= slot.most)


def _stages(line: Line, slot: Slot, lang: str) -> Iterator[Seen]:
    """Stages said in a sentence, by the lexicon and by the slot's own words, their tense and negation heard."""
    own = [
        Signal("stage", stage, m.start, m.end)
        for stage, terms in slot.words.items()
        for term in terms
        for part in term.split("|")
        for m in line.terms.get(part, ())
    ]
    for signal in (*line.of_kind("stage"), *own):
        value = effective(line, signal, lang)[0]
        if value:
            yield Seen(value, signal.start, signal.end)


def _same(slot: Slot, proposed: str, seen: str) -> bool:
    """Whether the proposed value is the one seen: numbers to within a hundredth, dates at one of their precisions."""
    if proposed.casefold() == seen.casefold():
        return True
    if slot.type == "date":
        return same_date(seen, proposed)
    if slot.type in _NUMBERS:
        return _same_number(proposed, seen)
    return False


def _same_number(proposed: str, seen: str) -> bool:
    a, b = parse_number(proposed), parse_number(seen)
    if a is None or b is None:
        return False
    close = all(abs(x - y) <= CLOSE * max(abs(x), abs(y)) for x, y in ((a.low, b.low), (a.high, b.high)))
    return a.unit == b.unit and close
