"""One version of an article against the one before, sentence by sentence."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.diff.redline import Redline, redline
from pipeline.text.fold import fold
from pipeline.text.sentences import split

ALIKE = 0.5  # share of words in common from which two sentences are one that was edited


@dataclass(frozen=True, slots=True)
class Edit:
    """One sentence that was added, dropped or changed; offsets are those of the text it stands in."""

    kind: str  # added, dropped, changed
    old: str = ""
    new: str = ""
    new_start: int = -1
    words: Redline = ()


def edits(old: str, new: str, lang: str) -> tuple[Edit, ...]:
    """The sentences that differ between two versions; differences of case, accents and spacing are none."""
    before = [old[s.start : s.end] for s in split(old, lang)]
    after = [(new[s.start : s.end], s.start) for s in split(new, lang)]
    matcher = SequenceMatcher(None, [_key(s) for s in before], [_key(s) for s, _ in after], autojunk=False)
    found: list[Edit] = []
    for op, a, b, c, d in matcher.get_opcodes():
        if op != "equal":
            found += _pair(before[a:b], after[c:d])
    return tuple(found)


def _key(sentence: str) -> str:
    return " ".join(fold(sentence).split())


def _pair(old: list[str], new: list[tuple[str, int]]) -> list[Edit]:
    """Sentences of a changed block that are alike become one edit, in order; the rest is dropped or added."""
    found: list[Edit] = []
    left = list(old)
    for text, start in new:
        match = next((o for o in left if _alike(o, text)), None)
        if match is None:
            found.append(Edit("added", new=text, new_start=start))
            continue
        found += [Edit("dropped", old=dropped) for dropped in left[: left.index(match)]]
        left = left[left.index(match) + 1 :]
        found.append(Edit("changed", old=match, new=text, new_start=start, words=redline(match, text)))
    return found + [Edit("dropped", old=o) for o in left]


def _alike(a: str, b: str) -> bool:
    x, y = set(_key(a).split()), set(_key(b).split())
    return len(x & y) >= ALIKE * max(len(x), len(y), 1)
