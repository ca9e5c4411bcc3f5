"""Sentences that refer back to a passage: "the report", "that story", "it"; and what they say of it.

News is told a sentence a paragraph: the claim is named in one, and refuted or called off in the next, which names it no
more. An interview names it in the question, and the answer is "No".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.diff.scope import TITLE, Scope, gap
from pipeline.diff.values import OFF_PATH
from pipeline.text.cues import lexicon
from pipeline.text.document import Line, Signal

BACK = 4  # sentences back to the passage that is meant
FAR = 12  # sentences back to a scheme, where nothing else was named since
NEAR = 60  # code points between what refers back and what is said of it
OBJECT = 4  # code points from a denial to the pronoun that is its object: room for "in"
UNTRUE = 120  # code points between a denial and the calling off that is denied
BEFORE = 40  # code points in which a definite article and an adjective find room
DATED = 8  # code points from the end of what is said to its date
NOUNS = frozenset({"matter", "plan", "scheme"})
_SPEAKER = re.compile(r"\W*(?:[^\W\d][\w.'’ -]{0,30}:\s+)?\W*")  # what stands before the words of an answer
_PARTS = re.compile("[,;:()،؛]")
_END = re.compile(r"\s*(?:[.,;:!?؟۔।…—–)\"”»]|-\s|$)")


def referring(scope: Scope) -> dict[int, Signal]:
    """Sentences after a passage that deny it or call it off without naming it, with the word that refers back."""
    found: dict[int, Signal] = {}
    for hit in sorted(set(scope.hit_lines)):
        for number, near in _after(scope, hit):
            word = _refers(scope, scope.doc.lines[number])
            if word is not None and (near or word.value == "scheme"):
                found.setdefault(number, word)
    return found


def _after(scope: Scope, hit: int) -> Iterator[tuple[int, bool]]:
    """The sentences that may still mean a passage, and whether they are near: until another subject is named."""
    lines = scope.doc.lines
    for number in range(max(hit + 1, 1), min(hit + FAR + 1, len(lines))):
        line = lines[number]
        if not (scope.others.isdisjoint(line.terms) and scope.rivals.isdisjoint(line.terms)):
            return
        off = _calls_off(line)
        if (off or line.of_kind("denial")) and number not in scope.hit_lines and not scope.is_of_strangers(number):
            yield number, number - hit <= BACK and line.paragraph - max(lines[hit].paragraph, 0) <= 1
        if off:
            return


def _calls_off(line: Line) -> bool:
    return any(s.kind == "stage" and s.value in OFF_PATH for s in line.signals)


def _refers(scope: Scope, line: Line) -> Signal | None:
    """The first word of a sentence that refers back."""
    return next((s for s in line.of_kind("refer") if _means_it(scope, line, s)), None)


def _means_it(scope: Scope, line: Line, word: Signal) -> bool:
    """Whether a word stands for what was spoken of: a marked noun, a pronoun that opens, or one that is denied."""
    if word.value == "it":
        return _opens(scope, line, word)
    if word.value == "object":
        return any(0 <= word.start - s.end <= OBJECT for s in line.of_kind("denial"))
    return word.value in NOUNS and _is_definite(scope, word)


def _opens(scope: Scope, line: Line, word: Signal) -> bool:
    """Whether a sentence begins with a word, behind quotation marks and the name of who speaks."""
    begins = _SPEAKER.match(scope.doc.folded, line.start, line.end)
    return word.start <= (begins.end() if begins else line.start)


def _is_definite(scope: Scope, noun: Signal) -> bool:
    """Whether a noun is marked as spoken of, by article, demonstrative or form, and no complement makes it another."""
    before, after, form = _marks(scope.doc.lang)
    folded = scope.doc.folded
    if after and after.search(folded[noun.end : noun.end + BEFORE]):
        return False
    if before and before.search(folded, max(0, noun.start - BEFORE), noun.start):
        return True
    return noun.value == "matter" and form is not None and bool(form.search(folded[noun.start : noun.end]))


@cache
def _marks(lang: str) -> tuple[re.Pattern[str] | None, ...]:
    endings = lexicon(lang).endings
    sources = (endings.definite, endings.specified, endings.definite_form)
    return tuple(re.compile(source) if source else None for source in sources)


def said_of_it(scope: Scope, number: int, signal: Signal) -> bool:
    """Whether a word is said of one that refers back: it stands near, with no other clause or pronoun between."""
    line = scope.doc.lines[number]
    for word in line.of_kind("refer"):
        if gap(word.start, word.end, signal.start, signal.end) > NEAR or not _means_it(scope, line, word):
            continue
        first, last = min(word.end, signal.end), max(word.start, signal.start)
        parted = _PARTS.search(scope.doc.folded, first, last)
        if not parted and not any(first <= p.start and p.end <= last for p in line.of_kind("pronoun")):
            return word.value != "it" or _ends(scope, line, signal)
    return False


def _ends(scope: Scope, line: Line, signal: Signal) -> bool:
    """Whether a clause or a date ends what is said: "it was called off on Monday", but "it turned down an offer"."""
    if _END.match(scope.doc.folded, signal.end):
        return True
    return any(0 <= d.start - signal.end <= DATED for d in line.dates)


def turned(scope: Scope, number: int) -> Signal | None:
    """That a sentence begins by saying that what went before is no longer so: "that changed on Sunday"."""
    line = scope.doc.lines[number]
    word = _opening(scope, line, "turned")
    return word if word is not None and _ends(scope, line, word) else None


def answered_no(scope: Scope, hit: int) -> Signal | None:
    """The "no" that answers a passage which asks."""
    lines = scope.doc.lines
    asked = scope.doc.text[lines[hit].start : lines[hit].end].rstrip("\"'”’»").endswith(("?", "؟", "՞"))
    if hit == TITLE or hit + 1 >= len(lines) or not asked:
        return None
    word = _opening(scope, lines[hit + 1], "no")
    return word if word is not None and _ends(scope, lines[hit + 1], word) else None


def _opening(scope: Scope, line: Line, value: str) -> Signal | None:
    return next((s for s in line.of_kind("refer", value) if _opens(scope, line, s)), None)


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
