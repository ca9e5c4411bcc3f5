"""Which of a text's dates, places and names belong to which slot of a claim."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.diff.numbers import Value, own_share
from pipeline.diff.scope import Scope, gap, is_lately, nearest, signals_after, signals_before
from pipeline.model.watch import Concept, Slot
from pipeline.text.cues import lexicon
from pipeline.text.dates import DateMention
from pipeline.text.document import Line, Mention

DATE_REACH = 140  # code points from a date to the subject it dates
SURE_ENOUGH = 0.65  # of the best score, from which a later date of an open event is the news
CARRIED = 4  # sentences back from which a figure may take its period
DATELINE = 1  # the first sentence of the text may begin with where it was written
_DATELINE = re.compile(r"\s*(?:[,(].{0,24}?[-–—:)]|[-–—:]|/)")
DATELINE_REACH = 60  # code points in which a dateline names its place and its day
SAID_BEFORE = 8  # between "said" and the day: room for "on"
_DATED = re.compile(r"\s*(?:\([^)\n]{0,30}\)\s*)?(?:[-–—:/]|\.(?=\s))")
MONTH = len("2024-07")
PLACE_KINDS = frozenset({"place", "city"})


def read_dates(scope: Scope, slot: Slot, beside: list[Value]) -> list[Value]:
    """Dates of the claim's own event, best first; `beside` are values whose period it is (option `with`)."""
    found: list[Value] = []
    if "with" in slot.options and (beside or not slot.options.get("alone")):
        return _periods(scope, slot, beside)
    lines = sorted(scope.strength)
    for number in lines:
        line = scope.doc.lines[number]
        anchors = scope.mentions(number, _terms(slot.of) or scope.core)
        if slot.of and not anchors:
            continue
        for date in line.dates:
            if not _fits(slot, date.canonical) or _in_dateline(scope, number, line, date.start, date.end):
                continue
            if _of_saying(scope, line, date):
                continue
            near = nearest(anchors, date.start, date.end)
            if near <= DATE_REACH:
                score = scope.strength.get(number, 0.5) * (1 - near / (2 * DATE_REACH)) * own_share(scope, line)
                found.append(Value(slot.name, date.canonical, number, date.start, date.end, score, "dates the passage"))
    found.sort(key=lambda v: (-v.score, v.start))
    return precise([replace(v, value=_of_year(v.value)) for v in found])


def _in_dateline(scope: Scope, number: int, line: Line, start: int, end: int) -> bool:
    """Whether a date says when the report was written: "ANKARA, Feb 3 (Agency) -"."""
    if number != DATELINE or start - line.start > DATELINE_REACH:
        return False
    before = scope.doc.folded[line.start : start].rstrip()
    return before.endswith((",", "(", "،")) and bool(_DATED.match(scope.doc.folded, end))


def _of_saying(scope: Scope, line: Line, date: DateMention) -> bool:
    """Whether a day just gone by tells when something was said: "the ministry said on Tuesday"."""
    published = scope.doc.published
    if published is None or not is_lately(date.canonical, published.date()) or date.canonical > f"{published:%Y-%m-%d}":
        return False
    said = signals_before(line, "attribution", date.start, SAID_BEFORE)
    return any(len(scope.doc.folded[s.end : date.start].split()) <= 1 for s in said)


def _of_year(canonical: str) -> str:
    """An event's season or half-year is known to the year; what spans years, or days, stays an interval."""
    first, _, last = canonical.partition("/")
    return first[:4] if len(last) == MONTH and first[:4] == last[:4] else canonical


def _periods(scope: Scope, slot: Slot, beside: list[Value]) -> list[Value]:
    """The period of the first value: the nearest date in its sentence, the one before, or where it is said again."""
    for value in beside[:1]:
        for number in dict.fromkeys(
            (value.line, value.line - 1, *_again(scope, value), *range(value.line - 2, value.line - 1 - CARRIED, -1))
        ):
            if number < 0:
                continue
            line = scope.doc.lines[number]
            dates = [d for d in line.dates if _fits(slot, d.canonical) and _ahead(scope, slot, d.canonical)]
            dates = [d for d in dates if not _in_dateline(scope, number, line, d.start, d.end)]
            if dates:
                best = min(
                    dates,
                    key=lambda d: (parted(scope, d.start, d.end, value), gap(d.start, d.end, value.start, value.end)),
                )
                said = (
                    best.canonical if slot.options.get("coarse") or "/" in str(slot.known) else _of_year(best.canonical)
                )
                return [Value(slot.name, said, number, best.start, best.end, value.score, "its period")]
    return []


def _again(scope: Scope, value: Value) -> list[int]:
    """The lines of the passage that repeat a value."""
    return [
        n for n in sorted(scope.strength) if any(q.canonical() == value.value for q in scope.doc.lines[n].quantities)
    ]


def parted(scope: Scope, start: int, end: int, value: Value) -> bool:
    """Whether a comma or semicolon stands between a date and a value."""
    first, last = min(end, value.end), max(start, value.start)
    return any(sign in scope.doc.folded[first:last] for sign in ",;")


def _ahead(scope: Scope, slot: Slot, canonical: str) -> bool:
    """Whether a date lies ahead of publication, where the slot asks for one that does (a deadline)."""
    published = scope.doc.published
    if not slot.options.get("ahead") or published is None:
        return True
    return canonical[:4] > f"{published:%Y}" or (len(canonical) == 4 and canonical >= f"{published:%Y}")


def latest(found: list[Value]) -> list[Value]:
    """Of the dates of an open event the latest that is sure enough comes first: what lies before it is background."""
    sure = [v for v in found if v.score >= SURE_ENOUGH * found[0].score]
    last = max(sure, key=lambda v: v.value.split("/")[0], default=None)
    return sorted(found, key=lambda v: v is not last)


def precise(found: list[Value]) -> list[Value]:
    """A date that says the best one more exactly comes before it."""
    if not found or "/" in found[0].value:
        return found
    finer = [v for v in found if v.value.startswith(found[0].value + "-")]
    return [*finer[:1], *found]


def _fits(slot: Slot, canonical: str) -> bool:
    """Whether a date is one the slot can take: after `after`, and a period where the slot wants one."""
    if slot.options.get("coarse") and "/" not in canonical and len(canonical) > len("2024-07"):
        return False  # a deadline or period is no day of the week
    if slot.options.get("interval") and "/" not in canonical:
        return False
    after, before = slot.options.get("after"), slot.options.get("before")
    if after and canonical < str(after):
        return False
    return not (before and canonical[: len(str(before))] > str(before))


def _terms(terms: tuple[str, ...]) -> frozenset[str]:
    return frozenset(t for term in terms for t in term.split("|"))


def read_places(scope: Scope, slot: Slot, concepts: dict[str, Concept]) -> list[Value]:
    """Places (or parties) named in the claim's passages, best first, by the English name of the concept."""
    kinds = PLACE_KINDS if slot.type == "place" else frozenset({"country", "organisation", "person"})
    skipped = _terms(slot.not_of)
    found: list[Value] = []
    for number, strength in sorted(scope.strength.items()):
        line = scope.doc.lines[number]
        for term, concept in _named(line, concepts):
            if concept.kind not in kinds or term in skipped:
                continue
            for mention in line.terms[term]:
                if concept.country and not _located(scope, number, line, mention):
                    continue  # a capital stands for its government unless something is said to be there
                near = nearest(
                    scope.mentions(number, _terms(slot.of) or scope.core - {term}), mention.start, mention.end
                )
                if near <= DATE_REACH:
                    score = strength * (1 - near / (2 * DATE_REACH)) * own_share(scope, line)
                    found.append(
                        Value(slot.name, concept.label, number, mention.start, mention.end, score, "named there")
                    )
    found.sort(key=lambda v: (-v.score, v.start))
    said = {v.line for v in found if not _where_written(scope, v)}
    return [v for v in found if v.line not in said or not _where_written(scope, v)]


def _where_written(scope: Scope, value: Value) -> bool:
    """Whether a place stands where a dateline names the one that the report comes from."""
    folded = scope.doc.folded
    opens = value.line == DATELINE and not folded[scope.doc.lines[DATELINE].start : value.start].strip()
    return opens and bool(_DATELINE.match(folded, value.end))


def _located(scope: Scope, number: int, line: Line, mention: Mention) -> bool:
    """Whether the text says that something is at a place: by preposition, postposition or ending, or as a dateline."""
    if number == DATELINE and not scope.doc.folded[line.start : mention.start].strip():
        return bool(_DATELINE.match(scope.doc.folded, mention.end))
    if signals_before(line, "place", mention.start, 2, "before") or signals_after(
        line, "place", mention.end, 2, "after"
    ):
        return True
    ending = lexicon(scope.doc.lang).endings.place
    return bool(ending) and bool(re.search(ending + "$", scope.doc.folded[mention.start : mention.end]))


def _named(line: Line, concepts: dict[str, Concept]) -> list[tuple[str, Concept]]:
    return [(t, c) for t in line.terms if (c := concepts.get(t))]
