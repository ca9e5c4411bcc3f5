"""Which stage a text says a claim's subject has reached, with tense, mood and negation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.diff.scope import VERB_FINAL, Scope, clause_of, clauses, gap, signals_after, signals_before
from pipeline.diff.values import OFF_PATH, STAGES, stage_rank
from pipeline.model.watch import Slot
from pipeline.text.cues import lexicon
from pipeline.text.document import Line, Mention, Signal

# Code points. Measured on the labelled articles: auxiliaries stand right before the verb, or in verb-final
# languages right after it; the object of a stage word is rarely farther than a dozen words.
MODAL_BEFORE = 18
MODAL_AFTER = 30
NEGATION_BEFORE = 22
NEGATION_AFTER = 14
NOTHING_AFTER = 5  # between a verb and the object that is none
OBJECT_REACH = 90
TALKS_REACH = 25
SHORT = 3  # letters
SAYING_REACH = 3  # a blank or two
LEAD = 2  # the title and the first two sentences
_PARTING = re.compile("[:;؛]")
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
    for number, sure in sorted(scope.strength.items()):
        line = scope.doc.lines[number]
        seen += _from_words(scope, slot, line, number, sure)
        for signal in line.of_kind("stage"):
            if signal.value in wanted and _attached(scope, slot, number, signal, limit):
                stage, why = effective(line, signal, scope.doc.lang, scope.doc.folded)
                if stage in wanted:
                    seen.append(StageSeen(stage, number, signal.start, signal.end, sure, why))
    return seen


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
    before = [m for m in signals_before(line, "modal", signal.start, MODAL_BEFORE) if _governs(m, signal)]
    if lang in VERB_FINAL:
        before = signals_after(line, "modal", signal.end, MODAL_AFTER)
        before += signals_after(line, "stage", signal.end, MODAL_AFTER, "planned")
    negated = _negated(line, signal, lang, folded) or _says_not(signal, lang, folded)
    negated = negated or _of_nothing(line, signal, lang, folded)
    if stage == "under-way" and _of_talks(line, signal):
        return "discussed", "talks are under way"
    if stage == "under-way" and _of_saying(line, signal):
        return "", "what has begun is saying so"
    if stage in COMPLETED:
        modal = max((m.value for m in before), key=stage_rank, default="")
        if negated and not modal:
            return "", "negated"
        if modal and stage_rank(modal) < stage_rank(stage):
            return modal, f"{stage}, but {modal} by its auxiliary"
    elif stage in OFF_PATH:
        if negated or any(m.value == "proposed" for m in before):
            return "", "negated or only possible"
    elif negated:
        return "", "negated"
    return stage, "stated"


def _governs(modal: Signal, signal: Signal) -> bool:
    """Whether an auxiliary is the verb's: a short one ("to", "may") only right before it."""
    return modal.end - modal.start > SHORT or signal.start - modal.end <= 1


def _of_talks(line: Line, signal: Signal) -> bool:
    """Whether what began or goes on is the talking: "talks continue"."""
    return any(gap(s.start, s.end, signal.start, signal.end) <= TALKS_REACH for s in line.of_kind("stage", "discussed"))


def _of_saying(line: Line, signal: Signal) -> bool:
    """Whether what began is a way of speaking: "officials have begun to say"."""
    return any(0 <= s.start - signal.end <= SAYING_REACH for s in line.of_kind("attribution"))


def _says_not(signal: Signal, lang: str, folded: str) -> bool:
    """Whether the verb itself is in the negative, by its ending."""
    ending = lexicon(lang).endings.negative
    return bool(ending) and bool(re.search(ending + "$", folded[signal.start : signal.end]))


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
    return lang in VERB_FINAL and bool(signals_after(line, "negation", signal.end, NEGATION_AFTER))


def strongest(seen: list[StageSeen]) -> StageSeen | None:
    """The stage that counts: off the path when that is the last word, else the farthest along (ruling 4)."""
    if not seen:
        return None
    off = [s for s in seen if s.stage in OFF_PATH and s.sure >= SURE_OFF]
    if off and (off[0].line <= LEAD or not _resumed(seen, off[-1])):
        return off[-1]
    on = [s for s in seen if s.stage not in OFF_PATH]
    return max(on, key=lambda s: (stage_rank(s.stage), s.sure), default=None)


def _resumed(seen: list[StageSeen], off: StageSeen) -> bool:
    """Whether the text goes on to say that the thing went ahead after all."""
    return any(s.stage in ("under-way", "delivered", "signed") and s.line > off.line + 1 for s in seen)
