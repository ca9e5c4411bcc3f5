"""Does a text uphold a claim, refute it, or turn it round? And how sure is it, and who says so?"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.diff.scope import (
    TITLE,
    VERB_FINAL,
    Scope,
    clause_of,
    clauses,
    gap,
    nearest,
    signals_after,
    signals_before,
)
from pipeline.diff.stages import effective
from pipeline.diff.values import OFF_PATH
from pipeline.text.document import Candidate, Hit, Line, Signal

DENIAL_REACH = 130  # code points between a denial and the thing denied
CONCEDED = 40  # a denial that follows "despite" or "although" this closely is not the last word
CONFIRM_REACH = 90
DROP_REACH = 70
SAID_AFTER = 70
SPOKEN = 0.5  # strength from which a line speaks of the claim
LEAD = 2  # the title and the first two sentences are what the article is about
BESIDE = 2  # sentences before a denial that only report what is denied
NEGATED_BEFORE = 28
VERB_NEGATED = 7  # between a negation and the verb it stands by
PAST_BEFORE = 12
ENDS = 60  # from the word for calling off to what is called off


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the text says of the claim as a whole."""

    denied: bool = False
    to: str = ""  # the stance (or stage) that a reversal leads to
    certainty: str = ""  # alleged, reported, confirmed as cued, "" where nothing is
    line: int = -1
    start: int = 0
    end: int = 0
    why: str = ""


def reversal(scope: Scope, candidate: Candidate) -> Verdict:
    """The claim's own `denied_by` groups and the lexicon's words for dropping what was held."""
    denying = [h for h in candidate.hits if h.denies and not _negated(scope, h)]
    upheld = [n for n in scope.hit_lines if n not in {h.line for h in denying}]
    if denying:
        last = denying[-1]
        if any(h.line <= LEAD for h in denying) or not _upheld_after(scope, last.line, upheld):
            line = scope.doc.lines[last.line]
            return Verdict(True, last.to, "", last.line, line.start, line.end, "the reverse is stated")
    refused = _refused(scope)
    if refused and any(s.type == "stance" for s in scope.claim.slots):
        return refused
    holds = any(s.type == "stance" and s.known == "supports" for s in scope.claim.slots)
    for number in scope.hit_lines if holds else ():
        line = scope.doc.lines[number]
        objects = scope.mentions(number, scope.core)
        for signal in line.of_kind("drop"):
            if signals_before(line, "negation", signal.start, NEGATED_BEFORE):
                continue
            if min((gap(m.start, m.end, signal.start, signal.end) for m in objects), default=999) <= DROP_REACH:
                return Verdict(True, "neutral", "", number, signal.start, signal.end, "dropped")
    return Verdict()


def _refused(scope: Scope) -> Verdict | None:
    """The claim's own verb (cue `verb`) negated, in the title, the lead or the last passage."""
    verbs = frozenset(scope.claim.cues_terms("verb"))
    verb_final = scope.doc.lang in VERB_FINAL
    last = max(scope.hit_lines, default=-1)
    for number in scope.hit_lines:
        line = scope.doc.lines[number]
        if number > LEAD and number != last:
            continue
        for m in scope.mentions(number, verbs):
            signals = signals_before(line, "negation", m.start, VERB_NEGATED)
            if verb_final:
                signals = signals_after(line, "negation", m.end, VERB_NEGATED)
            if signals:
                return Verdict(True, "neutral", "", number, signals[0].start, m.end, "refused")
    return None


def _negated(scope: Scope, hit: Hit) -> bool:
    """Whether the words of a reversing group are themselves denied: "no rupture", "wrong to speak of"."""
    group = scope.claim.denied_by[hit.group - len(scope.claim.about)]
    terms = frozenset(t for term in (*group.all, *group.any) for t in term.split("|"))
    line = scope.doc.lines[hit.line]
    parties = frozenset(t for g in scope.claim.about for term in g.all for t in term.split("|"))
    words = scope.mentions(hit.line, (terms - parties) or terms)
    if any(signals_before(line, "past", m.start, PAST_BEFORE) for m in words):
        return True
    return any(signals_before(line, kind, m.start, NEGATED_BEFORE) for m in words for kind in ("negation", "denial"))


def ended(scope: Scope) -> Verdict:
    """Whether the title or the lead says that what the claim's cue `ends` names is called off or put off."""
    terms = frozenset(scope.claim.cues_terms("ends"))
    for number in sorted(n for n in scope.hit_lines if n <= LEAD) if terms else ():
        line = scope.doc.lines[number]
        for signal in line.of_kind("stage"):
            if signal.value not in OFF_PATH or nearest(scope.mentions(number, terms), signal.start, signal.end) > ENDS:
                continue
            if effective(line, signal, scope.doc.lang, scope.doc.folded)[0]:
                return Verdict(True, signal.value, "", number, signal.start, signal.end, "called off or put off")
    return Verdict()


def _upheld_after(scope: Scope, line: int, upheld: list[int]) -> bool:
    """Whether later passages state the claim in the outlet's present voice again."""
    later = [n for n in upheld if n > line + 1]
    return bool(later) and not any(scope.doc.lines[n].of_kind("past") for n in later)


def denial(scope: Scope) -> Verdict:
    """Whether the refutation of a claim is the text's last word on it (ruling 5).

    It is when the title or the lead says so, or when the claim stands nowhere but beside its denial.
    """
    denied: dict[int, Signal] = {}
    confirmed: list[int] = []
    for number in sorted(n for n, sure in scope.strength.items() if sure >= SPOKEN):
        line = scope.doc.lines[number]
        signal = next((s for s in line.of_kind("denial") if _denies_subject(scope, number, line, s)), None)
        if signal:
            denied[number] = signal
        confirmed += [number for s in line.of_kind("certainty", "confirmed") if _near_core(scope, number, s)]
    if not denied:
        refused = _refused(scope)
        if refused is None or refused.line > LEAD:
            return Verdict()
        return Verdict(True, "", "denied", refused.line, refused.start, refused.end, "refused")
    leading = min(denied) <= LEAD
    last = min(denied) if leading else max(denied)
    asserted = [n for n in scope.hit_lines if n not in denied and not any(0 < d - n <= BESIDE for d in denied)]
    if not leading and asserted:
        return Verdict()
    if leading and min(denied) != TITLE and any(n > last for n in confirmed if n not in denied):
        return Verdict()
    signal = denied[last]
    return Verdict(True, "", "denied", last, signal.start, signal.end, "denied")


def _denies_subject(scope: Scope, number: int, line: Line, signal: Signal) -> bool:
    if signals_before(line, "contrast", signal.start, CONCEDED, "concede"):
        return False
    if signals_before(line, "negation", signal.start, 8):
        return False
    if number != TITLE and any(s.start > signal.end for s in line.of_kind("contrast", "")):
        return False  # "denied it, but ..."
    objects = scope.mentions(number, scope.core)
    if number in scope.hit_lines:
        return any(gap(m.start, m.end, signal.start, signal.end) <= DENIAL_REACH for m in objects)
    return number - 1 in scope.hit_lines and not scope.mentions(number, scope.rivals)


def _near_core(scope: Scope, number: int, signal: Signal) -> bool:
    objects = scope.mentions(number, scope.core)
    return any(gap(m.start, m.end, signal.start, signal.end) <= CONFIRM_REACH for m in objects)


def certainty(scope: Scope) -> Verdict:
    """The highest certainty that is said of the claim's passages."""
    best = Verdict()
    for number in scope.hit_lines:
        line = scope.doc.lines[number]
        for signal in line.of_kind("certainty"):
            if not _near_core(scope, number, signal) or signals_before(line, "negation", signal.start, 22):
                continue
            if _order(signal.value) > _order(best.certainty):
                best = Verdict(False, "", signal.value, number, signal.start, signal.end, signal.value)
    return best


def _order(value: str) -> int:
    return ("", "alleged", "reported", "confirmed").index(value)


def attribution(scope: Scope, number: int) -> str:
    """Who says so in a line, as written around the verb of saying; "" for the outlet's own voice."""
    line = scope.doc.lines[number]
    text = scope.doc.text
    for signal in line.of_kind("attribution"):
        parts = clauses(line, scope.doc.folded)
        start, end = parts[clause_of(parts, signal.start)]
        return text[max(start, signal.start - SAID_AFTER) : min(end, signal.end + SAID_AFTER)].strip(" ,.;:–—")
    return ""
