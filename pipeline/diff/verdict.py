"""Does a text uphold a claim, refute it, or turn it round? And how sure is it, and who says so?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.diff.refer import BACK, answered_no, calling_off_denied, referring, said_of_it, turned
from pipeline.diff.scope import (
    LEAD,
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
from pipeline.text.cues import lexicon
from pipeline.text.document import Candidate, Hit, Line, Mention, Signal

DENIAL_REACH = 130  # code points between a denial and the thing denied
CONCEDED = 40  # a denial that follows "despite" or "although" this closely is not the last word
CONFIRM_REACH = 90
DROP_REACH = 70
SAID_AFTER = 70
SPOKEN = 0.5  # strength from which a line speaks of the claim
BESIDE = 2  # sentences before a denial that only report what is denied
NEGATED_BEFORE = 28
VERB_NEGATED = 10  # between a negation and the verb it stands by
WHOLE_NEGATED = 28  # between a negation that takes a noun ("not one", "no") and that noun or its verb
AFTER_VERB = frozenset({"de", "fr"})  # languages that put a negation behind the verb
YET = 40  # between a verb and the word that says it is only not so yet
PAST_BEFORE = 12
NONE_OF = 14  # between "no" and what there will be none of: "no trilateral summit"
ENDS = 90  # from the word for calling off to what is called off


_LISTED = re.compile("[,;:،؛]")  # "no bloc, no such plan": each denies for itself


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
    refused: bool = False  # only by a verb in the negative: words for calling off say more


def reversal(scope: Scope, candidate: Candidate) -> Verdict:
    """The claim's own `denied_by` groups and the lexicon's words for dropping what was held."""
    denying = [h for h in candidate.hits if h.denies and not _negated(scope, h)]
    if denying:
        last = denying[-1]
        line = scope.doc.lines[last.line]
        return Verdict(True, last.to, "", last.line, line.start, line.end, "the reverse is stated")
    refused = _refused(scope)
    if refused and any(s.type == "stance" for s in scope.claim.slots):
        return refused
    over = _turned(scope) if any(s.type == "stance" for s in scope.claim.slots) else None
    if over is not None:
        return over
    holds = any(s.type == "stance" and s.known == "supports" for s in scope.claim.slots)
    for number in scope.hit_lines if holds else ():
        line = scope.doc.lines[number]
        objects = scope.mentions(number, scope.core)
        for signal in line.of_kind("drop"):
            if any(
                not _LISTED.search(scope.doc.folded, s.end, signal.start)
                for s in signals_before(line, "negation", signal.start, NEGATED_BEFORE)
            ):
                continue
            if min((gap(m.start, m.end, signal.start, signal.end) for m in objects), default=999) <= DROP_REACH:
                return Verdict(True, "neutral", "", number, signal.start, signal.end, "dropped")
    return Verdict()


def _turned(scope: Scope) -> Verdict | None:
    """The passage is said to be so no longer, in the news and right after it: "that changed on Sunday"."""
    for hit in scope.hit_lines:
        after = hit + 1
        if hit == TITLE or after >= len(scope.doc.lines):
            continue
        word = turned(scope, after)
        if word is not None and scope.is_news(after):
            held = any(s.known == "supports" for s in scope.claim.slots)
            return Verdict(True, "neutral" if held else "", "", after, word.start, word.end, "no longer so")
    return None


def _refused(scope: Scope) -> Verdict | None:
    """The claim's own verb (cue `verb`) negated, in the title, the lead or the last passage."""
    verbs = frozenset(scope.claim.cues_terms("verb"))
    last = max(scope.hit_lines, default=-1)
    for number in scope.hit_lines:
        if number != last and not scope.is_news(number):
            continue
        for m in scope.mentions(number, verbs):
            start = _refusal(scope, number, m)
            if start is not None:
                return Verdict(True, "neutral", "", number, start, m.end, "refused")
    return None


def _refusal(scope: Scope, number: int, verb: Mention) -> int | None:
    """Where a verb's negation begins, by a word beside it or (in the lead) by its ending; None for "not yet"."""
    line = scope.doc.lines[number]
    if any(gap(s.start, s.end, verb.start, verb.end) <= YET for s in line.of_kind("yet")):
        return None
    signals = [s for s in line.of_kind("negation") if _negates(scope, s, verb) and not _of_ceasing(line, s, verb)]
    if signals:
        return min(signals[0].start, verb.start)
    ending = lexicon(scope.doc.lang).endings.refusal if number <= LEAD else ""
    return verb.start if ending and re.search(ending + "$", scope.doc.folded[verb.start : verb.end]) else None


def _negates(scope: Scope, signal: Signal, verb: Mention) -> bool:
    """Whether a negation is the verb's: before it, around it, after it where the language puts it there."""
    lang = scope.doc.lang
    reach = WHOLE_NEGATED if signal.value == "whole" else VERB_NEGATED
    near = gap(signal.start, signal.end, verb.start, verb.end) <= reach
    return near and (signal.start <= verb.start or lang in VERB_FINAL or lang in AFTER_VERB)


def _of_ceasing(line: Line, signal: Signal, verb: Mention) -> bool:
    """Whether what is negated is that the verb ever ceased: "never stopped supporting"."""
    ceasing = [*line.of_kind("drop"), *(s for s in line.of_kind("stage") if s.value in OFF_PATH)]
    return any(signal.end <= s.start < verb.start for s in ceasing)


def _negated(scope: Scope, hit: Hit) -> bool:
    """Whether the words of a reversing group are themselves denied: "no rupture", "wrong to speak of"."""
    group = scope.claim.denied_by[hit.group - len(scope.claim.about)]
    terms = frozenset(t for term in (*group.all, *group.any) for t in term.split("|"))
    line = scope.doc.lines[hit.line]
    parties = frozenset(t for g in scope.claim.about for term in g.all for t in term.split("|"))
    words = scope.mentions(hit.line, (terms - parties) or terms)
    if any(signals_before(line, "past", m.start, PAST_BEFORE) for m in words):
        return True
    return any(
        not _LISTED.search(scope.doc.folded, s.end, m.start)
        for m in words
        for kind in ("negation", "denial")
        for s in signals_before(line, kind, m.start, NEGATED_BEFORE)
    )


def ended(scope: Scope) -> Verdict:
    """Whether the title or the lead says that what the claim's cue `ends` names is called off or put off."""
    terms = frozenset(scope.claim.cues_terms("ends"))
    for number in sorted(n for n in scope.hit_lines if scope.is_news(n)) if terms else ():
        line = scope.doc.lines[number]
        for signal in line.of_kind("stage"):
            if signal.value not in OFF_PATH or nearest(scope.mentions(number, terms), signal.start, signal.end) > ENDS:
                continue
            if effective(line, signal, scope.doc.lang, scope.doc.folded)[0]:
                return Verdict(True, signal.value, "", number, signal.start, signal.end, "called off or put off")
        for m in scope.mentions(number, terms) if not line.of_kind("yet") else ():
            none = signals_before(line, "negation", m.start, NONE_OF)
            if none and line.of_kind("modal", "planned"):
                return Verdict(True, "cancelled", "", number, none[0].start, m.end, "there will be none")
    return Verdict()


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
    denied.update(_by_reference(scope))
    if not denied:
        refused = _refused(scope)
        if refused is None or not scope.is_news(refused.line):
            return Verdict()
        if any(s.type == "certainty" for s in scope.claim.slots):
            return replace(refused, to="", certainty="denied")
        return replace(refused, to="cancelled", refused=True)  # what was to be done is off
    news = [n for n in sorted(denied) if scope.is_news(n)]
    leading = bool(news)
    last = news[0] if news else max(denied)
    asserted = [n for n in scope.hit_lines if n not in denied and not _beside(scope, n, denied)]
    if not leading and asserted:
        return Verdict()
    if leading and last != TITLE and any(n > last for n in confirmed if n not in denied):
        return Verdict()
    signal = denied[last]
    return Verdict(True, "", "denied", last, signal.start, signal.end, "denied")


def _by_reference(scope: Scope) -> dict[int, Signal]:
    """Denials in sentences that only refer back to a passage: "the report is false", "no" after a question."""
    found: dict[int, Signal] = {}
    for number in referring(scope):
        line = scope.doc.lines[number]
        for signal in line.of_kind("denial"):
            if said_of_it(scope, number, signal) and _stands(scope, number, line, signal):
                found.setdefault(number, signal)
    for hit in scope.hit_lines:
        no = answered_no(scope, hit)
        if no is not None:
            found[hit + 1] = no
    return found


def _beside(scope: Scope, number: int, denied: dict[int, Signal]) -> bool:
    """Whether a line only reports what is denied next, or goes on with the denial before it."""
    if any(0 < d - number <= (BACK if d not in scope.strength else BESIDE) for d in denied):
        return True
    line = scope.doc.lines[number]
    goes_on = number - 1 in denied and scope.doc.lines[number - 1].paragraph == line.paragraph
    return goes_on and not line.of_kind("contrast", "") and not line.of_kind("certainty", "confirmed")


def _denies_subject(scope: Scope, number: int, line: Line, signal: Signal) -> bool:
    if not _stands(scope, number, line, signal):
        return False
    objects = scope.mentions(number, scope.core)
    if number in scope.hit_lines:
        return any(gap(m.start, m.end, signal.start, signal.end) <= DENIAL_REACH for m in objects)
    return number - 1 in scope.hit_lines and not scope.mentions(number, scope.rivals)


def _stands(scope: Scope, number: int, line: Line, signal: Signal) -> bool:
    """Whether a denial is one, and not conceded, negated, taken back, for the time being, or of a cancellation."""
    if signals_before(line, "contrast", signal.start, CONCEDED, "concede"):
        return False
    if any(not _LISTED.search(scope.doc.folded, s.end, signal.start) for s in _negating(line, signal)):
        return False
    if number != TITLE and any(s.start > signal.end for s in line.of_kind("contrast", "")):
        return False  # "denied it, but ..."
    if signals_after(line, "yet", signal.end, YET):
        return False  # "there is no contract yet"
    return not calling_off_denied(line, scope.doc.folded, signal)


def _negating(line: Line, denial: Signal) -> list[Signal]:
    return signals_before(line, "negation", denial.start, 8)


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
