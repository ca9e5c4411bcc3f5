"""The part of a text that speaks of a claim: its hits, the sentences that go on about it, and whose clause is whose."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from pipeline.model.watch import Claim
from pipeline.text.document import Candidate, Document, Line, Mention, Signal

_CLAUSE = re.compile(r"[;:—،؛]|,(?=\s)|\s[–-]\s|\((?=\w)|\)")
TITLE = 0
FADING = 0.8  # what is left of it from sentence to sentence
FAINT = 0.15  # how surely the next paragraph speaks of what it calls "the contract": its sums do, its stages may not
LEAD = 2  # the title and the first two sentences are what the article is about
DATED = 2  # sentences before it in which a line's day is told
LATELY = 9  # days: last week's news is told this week
THIS_WEEK = 6  # days: "this week" ends after today
VERB_FINAL = frozenset({"tr", "az", "ur", "hi", "fa", "hy"})  # languages whose auxiliaries follow the verb


@dataclass(slots=True)
class Scope:
    """Lines that speak of a claim, with how surely each does (1 for a hit), and the terms that name its subject."""

    claim: Claim
    doc: Document
    strength: dict[int, float]
    core: frozenset[str]  # terms of the groups that were met
    rivals: frozenset[str]
    things: frozenset[str] = frozenset()  # core terms that are no country or person
    others: frozenset[str] = frozenset()  # weapons, projects, events that the claim does not name
    strangers: frozenset[str] = frozenset()  # countries and people that the claim does not name
    own: frozenset[str] = frozenset()  # the claim's own parties, by its cue `own`
    subject: frozenset[str] = frozenset()  # terms that name its own thing, by its cue `subject`
    hit_lines: list[int] = field(default_factory=list)
    hit_groups: dict[int, set[int]] = field(default_factory=dict)

    def mentions(self, number: int, terms: frozenset[str]) -> list[Mention]:
        line = self.doc.lines[number]
        return [m for t in terms for m in line.terms.get(t, ())]

    def names(self, number: int, at: int) -> bool:
        """Whether a place lies within the name of a thing: the number in a name counts nothing."""
        named = self.mentions(number, self.things | self.others)
        return any(m.start < at < m.end for m in named)

    def is_of_strangers(self, number: int) -> bool:
        """Whether a line names a country or person that neither the claim nor its passages name."""
        line = self.doc.lines[number]
        strange = self.strangers.intersection(line.terms)
        if not strange:
            return False
        known = {m.start for t, some in line.terms.items() if t not in strange for m in some}
        here = {t for n in self.hit_lines for t in self.doc.lines[n].terms}
        rest = self.doc.folded.find(";", line.start, line.end)  # behind it the sentence goes on to something else
        until = rest if rest >= 0 else line.end
        return any(m.start not in known and m.start < until for t in strange - here for m in line.terms[t])

    def is_news(self, number: int) -> bool:
        """Whether a line tells what the article was written for: the title, the lead, or what was done or said lately.

        A column comes to its news late and dates it: "a spokesman said on Tuesday". Background has older dates or none.
        """
        if number <= LEAD:
            return True
        if self.doc.published is None:
            return False
        lines = self.doc.lines
        beside = [near for near in lines[number - DATED : number + 1] if near.paragraph == lines[number].paragraph]
        today = self.doc.published.date()
        return any(is_lately(d.canonical, today) for near in beside for d in near.dates)

    def follows(self, number: int) -> bool:
        """Whether a line goes on about the claim without naming its thing: after a hit, with no other thing named."""
        line = self.doc.lines[number]
        if not self.others.isdisjoint(line.terms):
            return False
        if number - 1 in self.hit_lines and self.doc.lines[number - 1].paragraph in (line.paragraph, -1):
            return True
        return number in self.hit_lines

    def of_another(self, number: int, objects: list[Mention]) -> bool:
        """Whether a line names another thing and of the claim's only what any thing may have ("the contract")."""
        if not self.subject or any(m.term in self.subject for m in objects):
            return False
        line = self.doc.lines[number]
        return not self.others.isdisjoint(line.terms) and not any(line.has(t) for t in self.subject)


def is_lately(canonical: str, today: date) -> bool:
    """Whether a day, or the last day of a span of days, lies within LATELY before another."""
    day = canonical.split("/")[-1]
    if len(day) != len("2026-01-31"):
        return False
    return -LATELY <= (date.fromisoformat(day) - today).days <= THIS_WEEK


def scope_of(
    candidate: Candidate,
    claim: Claim,
    doc: Document,
    parties: frozenset[str] = frozenset(),
    things: frozenset[str] = frozenset(),
) -> Scope:
    """Where a candidate's subject is spoken of: hit windows, then up to `reach` lines on, until a rival takes over."""
    core = _core(claim)
    rivals = _split(claim.rivals)
    own = _split(claim.cues_terms("own"))
    scope = Scope(
        claim,
        doc,
        {},
        core,
        rivals,
        things=core - parties,
        others=things - core,
        strangers=parties - core - own - _split(tuple(t for g in claim.about for t in g.article)),
        own=own,
        subject=_split(claim.cues_terms("subject")),
    )
    for hit in candidate.hits:
        if hit.denies:
            continue
        for number in hit.lines:
            if len(hit.lines) <= 3 or number == hit.line:
                scope.strength[number] = max(scope.strength.get(number, 0), 1.0 if number == hit.line else 0.8)
        scope.hit_lines.append(hit.line)
        scope.hit_groups.setdefault(hit.line, set()).add(hit.group)
    _reach(scope)
    _subject_lines(scope)
    for number in [n for n in scope.strength if n not in scope.hit_lines and _taken_over(scope, n)]:
        del scope.strength[number]
    return scope


def _core(claim: Claim) -> frozenset[str]:
    return _split(tuple(t for g in claim.about for t in (*g.all, *g.any, *g.near)) + claim.cues_terms("subject"))


def _split(terms: tuple[str, ...]) -> frozenset[str]:
    return frozenset(t for term in terms for t in term.split("|"))


def _reach(scope: Scope) -> None:
    """The subject goes on into the next sentences of the same paragraph, and from the title into the first."""
    reach = max((s.reach for s in scope.claim.slots), default=0)
    lines = scope.doc.lines
    names = _split(tuple(t for s in scope.claim.slots for t in s.of)) - scope.own
    for number in sorted(set(scope.hit_lines)):
        for step in range(1, reach + 1):
            after = number + step
            if after >= len(lines) or (number != TITLE and lines[after].paragraph != lines[number].paragraph):
                break
            if _taken_over(scope, after):
                break
            scope.strength.setdefault(after, 0.7 - 0.1 * step)
        _go_on(scope, number + reach + 1, names)
        before = number - 1
        if before > TITLE and lines[before].paragraph == lines[number].paragraph and not _taken_over(scope, before):
            scope.strength.setdefault(before, 0.5)


def _go_on(scope: Scope, number: int, names: frozenset[str]) -> None:
    """Sentences that go on about a passage by what its subject may be called ("the contract"), one after another."""
    lines = scope.doc.lines
    while number < len(lines) and number - 1 in scope.strength:
        line = lines[number]
        same = line.paragraph == lines[number - 1].paragraph
        if names.isdisjoint(line.terms) or not scope.others.isdisjoint(line.terms):
            break
        if _taken_over(scope, number):
            break
        scope.strength.setdefault(number, FADING * scope.strength[number - 1] if same else FAINT)
        number += 1


def _subject_lines(scope: Scope) -> None:
    """Lines elsewhere that name the claim's own thing."""
    for term in scope.subject:
        for number in scope.doc.where.get(term, ()):
            scope.strength[number] = max(scope.strength.get(number, 0), 0.5)


def _taken_over(scope: Scope, number: int) -> bool:
    """Whether a line speaks of a rival and not of the claim's own first subject."""
    line = scope.doc.lines[number]
    if scope.rivals.isdisjoint(line.terms):
        return False
    return not scope.own or not any(line.has(t) for t in scope.own)


def clauses(line: Line, text: str) -> list[tuple[int, int]]:
    """The clauses of a sentence, by punctuation."""
    cuts = [line.start]
    cuts += [m.end() + line.start for m in _CLAUSE.finditer(text[line.start : line.end])]
    return list(zip(cuts, [*cuts[1:], line.end], strict=True))


def clause_of(parts: list[tuple[int, int]], at: int) -> int:
    for number, (start, end) in enumerate(parts):
        if start <= at < end:
            return number
    return len(parts) - 1


def gap(a_start: int, a_end: int, b_start: int, b_end: int) -> int:
    """Code points between two spans, 0 where they touch or overlap."""
    return max(0, b_start - a_end, a_start - b_end)


def nearest(mentions: list[Mention], start: int, end: int) -> int:
    """The distance from a place to the nearest of some mentions; a large number where there is none."""
    return min((gap(m.start, m.end, start, end) for m in mentions), default=10**6)


def signals_before(line: Line, kind: str, at: int, reach: int, value: str | None = None) -> list[Signal]:
    """Signals that end at most `reach` code points before a place."""
    return [s for s in line.of_kind(kind, value) if 0 <= at - s.end <= reach]


def signals_after(line: Line, kind: str, at: int, reach: int, value: str | None = None) -> list[Signal]:
    """Signals that begin at most `reach` code points after a place."""
    return [s for s in line.of_kind(kind, value) if 0 <= s.start - at <= reach]
