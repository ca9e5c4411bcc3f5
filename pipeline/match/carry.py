"""What a sentence is about without naming it: "the jets", "both countries", "the three", "it"."""

from __future__ import annotations

from bisect import bisect_left

from pipeline.match.index import Found, Index
from pipeline.text.document import Document, Line, Mention

REACH = 8  # sentences back in which the parties of "both countries" were named
LEAD = 30  # code points at the start of a sentence in which a pronoun stands for its subject


def carry(doc: Document, later: list[tuple[int, Found]], index: Index) -> None:
    """Adds to each line the terms that it means: short names as mentions, parties and subjects as carried."""
    _short_names(doc, later, index)
    countries = [_countries(line, index) for line in doc.lines]
    for number, line in enumerate(doc.lines):
        for kind, count in (("pair", 2), ("trio", 3)):
            if line.of_kind(kind):
                line.carried.update(_latest(countries, number, count))
        if number and not countries[number] and _starts_with_pronoun(line):
            line.carried.update(_latest(countries, number - 1, 1, reach=1))
        line.carried.difference_update(line.terms)


def _countries(line: Line, index: Index) -> list[str]:
    """The countries of a line in the order in which it names them."""
    named = [
        (mentions[0].start, term)
        for term, mentions in line.terms.items()
        if (concept := index.concepts.get(term)) and concept.kind == "country"
    ]
    return [term for _, term in sorted(named)]


def _latest(countries: list[list[str]], number: int, count: int, reach: int = REACH) -> list[str]:
    """Up to `count` countries named in this line or the nearest ones before; the title comes last."""
    found: list[str] = []
    for n in (*range(number, max(-1, number - reach - 1), -1), 0):
        for term in countries[n]:
            if term not in found:
                found.append(term)
                if len(found) == count:
                    return found
    return found


def _starts_with_pronoun(line: Line) -> bool:
    return any(s.start - line.start <= LEAD for s in line.of_kind("pronoun"))


def _short_names(doc: Document, later: list[tuple[int, Found]], index: Index) -> None:
    """A short name means the concept that was last named in full, among those that have it."""
    if not later:
        return
    named: dict[str, list[int]] = {}
    for line in doc.lines:
        for term, mentions in line.terms.items():
            concept = index.concepts.get(term)
            if concept and concept.later:
                named.setdefault(term, []).extend(m.start for m in mentions)
    for starts in named.values():
        starts.sort()
    by_span: dict[tuple[int, int, int], set[str]] = {}
    for number, f in later:
        by_span.setdefault((number, f.start, f.end), set()).add(f.entry.target)
    for (number, start, end), targets in by_span.items():
        meant = _last_before(named, start, targets)
        if meant:
            line = doc.lines[number]
            for term in filter(None, (meant, index.concepts[meant].country)):
                line.terms.setdefault(term, []).append(Mention(term, start, end))


def _last_before(named: dict[str, list[int]], at: int, targets: set[str]) -> str:
    """The target that was named last before a place, "" when none was; of two at one place the last by name."""
    last = (-1, "")
    for term in targets:
        starts = named.get(term, [])
        before = bisect_left(starts, at)
        if before:
            last = max(last, (starts[before - 1], term))
    return last[1]
