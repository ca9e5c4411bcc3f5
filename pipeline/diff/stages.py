"""Which stage a text says a claim's subject has reached, with tense, mood and negation."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from pipeline.diff.refer import denied_off, referring, said_of_it
from pipeline.diff.scope import (
    FAINT,
    LEAD,
    TITLE,
    VERB_FINAL,
    Scope,
    clause_of,
    clauses,
    gap,
    signals_after,
    signals_before,
)
from pipeline.diff.values import OFF_PATH, STAGES, stage_rank
from pipeline.model.watch import Slot
from pipeline.text.cues import lexicon
from pipeline.text.document import Line, Mention, Signal
from pipeline.text.fold import fold

# Code points. Measured on the labelled articles: auxiliaries stand right before the verb, or in verb-final
# languages right after it; the object of a stage word is rarely farther than a dozen words.
MODAL_BEFORE = 18
MODAL_AFTER = 30
PREDICATE_AFTER = 60  # from a noun of happening to "is expected"
NEGATION_BEFORE = 22
NEGATION_AFTER = 14
NOTHING_AFTER = 5  # between a verb and the object that is none
OBJECT_REACH = 90
TALKS_REACH = 25
PLACE_REACH = 5  # from "the signing" to "was held"
PRONOUN_LEAD = 6  # from the start of a clause to the pronoun that is its subject ("and it")
SHORT = 3  # letters
SAYING_REACH = 3  # a blank or two
_FINAL = frozenset(("", ",", ".", "!", "?", ";", "\n"))
_PARTING = re.compile("[:;؛]")
REFERRED = 0.7  # how surely a sentence that refers back speaks of the subject
SURE_OFF = 0.6  # from which a line may end the path
COMPLETED = frozenset({"agreed", "signed", "under-way", "delivered"})


@dataclass(frozen=True, slots=True)
class StageSeen:
    """A stage said of the subject; `sure` falls with the distance from a passage about it."""

    stage: str
    line: int
    start: int
    end: int
    sure: float
    why: str


def read_stages(scope: Scope, slot: Slot) -> list[StageSeen]:
    """Every stage said of a claim's subject, in text order.

    The slot's option `take` limits the lexicon's stages (default all), `within` the distance to the object in code
    points, `follow` lets the sentences beside a passage speak without naming it; its `words` give further terms.
    """
    take = slot.options.get("take", (*STAGES, *OFF_PATH))
    reach = slot.options.get("within", OBJECT_REACH)
    wanted = frozenset(take) if isinstance(take, (list, tuple)) else frozenset()
    limit = int(reach) if isinstance(reach, (int, float)) else OBJECT_REACH
    seen: list[StageSeen] = []
    for number, sure in sorted((n, sure) for n, sure in scope.strength.items() if sure > FAINT):
        line = scope.doc.lines[number]
        seen += _from_words(scope, slot, line, number, sure)
        said = []
        for signal in line.of_kind("stage"):
            if signal.value in wanted and _attached(scope, slot, number, signal, limit):
                stage, why = effective(line, signal, scope.doc.lang, scope.doc.folded)
                if stage in wanted:
                    said.append(StageSeen(stage, number, signal.start, signal.end, sure, why))
        seen += _own_clause(scope, slot, line, said)
    return seen + _off_by_reference(scope, wanted)


def _off_by_reference(scope: Scope, wanted: frozenset[str]) -> list[StageSeen]:
    """The passage's plan called off in a sentence that only refers back to it, where that is news."""
    seen: list[StageSeen] = []
    for number in referring(scope):
        line = scope.doc.lines[number]
        for signal in line.of_kind("stage"):
            if signal.value not in OFF_PATH or signal.value not in wanted:
                continue
            if not scope.is_news(number) and number < max(scope.hit_lines):
                continue
            if said_of_it(scope, number, signal) and effective(line, signal, scope.doc.lang, scope.doc.folded)[0]:
                seen.append(StageSeen(signal.value, number, signal.start, signal.end, REFERRED, "said of it"))
    return seen


def _own_clause(scope: Scope, slot: Slot, line: Line, said: list[StageSeen]) -> list[StageSeen]:
    """Of several stages of a sentence those in a clause that names the object, a number of it or a pronoun, if any."""
    if len({s.stage for s in said}) < 2:
        return said
    terms = frozenset(t for term in slot.of for t in term.split("|")) or scope.things or scope.core
    parts = clauses(line, scope.doc.folded)
    homes = {clause_of(parts, m.start) for m in scope.mentions(said[0].line, terms)}
    starts = [start for start, _ in parts]
    homes |= {
        clause_of(parts, p.start)
        for p in line.of_kind("pronoun")
        if p.start - starts[clause_of(parts, p.start)] <= PRONOUN_LEAD
    }
    homes |= {clause_of(parts, q.start) for q in line.quantities if q.kind == "count" and q.noun_end == q.noun_start}
    own = [s for s in said if clause_of(parts, s.start) in homes]
    return own or said


def _from_words(scope: Scope, slot: Slot, line: Line, number: int, sure: float) -> list[StageSeen]:
    found = []
    for stage, terms in slot.words.items():
        for m in scope.mentions(number, frozenset(terms)):
            value, why = effective(line, Signal("stage", stage, m.start, m.end), scope.doc.lang, scope.doc.folded)
            if value:
                found.append(StageSeen(value, number, m.start, m.end, sure + 0.1, why))
    return found


def _attached(scope: Scope, slot: Slot, number: int, signal: Signal, limit: int) -> bool:
    """Whether a stage word is about the subject: its object stands near, and no rival stands nearer."""
    terms = frozenset(t for term in slot.of for t in term.split("|")) or scope.things or scope.core
    objects = scope.mentions(number, terms)
    if not objects:
        if slot.of and not slot.options.get("follow"):
            return False
        return scope.follows(number) and not scope.mentions(number, scope.rivals | frozenset(slot.not_of))
    if scope.of_another(number, objects):
        return False
    near = min(gap(m.start, m.end, signal.start, signal.end) for m in objects)
    rivals = scope.mentions(number, scope.rivals | frozenset(slot.not_of))
    nearer = min((gap(m.start, m.end, signal.start, signal.end) for m in rivals), default=10**6)
    return near <= limit and not (nearer < near and _same_clause(scope, number, signal, rivals))


def _same_clause(scope: Scope, number: int, signal: Signal, mentions: list[Mention]) -> bool:
    parts = clauses(scope.doc.lines[number], scope.doc.folded)
    home = clause_of(parts, signal.start)
    return any(clause_of(parts, m.start) == home for m in mentions)


def effective(line: Line, signal: Signal, lang: str, folded: str = "") -> tuple[str, str]:
    """The stage that a word says once auxiliaries and negation are heard, with the reason; "" when it says none."""
    stage = signal.value
    before = _auxiliaries(line, signal, lang, folded)
    negated = _negated(line, signal, lang, folded) or _says_not(signal, lang, folded)
    negated = negated or _of_nothing(line, signal, lang, folded)
    if stage == "delivered":
        stage = _what_took_place(line, signal) or stage
    if stage == "under-way" and _of_talks(line, signal):
        return "discussed", "talks are under way"
    if stage == "under-way" and _of_saying(line, signal):
        return "", "what has begun is saying so"
    if stage in COMPLETED:
        if _to_come(signal, lang, folded):
            return ("", "negated") if negated else ("planned", f"{stage}, but still to come by its ending")
        modal = max((m.value for m in before), key=stage_rank, default="")
        if negated and not modal:
            return "", "negated"
        if modal and stage_rank(modal) < stage_rank(stage):
            return modal, f"{stage}, but {modal} by its auxiliary"
    elif stage in OFF_PATH:
        if negated or any(m.value == "proposed" for m in before):
            return "", "negated or only possible"
        if denied_off(line, folded, signal):
            return "", "denied to be off"
    elif negated:
        return "", "negated"
    return stage, "stated"


def _one_clause(folded: str, first: Signal, second: Signal) -> bool:
    """Whether no sign parts two words."""
    return not any(sign in folded[first.end : second.start] for sign in ",;:()")


def _auxiliaries(line: Line, signal: Signal, lang: str, folded: str) -> list[Signal]:
    """The words that turn what a stage word says into a plan, a wish or talks."""
    before = [m for m in signals_before(line, "modal", signal.start, MODAL_BEFORE) if _governs(m, signal)]
    if lang in VERB_FINAL:
        before = signals_after(line, "modal", signal.end, MODAL_AFTER)
        before += signals_after(line, "stage", signal.end, MODAL_AFTER, "planned")
        verbs = signals_after(line, "stage", signal.end, MODAL_AFTER)
        before += [replace(s, value="planned") for s in verbs if _to_come(s, lang, folded)]
    elif any(e.start == signal.start for e in line.of_kind("event")):
        before += [
            s
            for s in signals_after(line, "stage", signal.end, PREDICATE_AFTER, "planned")
            if _one_clause(folded, signal, s)
        ]
    return before


def _governs(modal: Signal, signal: Signal) -> bool:
    """Whether an auxiliary is the verb's: a short one ("to", "may") only right before it."""
    return modal.end - modal.start > SHORT or signal.start - modal.end <= 1


def _of_talks(line: Line, signal: Signal) -> bool:
    """Whether what began or goes on is the talking: "talks continue"."""
    return any(gap(s.start, s.end, signal.start, signal.end) <= TALKS_REACH for s in line.of_kind("stage", "discussed"))


def _what_took_place(line: Line, signal: Signal) -> str:
    """The stage of what took place, where that is a signing or talks: "the signing was held"."""
    beside = [s for s in line.of_kind("stage") if 0 < gap(s.start, s.end, signal.start, signal.end) <= PLACE_REACH]
    events = {e.start for e in line.of_kind("event")}
    said = [s.value for s in beside if s.value == "discussed" or (s.value == "signed" and s.start in events)]
    return said[0] if said else ""


def _of_saying(line: Line, signal: Signal) -> bool:
    """Whether what began is a way of speaking: "officials have begun to say"."""
    return any(0 <= s.start - signal.end <= SAYING_REACH for s in line.of_kind("attribution"))


def _says_not(signal: Signal, lang: str, folded: str) -> bool:
    """Whether the verb itself is in the negative, by its ending; not when that is how it says what it says."""
    ending = lexicon(lang).endings.negative
    word = folded[signal.start : signal.end]
    return bool(ending) and bool(re.search(ending + "$", word)) and not word.startswith(_negative_stems(lang))


def _to_come(signal: Signal, lang: str, folded: str) -> bool:
    """Whether the verb itself is in the future, by its ending."""
    ending = lexicon(lang).endings.future
    return bool(ending) and bool(re.search(ending + "$", folded[signal.start : signal.end]))


@cache
def _negative_stems(lang: str) -> tuple[str, ...]:
    """The phrases for calling off that are verbs in the negative: "will not take place" in one word."""
    ending = re.compile(lexicon(lang).endings.refusal + "$")
    stems = [fold(c.phrase).rstrip("*") for c in lexicon(lang).cues if c.kind == "stage" and c.value in OFF_PATH]
    return tuple(stem for stem in stems if any(ending.search(stem + rest) for rest in ("", "k", "q")))


def _of_nothing(line: Line, signal: Signal, lang: str, folded: str) -> bool:
    """Whether a verb before its object has a negated one: "bought no jets", "unterzeichnet ist nichts"."""
    if lang in VERB_FINAL or signal.value not in COMPLETED:
        return False
    after = signals_after(line, "negation", signal.end, NOTHING_AFTER)
    return any(folded[signal.end : s.start].replace(" ", "a").isalpha() for s in after)


def _negated(line: Line, signal: Signal, lang: str, folded: str) -> bool:
    """Whether a negation stands by the word, with no colon or semicolon between."""
    before = signals_before(line, "negation", signal.start, NEGATION_BEFORE)
    if any(not _PARTING.search(folded, s.end, signal.start) for s in before):
        return True
    if any(folded[s.end : s.end + 1] in _FINAL for s in signals_after(line, "negation", signal.end, 1)):
        return True  # "handshake yes, signature no"
    return lang in VERB_FINAL and bool(signals_after(line, "negation", signal.end, NEGATION_AFTER))


def strongest(scope: Scope, seen: list[StageSeen]) -> StageSeen | None:
    """The stage that counts: off the path when that is the last word, else the farthest along (ruling 4)."""
    if not seen:
        return None
    off = [s for s in seen if s.stage in OFF_PATH and s.sure >= SURE_OFF and not _long_ago(scope, s, seen)]
    if off and (any(scope.is_news(s.line) for s in off) or not _resumed(seen, off[-1])):
        return [s for s in off if s.line <= max(LEAD, off[0].line)][-1]
    on = [s for s in seen if s.stage not in OFF_PATH]
    on = [s for s in on if s.line != TITLE] or on  # a title cuts short what the text says in full
    return max(on, key=lambda s: (stage_rank(s.stage), s.sure), default=None)


def _long_ago(scope: Scope, off: StageSeen, seen: list[StageSeen]) -> bool:
    """Whether something was called off in a clause of a year gone by, and the sentence goes on to what is reached."""
    line = scope.doc.lines[off.line]
    since = [s for s in seen if s.line == off.line and s.stage in COMPLETED and s.start > off.end]
    if scope.doc.published is None or not since or not line.dates:
        return False
    parts = clauses(line, scope.doc.folded)
    year = max(_years(line, parts, off), default="")
    later = all(y > year for s in since for y in _years(line, parts, s))
    return bool(year) and later and year < f"{scope.doc.published:%Y}"


def _years(line: Line, parts: list[tuple[int, int]], seen: StageSeen) -> list[str]:
    """The years of the dates in the clause of a stage."""
    home = clause_of(parts, seen.start)
    return [d.canonical.split("/")[-1][:4] for d in line.dates if clause_of(parts, d.start) == home]


def _resumed(seen: list[StageSeen], off: StageSeen) -> bool:
    """Whether the text goes on to say that the thing went ahead after all."""
    return any(s.stage in ("under-way", "delivered", "signed") and s.line > off.line + 1 for s in seen)
