"""Which of a text's quantities belong to which slot of a claim."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.diff.scope import TITLE, Scope, clause_of, clauses, gap, nearest, signals_after, signals_before
from pipeline.diff.stages import effective
from pipeline.diff.values import TOLERANCE, Number, days, parse_number
from pipeline.model.watch import Slot
from pipeline.text.document import Line, Mention
from pipeline.text.quantities import Quantity

# Code points, measured on the labelled articles.
NOUN_REACH = 28  # from a number without a noun to the word for what is counted
MONEY_REACH = 110  # from a sum to what it pays for
NAMELESS = 0.7
FAR = 10**6  # what `nearest` answers where there is none
PARTED = 25  # what a comma between a number and a party adds to their distance
OLD_BEFORE = 14
SAYING = 1  # what is denied is said after a word or two; right before a number the cue is its verb ("made up 8")
OLD_AFTER = 14
HANDED = frozenset(("signed", "delivered"))  # stages of which things are counted
ADDED = 0.1  # what a number that comes on top of others is worth beside them
EQUALLY = 0.74  # of the best score, from which another value is as sure
PARTICIPLE = 12  # from a number to the participle that says what became of them ("the first five, handed over")
REST = 2  # from "the remaining" to its number
SUMS = frozenset({"money", "percent"})  # no name has them: one that seems to is a phrase around them
KINDS = {"money": "money", "count": "count", "percent": "percent", "ordinal": "ordinal", "duration": "duration"}


@dataclass(frozen=True, slots=True)
class Value:
    """A value read for a slot."""

    slot: str
    value: str
    line: int
    start: int
    end: int
    score: float
    why: str


def read_numbers(scope: Scope, slot: Slot) -> list[Value]:
    """The quantities of the slot's type that are the claim's own, best first; old values are left out."""
    found: list[Value] = []
    for number, strength in sorted(scope.strength.items()):
        line = scope.doc.lines[number]
        for quantity in line.quantities:
            if (
                quantity.kind == KINDS[slot.type]
                and _in_bounds(slot, quantity)
                and (quantity.kind in SUMS or not scope.names(number, quantity.start))
            ):
                score, why = _weigh(scope, slot, number, line, quantity)
                score *= own_share(scope, line) * (ADDED if _adds(line, quantity) else 1)
                if score > 0:
                    canonical = quantity.canonical()
                    found.append(
                        Value(slot.name, canonical, number, quantity.start, quantity.end, score * strength, why)
                    )
    return sorted(found, key=lambda v: (-v.score, v.start))


def own_share(scope: Scope, line: Line) -> float:
    """How far a line names the claim's own parties: 1 for all of them, down to NAMELESS for none."""
    if not scope.own:
        return 1.0
    named = sum((t in line.terms) + 0.5 * (t in line.carried) for t in scope.own)
    return NAMELESS + (1 - NAMELESS) * named / len(scope.own)


def _adds(line: Line, quantity: Quantity) -> bool:
    """Whether a number comes on top of others: "another four"."""
    if quantity.kind != "count":
        return False
    before = signals_before(line, "more", quantity.start, REST, "before")
    return bool(before or signals_after(line, "more", max(quantity.end, quantity.noun_end), REST, "after"))


def _in_bounds(slot: Slot, quantity: Quantity) -> bool:
    value = days(quantity.canonical()) if quantity.kind == "duration" else float(quantity.value)
    if value is None:
        return False
    return (slot.least is None or value >= slot.least) and (slot.most is None or value <= slot.most)


def _weigh(scope: Scope, slot: Slot, number: int, line: Line, quantity: Quantity) -> tuple[float, str]:
    """How surely a quantity is the slot's; 0 with the reason why it is not."""
    if quantity.role == "from" or is_old(line, quantity):
        return 0.0, "an old value"
    counted = _overlaps(scope.mentions(number, _terms(slot.of)), quantity.noun_start, quantity.noun_end)
    parties = [s for s in line.signals if s.kind in ("pair", "trio") and s.start <= quantity.start < s.end]
    if any(not counted or quantity.end < s.end for s in parties):
        return 0.0, "counts the parties"
    for need in slot.needs:
        if not any(line.has(t) for t in need.split("|")):
            return 0.0, "lacks " + need
    if any(SAYING < quantity.start - s.end < 60 for s in line.of_kind("denial")):
        return 0.0, "denied"
    of = scope.mentions(number, _terms(slot.of))
    other = scope.mentions(number, _terms(slot.not_of) | scope.rivals)
    own = scope.mentions(number, scope.own)
    if other and scope.own and not own:
        return 0.0, "another party's value"
    if own and other and _reach(scope, line, other, quantity) < _reach(scope, line, own, quantity):
        return 0.0, "another party's value"
    if slot.type in ("count", "ordinal", "duration"):
        if any(s.start <= quantity.start <= s.end + REST for s in line.of_kind("rest")):
            return 0.0, "what is left"
        if slot.type == "count" and not of and not other and _elided(scope, slot, number, quantity):
            return 0.5, "goes on counting what the sentence before counts"
        return _weigh_count(slot, quantity, of, of or own, other)
    return _weigh_sum(scope, slot, number, quantity, of, other)


def _reach(scope: Scope, line: Line, mentions: list[Mention], quantity: Quantity) -> int:
    """How far the nearest party is, a party behind a comma or conjunction counting as farther off."""
    return min(gap(m.start, m.end, quantity.start, quantity.end) + _parted(scope, line, m, quantity) for m in mentions)


def _parted(scope: Scope, line: Line, mention: Mention, quantity: Quantity) -> int:
    first, last = sorted(((mention.start, mention.end), (quantity.start, quantity.end)))
    between = scope.doc.folded[first[1] : last[0]]
    return PARTED if any(sign in between for sign in (",", ";", "،")) or line.start > last[0] else 0


def _terms(terms: tuple[str, ...]) -> frozenset[str]:
    return frozenset(t for term in terms for t in term.split("|"))


def is_old(line: Line, quantity: Quantity) -> bool:
    """Whether the words around a number mark it as the value before."""
    if quantity.role == "to":
        return False
    before = signals_before(line, "old", quantity.start, OLD_BEFORE, "before")
    after = signals_after(line, "old", max(quantity.end, quantity.noun_end), OLD_AFTER, "after")
    return bool(before or after)


def _weigh_count(
    slot: Slot, quantity: Quantity, counted: list[Mention], of: list[Mention], other: list[Mention]
) -> tuple[float, str]:
    """`counted` are the mentions of what the slot counts, `of` those and the claim's own parties in their place."""
    has_noun = quantity.noun_end > quantity.noun_start
    if has_noun:
        nouns = counted if slot.of else of
        if _overlaps(nouns, quantity.noun_start, quantity.noun_end) or _overlaps(nouns, quantity.start, quantity.end):
            blocked = _overlaps(other, quantity.noun_start, quantity.noun_end)
            return (0.0, "counts something else") if blocked else (1.0, "counts the slot's noun")
        return 0.0, "counts " + (quantity.unit or "something else")
    near = nearest(of, quantity.start, quantity.end)
    if near <= NOUN_REACH and near <= nearest(other, quantity.start, quantity.end):
        return 0.8, "stands by the slot's noun"
    if slot.options.get("bare") and of and near <= MONEY_REACH:
        return 0.6, "a bare number in a sentence about the slot's noun"
    return 0.0, "no noun"


def _elided(scope: Scope, slot: Slot, number: int, quantity: Quantity) -> bool:
    """Whether a number stands without its noun because the sentence before has just counted it: "two have come"."""
    if quantity.noun_end > quantity.noun_start or not scope.follows(number):
        return False
    if slot.options.get("bare") and _handed(scope, number, quantity.start):
        return True
    return any(_counts(scope, slot, n) for n in (number - 1, number - 2) if n in scope.strength)


def _counts(scope: Scope, slot: Slot, number: int) -> bool:
    of = scope.mentions(number, _terms(slot.of))
    quantities = scope.doc.lines[number].quantities
    return any(q.kind == "count" and _overlaps(of, q.noun_start, q.noun_end) for q in quantities)


def _overlaps(mentions: list[Mention], start: int, end: int) -> bool:
    return any(gap(m.start, m.end, start, end) <= 1 for m in mentions)


def _weigh_sum(
    scope: Scope, slot: Slot, number: int, quantity: Quantity, of: list[Mention], other: list[Mention]
) -> tuple[float, str]:
    line = scope.doc.lines[number]
    start, end = quantity.start, quantity.end
    near = nearest(of or ([] if slot.of else [Mention("", line.start, line.end)]), start, end)
    nearer = nearest(other, start, end)
    if near > MONEY_REACH:
        alone = sum(q.kind == quantity.kind for q in line.quantities) == 1 and not other
        if alone and near < FAR:
            return 0.6, "the only sum of the passage"
        if alone and slot.type == "money" and _converts(scope, slot, number, quantity):
            return 0.9, "the sum before, in another currency"
        if (
            alone
            and slot.type == "money"
            and slot.known is None
            and scope.follows(number)
            and number not in scope.hit_lines
        ):
            return 0.5, "the only sum of a sentence that goes on about it"
        return 0.0, "too far from what it would pay for"
    if nearer < near:
        parts = clauses(line, scope.doc.folded)
        home = clause_of(parts, start)
        if any(clause_of(parts, m.start) == home for m in other):
            return 0.0, "stands nearer to something else"
    return 1.0 - near / (4 * MONEY_REACH), "stands by what it pays for"


def said_to_have_come(scope: Scope, value: Value) -> bool:
    """Whether the clause of a number says that so many were delivered."""
    return _handed(scope, value.line, value.start, frozenset(("delivered",)))


def _handed(scope: Scope, number: int, at: int, stages: frozenset[str] = HANDED) -> bool:
    """Whether the clause of a place says that something was ordered or delivered."""
    line = scope.doc.lines[number]
    parts = clauses(line, scope.doc.folded)
    home = clause_of(parts, at)
    said = [s for s in line.of_kind("stage") if clause_of(parts, s.start) == home or 0 <= s.start - at <= PARTICIPLE]
    meant = [effective(line, s, scope.doc.lang, scope.doc.folded)[0] for s in said]
    return "planned" not in meant and any(s.value in stages and s.value == m for s, m in zip(said, meant, strict=True))


def _converts(scope: Scope, slot: Slot, number: int, quantity: Quantity) -> bool:
    """Whether a sentence gives in another currency the one sum that the sentence before gave."""
    if number - 1 not in scope.hit_lines or not scope.follows(number):
        return False
    before = [q for q in scope.doc.lines[number - 1].quantities if q.kind == "money" and _in_bounds(slot, q)]
    return len(before) == 1 and before[0].unit != quantity.unit


DOLLARS = " USD"  # of one sum in two currencies the dollar figure counts (ruling 15)


def pick(values: list[Value], *, several: bool) -> list[Value]:
    """The values that count: the best, and with it others as sure that differ (ruling 13).

    A later sentence or the title's own number does not repeat one already taken.
    """
    taken: list[Value] = []
    dollars = [v for v in values if v.value.endswith(DOLLARS)]
    for value in _exact(dollars or values):
        if any(value.value == t.value for t in taken):
            continue
        if taken and (not several or value.score < EQUALLY * taken[0].score or value.line == TITLE):
            continue
        taken.append(value)
    return taken[:3]


def _exact(values: list[Value]) -> list[Value]:
    """Without rounded or bounded values of the title that another sentence gives exactly ("over 5", 5.12)."""
    plain = [n for v in values if v.line != TITLE and (n := parse_number(v.value)) and not n.bound and n.low == n.high]
    return [v for v in values if v.line != TITLE or not any(_rounds(v.value, n) for n in plain)]


def _rounds(value: str, exact: Number) -> bool:
    said = parse_number(value)
    if said is None or said.unit != exact.unit or (said.low == exact.low and not said.bound):
        return False
    return abs(said.low - exact.low) <= TOLERANCE * exact.low
