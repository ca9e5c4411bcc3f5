"""Groups of terms within windows of sentences: when they are met, and what is missing when they nearly are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.model.watch import Group
from pipeline.text.document import Document

LENDING = 1  # sentences before a passage that may lend it a party it does not name
NEAR = 3  # sentences before and after a passage in which `near` terms count
ARTICLE, PARAGRAPH = 0, -1  # windows that are no number of sentences

Clause = frozenset[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """A group, compiled: every clause needs one of its terms."""

    clauses: tuple[Clause, ...]
    none: Clause
    window: int  # sentences; ARTICLE, PARAGRAPH
    near: tuple[Clause, ...]
    article: tuple[Clause, ...]
    absent: Clause
    dated: str  # a date after this one
    least: int  # of `of`
    of: Clause
    weak: bool
    to: str
    lent: frozenset[Clause]  # clauses of parties, one of which the sentences before may lend
    lent_count: bool  # `of` names only parties


def compile_group(group: Group, default: str, parties: frozenset[str] = frozenset()) -> Rule:
    """The rule of a group; `default` is the window that it has when it names none.

    A clause that names only `parties` (countries and those who stand for them) may be lent by the context, unless the
    group is within a `sentence`: write "1" for a sentence that may borrow its subject.
    """
    clauses = [_clause(term) for term in group.all]
    if group.any:
        clauses.append(frozenset(t for term in group.any for t in term.split("|")))
    least, of = group.at_least or (0, ())
    narrow = (group.within or default) != "sentence" and _window(group.within or default) > 0
    return Rule(
        clauses=tuple(clauses),
        none=_flat(group.none),
        window=_window(group.within or default),
        near=tuple(_clause(t) for t in group.near),
        article=tuple(_clause(t) for t in group.article),
        absent=_flat(group.absent),
        dated=group.dated,
        least=least,
        of=_flat(of),
        weak=group.weak,
        to=group.to,
        lent=frozenset(c for c in clauses if c <= parties) if narrow else frozenset(),
        lent_count=narrow and bool(of) and _flat(of) <= parties,
    )


def _clause(term: str) -> Clause:
    return frozenset(term.split("|"))


def _flat(terms: tuple[str, ...]) -> Clause:
    return frozenset(t for term in terms for t in term.split("|"))


def _window(within: str) -> int:
    return {"sentence": 1, "article": ARTICLE, "paragraph": PARAGRAPH}.get(within) or (
        int(within) if within.isdigit() else ARTICLE
    )


@dataclass(frozen=True, slots=True)
class Met:
    """Where a rule is met: the window's lines and the leading one."""

    line: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Missed:
    """Where a rule is nearly met, with the share that is and what is missing.

    Of a rule with n clauses and the condition of where they stand, one is missing: the share is n / (n + 1). A clause
    of which no word stands in the text misses both: (n - 1) / (n + 1). Many texts name all parties but not the matter.
    """

    line: int
    share: float
    failed: str


def meet(rule: Rule, doc: Document) -> tuple[list[Met], Missed | None]:
    """Every window that meets the rule, or the nearest miss."""
    if rule.absent and not rule.absent.isdisjoint(doc.where):
        return [], None
    for clause in rule.article:
        if clause.isdisjoint(doc.where) and doc.home not in clause:
            return [], None
    if any(c.isdisjoint(doc.where) for c in rule.clauses):
        return [], _missed_anywhere(rule, doc)
    met: list[Met] = []
    miss: Missed | None = None
    for lines in _windows(rule, doc):
        failed = _failed(rule, doc, lines)
        if not failed:
            met.append(Met(_leading(rule, doc, lines), lines))
        elif miss is None and rule.clauses:
            miss = Missed(lines[-1], 1 - 1 / (1 + len(rule.clauses)), failed)
    return _distinct(met), None if met else miss


def _missed_anywhere(rule: Rule, doc: Document) -> Missed | None:
    lacking = [c for c in rule.clauses if c.isdisjoint(doc.where)]
    if len(lacking) != 1 or len(rule.clauses) < 2:
        return None
    present = next(c for c in rule.clauses if c is not lacking[0])
    line = min(doc.where[t][0] for t in present if t in doc.where)
    return Missed(line, 1 - 2 / (1 + len(rule.clauses)), "no word for " + " or ".join(sorted(lacking[0])[:4]))


def _windows(rule: Rule, doc: Document) -> Iterator[tuple[int, ...]]:
    if rule.window == ARTICLE:
        yield tuple(range(len(doc.lines))) if doc.lines else (0,)
        return
    sets = rule.clauses or (rule.of,)
    anchor = min(sets, key=lambda c: sum(len(doc.where.get(t, ())) for t in c))
    numbers = sorted({n for term in anchor for n in doc.where.get(term, ())})
    seen: set[tuple[int, ...]] = set()
    for number in numbers:
        for lines in _around(rule.window, doc, number):
            if lines not in seen:
                seen.add(lines)
                yield lines


def _around(window: int, doc: Document, number: int) -> Iterator[tuple[int, ...]]:
    if window == PARAGRAPH:
        first = last = number
        paragraph = doc.lines[number].paragraph
        while first > 0 and doc.lines[first - 1].paragraph == paragraph:
            first -= 1
        while last + 1 < len(doc.lines) and doc.lines[last + 1].paragraph == paragraph:
            last += 1
        yield tuple(range(first, last + 1))
        return
    for first in range(max(0, number - window + 1), number + 1):
        lines = tuple(range(first, min(first + window, len(doc.lines))))
        paragraph = doc.lines[lines[0]].paragraph
        if len({doc.lines[n].paragraph for n in lines}) == 1 or paragraph == -1:
            yield lines
    yield (number,)


def _failed(rule: Rule, doc: Document, lines: tuple[int, ...]) -> str:
    """The first condition that does not hold in a window, "" when all do."""
    failed = _failed_parties(rule, doc, lines)
    if failed:
        return failed
    for n in lines:
        standing = [term for term in rule.none if doc.lines[n].has(term)]
        if standing:
            return f"{min(standing)} stands there"
    if rule.dated and not _dated(rule.dated, doc, lines):
        return f"no date after {rule.dated}"
    if _one_word_twice(rule, doc, lines):
        return "one word stands for two"
    if rule.near:
        around = (0, *range(max(0, lines[0] - NEAR), min(len(doc.lines), lines[-1] + NEAR + 1)))
        for clause in rule.near:
            if not _any_has(doc, around, clause) and doc.home not in clause:
                return "not near " + " or ".join(sorted(clause)[:4])
    return ""


def _one_word_twice(rule: Rule, doc: Document, lines: tuple[int, ...]) -> bool:
    """Whether one and the same word is all that meets two clauses, which no term of the rule has in common."""
    met = [(clause, _spans(doc, lines, clause)) for clause in rule.clauses]
    single = [(clause, spans.pop()) for clause, spans in met if len(spans) == 1]
    return any(
        at == other_at and clause.isdisjoint(other) and doc.text[slice(*at)].isalpha()
        for number, (clause, at) in enumerate(single)
        for other, other_at in single[number + 1 :]
    )


def _spans(doc: Document, lines: tuple[int, ...], clause: Clause) -> set[tuple[int, int]]:
    return {(m.start, m.end) for n in lines for t in clause for m in doc.lines[n].terms.get(t, ())}


def _dated(since: str, doc: Document, lines: tuple[int, ...]) -> bool:
    """Whether a line gives a date after `since`; a day up to that of the article tells when something was said."""
    said = doc.published.date().isoformat() if doc.published else ""
    return any(
        date.canonical > since
        and not date.canonical.startswith(since)
        and not (date.relative and len(date.canonical) == len(said) and date.canonical <= said)
        for n in lines
        for date in doc.lines[n].dates
    )


def _failed_parties(rule: Rule, doc: Document, lines: tuple[int, ...]) -> str:
    """The clause that no term of the window meets; parties may be lent by the context."""
    lacking = [c for c in rule.clauses if not _any_has(doc, lines, c)]
    short = rule.least - _count(doc, lines, rule.of) if rule.least else 0
    if (lacking or short > 0) and not _lent(rule, doc, lines, lacking, short):
        if lacking:
            return "not together with " + " or ".join(sorted(lacking[0])[:4])
        return f"fewer than {rule.least} of " + ", ".join(sorted(rule.of)[:4])
    return ""


def _lent(rule: Rule, doc: Document, lines: tuple[int, ...], lacking: list[Clause], short: int) -> bool:
    """Whether the title, the sentences before or the outlet's home name the parties that a window lacks."""
    first = lines[0]
    context = (0, *range(max(0, first - LENDING), first))
    if lacking:
        if short > 0 or len(lacking) > 1 or any(c not in rule.lent for c in lacking):
            return False
        return all(doc.home in c or _any_has(doc, context, c) for c in lacking)
    at_home = doc.home in rule.of and not _any_has(doc, lines, frozenset((doc.home,)))
    return short == 1 and rule.lent_count and _count(doc, (*lines, *context), rule.of) + at_home >= rule.least


def _count(doc: Document, lines: tuple[int, ...], terms: Clause) -> int:
    return len({t for n in lines for t in terms if doc.lines[n].has(t)})


def _any_has(doc: Document, lines: tuple[int, ...], clause: Clause) -> bool:
    return any(not clause.isdisjoint(doc.lines[n].terms) or not clause.isdisjoint(doc.lines[n].carried) for n in lines)


def _leading(rule: Rule, doc: Document, lines: tuple[int, ...]) -> int:
    """The line that meets most clauses by itself, the last of equals."""
    if len(lines) == 1:
        return lines[0]
    sets = rule.clauses or (rule.of,)
    return max(lines, key=lambda n: (sum(not c.isdisjoint(doc.lines[n].terms) for c in sets), n))


def _distinct(met: list[Met]) -> list[Met]:
    """One per leading line, the narrowest window."""
    best: dict[int, Met] = {}
    for m in met:
        if m.line not in best or len(m.lines) < len(best[m.line].lines):
            best[m.line] = m
    return [best[n] for n in sorted(best)]
