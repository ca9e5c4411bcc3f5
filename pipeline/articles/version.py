"""An article seen again: is it new, the same, changed, or one of those pages that change at every load?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.articles.identity import normal
from pipeline.model.article import Fingerprint
from pipeline.model.outcome import Reason

_HABIT = 3  # versions from which a page's habit of changing shows
REMEMBERED = 4  # versions that a decision looks at


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A text of an article as it was stored."""

    fingerprint: Fingerprint
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the text is to the article. Only `new` and `changed` make a version."""

    kind: str  # new, changed, same, flapping
    reason: Reason | None = None  # SAME_TEXT, FLAPPING
    detail: str = ""

    @property
    def is_version(self) -> bool:
        """Whether the text is stored as a version and analysed."""
        return self.kind in ("new", "changed")


def decide(history: Sequence[Version], fingerprint: Fingerprint, *, title: str, text: str) -> Verdict:
    """What a text is to the versions before it, oldest first (the last four are enough).

    `same` when nothing changed but typography and white space. `flapping` when the page made versions before by
    changing lines that never stay (a clock, an advertisement, a counter), and nothing else changed now; a change of a
    line that stayed is a version all the same, on such a page too.
    """
    if not history:
        return Verdict(kind="new")
    last = history[-1]
    if last.fingerprint.digest == fingerprint.digest:
        return Verdict(kind="same", reason=Reason.SAME_TEXT)
    seen = [_lines(version.title, version.text) for version in history[-REMEMBERED:]]
    now = _lines(title, text)
    added, removed = now - seen[-1], seen[-1] - now
    if not added and not removed:  # the same lines in another order
        return Verdict(kind="same", reason=Reason.SAME_TEXT, detail="the same paragraphs in another order")
    if len(seen) >= _HABIT and _restless(seen, added, removed):
        lines = ", ".join(repr(line[:60]) for line in list(added)[:2]) or "lines are left out"
        return Verdict(kind="flapping", reason=Reason.FLAPPING, detail=f"it changes at every load: {lines}")
    return Verdict(kind="changed", detail=f"{added.total()} paragraphs added, {removed.total()} removed")


def _lines(title: str, text: str) -> Counter[str]:
    """The paragraphs of a version with the title, and how often each stands there."""
    return Counter(line for line in (normal(title), *(normal(part) for part in text.split("\n"))) if line)


def _restless(seen: list[Counter[str]], added: Counter[str], removed: Counter[str]) -> bool:
    """Whether the change is like those before: no line that stayed is gone, and no more lines come than came."""
    stayed = seen[0]
    for version in seen[1:]:
        stayed = stayed & version
    usual = max((after - before).total() for before, after in pairwise(seen))
    return not removed & stayed and added.total() <= usual
