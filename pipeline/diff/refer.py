"""Sentences that refer back to a passage: "the report", "that story", "it"; and what they say of it.

News is told a sentence a paragraph: the claim is named in one, and refuted or called off in the next, which names it no
more. An interview names it in the question, and the answer is "No".
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.diff.scope import TITLE, Scope, gap
from pipeline.diff.values import OFF_PATH
from pipeline.text.cues import lexicon
from pipeline.text.document import Line, Signal

BACK = 4  # sentences back to the passage that is meant
NEAR = 60  # code points between what refers back and what is said of it
OBJECT = 4  # code points from a denial to the pronoun that is its object: room for "in"
UNTRUE = 120  # code points between a denial and the calling off that is denied
BEFORE = 40  # code points in which a definite article and an adjective find room
FAR = 12  # sentences back to a plan that is named by a definite noun, where nothing else was named since
NOUNS = frozenset({"matter", "plan", "scheme"})
_SPEAKER = re.compile(r"\W*(?:[^\W\d][\w.'’ -]{0,30}:\s+)?\W*")  # what stands before the words of an answer
_PARTS = re.compile("[,;:()،؛]")


def referring(scope: Scope) -> dict[int, Signal]:
    """Sentences after a passage that speak of it without naming it, with the word that refers back."""
    found: dict[int, Signal] = {}
    lines = scope.doc.lines
    for hit in sorted(set(scope.hit_lines)):
        for number in range(max(hit + 1, 1), min(hit + FAR + 1, len(lines))):
            line = lines[number]
            if not scope.others.isdisjoint(line.terms) or _of_a_rival(scope, line):
                break
            near = number - hit <= BACK and (lines[hit].paragraph == -1 or line.paragraph - lines[hit].paragraph <= 1)
            word = _refers(scope, line)
            if word is not None and number not in scope.hit_lines and (near or word.value == "scheme"):
                found.setdefault(number, word)
    return found


def _of_a_rival(scope: Scope, line: Line) -> bool:
    return not scope.rivals.isdisjoint(line.terms)


def _refers(scope: Scope, line: Line) -> Signal | None:
    """The first word of a sentence that refers back: a definite noun anywhere, a pronoun where it opens."""
    for signal in line.of_kind("refer"):
        if signal.value == "it" and (_opens(scope, line, signal) or _is_object(line, signal)):
            return signal
        if signal.value in NOUNS and _is_definite(scope, signal):
            return signal
    return None


def _opens(scope: Scope, line: Line, word: Signal) -> bool:
    """Whether a sentence begins with a word, behind quotation marks and the name of who speaks."""
    begins = _SPEAKER.match(scope.doc.folded, line.start, line.end)
    return word.start <= (begins.end() if begins else line.start)


def _is_object(line: Line, pronoun: Signal) -> bool:
    """Whether a pronoun is what a denial denies: "denied it", "no truth in it"."""
    return any(0 <= pronoun.start - s.end <= OBJECT for s in line.of_kind("denial"))


def _is_definite(scope: Scope, noun: Signal) -> bool:
    """Whether a noun is marked as one that has been spoken of: by article or demonstrative, or by its form."""
    before, form = _marks(scope.doc.lang)
    folded = scope.doc.folded
    if before and before.search(folded, max(0, noun.start - BEFORE), noun.start):
        return True
    return form is not None and bool(form.search(folded[noun.start : noun.end]))


@cache
def _marks(lang: str) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    endings = lexicon(lang).endings
    before, form = (re.compile(source) if source else None for source in (endings.definite, endings.definite_form))
    return before, form


def said_of_it(scope: Scope, number: int, signal: Signal) -> bool:
    """Whether a word stands by one that refers back, with no other clause between."""
    line = scope.doc.lines[number]
    for word in line.of_kind("refer"):
        if word.value in ("no", "turned") or gap(word.start, word.end, signal.start, signal.end) > NEAR:
            continue
        if word.value == "it" and not (_opens(scope, line, word) or _is_object(line, word)):
            continue
        if word.value != "it" and not _is_definite(scope, word):
            continue
        first, last = min(word.end, signal.end), max(word.start, signal.start)
        if not _PARTS.search(scope.doc.folded, first, last):
            return True
    return False


def opening(scope: Scope, line: Line, value: str) -> Signal | None:
    """A word of reference with which a sentence begins: an answer (`no`), "that changed" (`turned`)."""
    return next((s for s in line.of_kind("refer", value) if _opens(scope, line, s)), None)


def answered_no(scope: Scope, hit: int) -> Signal | None:
    """The "no" that answers a passage which asks."""
    lines = scope.doc.lines
    text = scope.doc.text[lines[hit].start : lines[hit].end].rstrip("\"'”’»")
    if hit == TITLE or hit + 1 >= len(lines) or not text.endswith(("?", "؟", "՞")):
        return None
    return opening(scope, lines[hit + 1], "no")


def calling_off_denied(line: Line, folded: str, denial: Signal) -> bool:
    """Whether what is denied is that something was called off: "denied reports that it had been cancelled"."""
    return any(_is_denied(line, folded, off, denial) for off in line.of_kind("stage") if off.value in OFF_PATH)


def denied_off(line: Line, folded: str, off: Signal) -> bool:
    """Whether a word for calling off stands in what is denied."""
    return any(_is_denied(line, folded, off, denial) for denial in line.of_kind("denial"))


def _is_denied(line: Line, folded: str, off: Signal, denial: Signal) -> bool:
    """A report of it stands beside the denial, and both in one clause."""
    if off.start < denial.end and denial.start < off.end:
        return False
    first, last = min(off.end, denial.end), max(off.start, denial.start)
    if last - first > UNTRUE or _PARTS.search(folded, first, last):
        return False
    start, end = min(off.start, denial.start), max(off.end, denial.end)
    return any(start - NEAR <= m.start and m.end <= end + NEAR for m in line.of_kind("refer", "matter"))
