"""A claim against an article: the values read for its slots, the relation, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from pipeline.diff import verdict as verdicts
from pipeline.diff.confidence import confidence
from pipeline.diff.numbers import Value, pick, read_numbers, said_to_have_come
from pipeline.diff.redline import redline
from pipeline.diff.scope import TITLE, Scope, scope_of, signals_after, signals_before
from pipeline.diff.stages import StageSeen, read_stages, strongest
from pipeline.diff.times import latest, precise, read_dates, read_places
from pipeline.diff.values import OFF_PATH, later_stage, same_figure, same_value, stage_rank, surer
from pipeline.model.finding import Change, Finding, Span, Step
from pipeline.model.watch import Claim, Concept, Rates, Slot
from pipeline.text.document import Candidate, Document

TOGETHER = 0.2  # what each further slot that a sentence fills adds to the scores of its values
SECOND = 0.2  # of the best score, from which the number of what has come (or is on order) stands beside it
BECOMES = 8  # code points between a value and the word that makes it the new one
EVIDENCE = 3  # sentences kept with a finding
OPPOSITE = {"supports": "opposes", "opposes": "supports", "neutral": "supports"}
NUMBERS = frozenset({"money", "count", "percent", "ordinal", "duration"})


@dataclass(slots=True)
class _Reading:
    """What has been read of one claim, on the way to a finding."""

    scope: Scope
    rates: Rates
    known: dict[str, str | None]
    steps: list[Step] = field(default_factory=list)
    values: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)  # filled slots with another value
    added: list[Change] = field(default_factory=list)  # open slots that are filled
    stated: bool = False  # a known value is repeated, or a group says the whole claim
    numbers: dict[str, list[Value]] = field(default_factory=dict)  # what was read for slots that are numbers
    periods: set[str] = field(default_factory=set)  # slots whose value is given for another period (ruling 3)
    old_news: bool = False  # an earlier stage than the known one is all that is said

    def span(self, start: int, end: int) -> Span:
        return self.scope.doc.span(start, end)

    def step(self, rule: str, detail: str, weight: float = 0.0, span: Span | None = None) -> None:
        self.steps.append(Step(rule=rule, detail=detail, weight=weight, span=span))


def compare(
    candidate: Candidate,
    claim: Claim,
    doc: Document,
    *,
    known: dict[str, str | None],
    concepts: dict[str, Concept],
    rates: Rates,
    parties: frozenset[str] = frozenset(),
    things: frozenset[str] = frozenset(),
) -> Finding | None:
    """What the article says of a claim, or None where nothing but a rival or an unread hint was met.

    `known` gives the value of every slot, the ledger's where it has one; `parties` are the concepts that act,
    `things` those that are acted on: what a passage without a claim's own thing may be about instead.
    """
    scope = scope_of(candidate, claim, doc, parties, things)
    reading = _Reading(scope, rates, known)
    for hit in candidate.hits[:EVIDENCE]:
        reading.step("group", f"group {hit.group + 1} is met", 1.0, doc.line_span(hit.line))
    if not scope.hit_lines:
        return _only_denied(reading, candidate)
    reading.stated = any(not h.weak and not h.denies for h in candidate.hits)
    against = _against(reading, candidate)
    surest = verdicts.certainty(scope)
    if against.denied and not against.refused:
        return _denied(reading, candidate, against)
    off = _read_slots(reading, concepts, surest)
    if off is not None:
        return _off_path(reading, candidate, off)
    if against.denied:
        return _denied(reading, candidate, against)
    return _finding(reading, candidate, _relation(reading), surest.certainty or "reported")


def _against(reading: _Reading, candidate: Candidate) -> verdicts.Verdict:
    """A reversal for any claim; a denial for those whose subject can be denied as a whole."""
    turned = verdicts.reversal(reading.scope, candidate)
    if turned.denied:
        return turned
    over = verdicts.ended(reading.scope)
    if over.denied:
        return over
    if reading.scope.claim.cues_terms("undeniable"):
        return verdicts.Verdict()
    types = {s.type for s in reading.scope.claim.slots}
    if "certainty" in types:
        return verdicts.denial(reading.scope)
    if "stance" in types:
        return verdicts.Verdict()
    against = verdicts.denial(reading.scope)
    return against if reading.scope.is_news(against.line) else verdicts.Verdict()


def _only_denied(reading: _Reading, candidate: Candidate) -> Finding | None:
    against = verdicts.reversal(reading.scope, candidate)
    return _denied(reading, candidate, against) if against.denied else None


def _denied(reading: _Reading, candidate: Candidate, against: verdicts.Verdict) -> Finding:
    """Ruling 16: a denial carries the claim's certainty or stance, a cancellation its stage, else nothing."""
    evidence = reading.span(against.start, against.end)
    reading.step("denial", against.why, 1.0, evidence)
    changes: list[Change] = []
    for slot in reading.scope.claim.slots:
        old = reading.known.get(slot.name)
        if slot.type == "stance" and against.certainty != "denied":
            to = against.to or OPPOSITE.get(old or "", "neutral")
            changes.append(Change(slot=slot.name, type=slot.type, old=old, new=to, evidence=evidence))
        elif slot.type == "certainty" and against.to not in OFF_PATH:
            changes.append(Change(slot=slot.name, type=slot.type, old=old, new="denied", evidence=evidence))
        elif slot.type == "stage" and against.to in OFF_PATH:
            changes.append(Change(slot=slot.name, type=slot.type, old=old, new=against.to, evidence=evidence))
    reading.changed = changes
    return _finding(reading, candidate, "denies", "denied")


def _off_path(reading: _Reading, candidate: Candidate, off: Change) -> Finding:
    reading.step("stage", f"off the path: {off.new}", 1.0, off.evidence)
    reading.changed = [off]
    reading.added = []
    return _finding(reading, candidate, "denies", "reported")


def _read_slots(reading: _Reading, concepts: dict[str, Concept], surest: verdicts.Verdict) -> Change | None:
    """Reads every slot; the change to a stage off the path, if the text ends there."""
    read = {s.name: _read(reading, s, concepts) for s in reading.scope.claim.slots}
    together = _together(reading, read)
    values: dict[str, list[Value]] = {}
    dated: Value | None = None  # of the claim's open event
    for slot in sorted(reading.scope.claim.slots, key=lambda s: ("with" in s.options, s.type != "date")):
        several = slot.type in ("money", "count") and not slot.options.get("single")
        found = read[slot.name]
        if "with" in slot.options:
            found = read_dates(reading.scope, slot, values.get(str(slot.options["with"]), []))
        elif reading.known.get(slot.name) is None and slot.type not in ("money", "percent"):
            found = sorted((_joined(v, together) for v in found), key=lambda v: (-v.score, v.start))
            found = precise(latest(found)) if slot.type == "date" else _not_before(reading, found, dated)
        if slot.options.get("several"):
            several, found = True, [v for v in found if v.line == found[0].line]
        values[slot.name] = pick(found, several=several)
        if slot.type == "date" and slot.known is None and values[slot.name]:
            dated = values[slot.name][0]
        if slot.type == "count" and several:
            values[slot.name] = _come_and_ordered(reading, found, values[slot.name])
    reading.numbers = values
    _note_periods(reading, values)
    off = None
    for slot in reading.scope.claim.slots:
        if slot.type == "stage":
            off = off or _read_stage(reading, slot)
        elif slot.type == "certainty":
            _read_certainty(reading, slot, surest)
        elif slot.type == "stance":
            reading.step("stance", "held as known")
        else:
            _compare_values(reading, slot, values.get(slot.name, []))
    return off


def _read(reading: _Reading, slot: Slot, concepts: dict[str, Concept]) -> list[Value]:
    """What is read for a slot that has values of its own, best first."""
    if slot.type in NUMBERS:
        return _newest(reading, slot, read_numbers(reading.scope, slot))
    if slot.type == "date" and "with" not in slot.options:
        return read_dates(reading.scope, slot, [])
    return read_places(reading.scope, slot, concepts) if slot.type in ("place", "party") else []


def _not_before(reading: _Reading, found: list[Value], dated: Value | None) -> list[Value]:
    """Without what stands in a sentence that speaks of an earlier date only than that of the event."""
    if dated is None:
        return found
    when = dated.value.split("/")[0]
    lines = reading.scope.doc.lines

    def earlier(number: int) -> bool:
        dates = [d.canonical.split("/")[-1] for d in lines[number].dates]
        return bool(dates) and all(d[: len(when)] < when[: len(d)] for d in dates)

    return [v for v in found if not earlier(v.line)]


def _come_and_ordered(reading: _Reading, found: list[Value], taken: list[Value]) -> list[Value]:
    """With the best number of what has come beside that of what is on order, and the other way round (ruling 15)."""
    come = {said_to_have_come(reading.scope, v) for v in taken}
    if len(come) != 1:
        return taken
    others = [v for v in found if v.line != TITLE and said_to_have_come(reading.scope, v) not in come]
    others = [v for v in others if v.score >= SECOND * taken[0].score and v.value not in {t.value for t in taken}]
    return [*taken, *others[:1]]


def _together(reading: _Reading, read: dict[str, list[Value]]) -> dict[int, int]:
    """How many open slots each sentence fills: what is said of one event stands together."""
    lines = [(v.line, name) for name, some in read.items() if reading.known.get(name) is None for v in some]
    return Counter(line for line, _ in set(lines))


def _joined(value: Value, together: dict[int, int]) -> Value:
    return replace(value, score=value.score * (1 + TOGETHER * (together[value.line] - 1)))


def _newest(reading: _Reading, slot: Slot, values: list[Value]) -> list[Value]:
    """Without those that repeat what is known, where another is said to be later or what it has become (ruling 15)."""
    known = reading.known.get(slot.name)
    if known is None or slot.options.get("fixed"):
        return values
    old = {id(v) for v in values if same_value(slot.type, known, v.value, reading.rates)}
    if slot.options.get("single"):
        lines = {v.line for v in values if id(v) in old} & {v.line for v in values if id(v) not in old}
        values = [v for v in values if id(v) not in old or v.line not in lines]
    if any(id(v) not in old and _becomes(reading, v) for v in values):
        return [v for v in values if id(v) not in old]
    said = [first for v in values if id(v) in old for first, _ in (_years(reading, v),) if first]
    later = [v for v in values if id(v) not in old and said and _years(reading, v)[1] > max(said)]
    return [v for v in values if id(v) not in old] if later else values


def _becomes(reading: _Reading, value: Value) -> bool:
    """Whether a value is said to be what another has turned into: "cut to", "raised to", "now stands at"."""
    line = reading.scope.doc.lines[value.line]
    before = signals_before(line, "becomes", value.start, BECOMES, "before")
    return bool(before or signals_after(line, "becomes", value.end, BECOMES, "after"))


def _years(reading: _Reading, value: Value) -> tuple[str, str]:
    """The first and the last year that a value's sentence names, "" for none."""
    dates = reading.scope.doc.lines[value.line].dates
    years = sorted(d.canonical.split("/")[-1][:4] for d in dates)
    return (years[0], years[-1]) if years else ("", "")


def _note_periods(reading: _Reading, values: dict[str, list[Value]]) -> None:
    """A figure for another period than the known one changes its slot, however near it is (ruling 3)."""
    for slot in reading.scope.claim.slots:
        known = reading.known.get(slot.name)
        said = values.get(slot.name, [])
        if slot.type != "date" or "with" not in slot.options or slot.options.get("fixed"):
            continue
        if known and said and not same_value("date", known, said[0].value, reading.rates):
            reading.periods.add(str(slot.options["with"]))


def _read_stage(reading: _Reading, slot: Slot) -> Change | None:
    stages = read_stages(reading.scope, slot)
    seen = strongest(reading.scope, _of_the_event(reading, stages) if reading.known.get(slot.name) is None else stages)
    if reading.known.get(slot.name) is None:
        seen = _ahead(reading, seen)
    if seen is None:
        return None
    if seen.stage == "delivered" and _in_part(reading):
        seen = replace(seen, stage="under-way", why="delivered in part")
    known = reading.known.get(slot.name)
    change = _stage_change(reading, slot, seen, known)
    reading.values.append(change)
    if seen.stage in OFF_PATH:
        return change if known not in OFF_PATH else None
    reading.step("stage", f"{seen.stage} ({seen.why})", 0.5, change.evidence)
    if known is None:
        reading.added.append(change)
    elif known in OFF_PATH or later_stage(known, seen.stage):
        reading.changed.append(change)
    elif stage_rank(seen.stage) < stage_rank(known) and slot.options.get("strict"):
        reading.old_news = True
    return None


def _ahead(reading: _Reading, seen: StageSeen | None) -> StageSeen | None:
    """An open event that is dated ahead of publication has not happened: whatever is said to be done, it is planned."""
    published = reading.scope.doc.published
    dates = [v for s in reading.scope.claim.slots if s.type == "date" for v in reading.numbers.get(s.name, ())]
    if published is None or not dates or (seen is not None and stage_rank(seen.stage) < stage_rank("under-way")):
        return seen
    when = dates[0].value.split("/")[0]
    if when <= f"{published:%Y-%m-%d}"[: len(when)]:
        return seen
    return StageSeen("planned", dates[0].line, dates[0].start, dates[0].end, dates[0].score, "dated ahead")


def _of_the_event(reading: _Reading, stages: list[StageSeen]) -> list[StageSeen]:
    """For an open stage those that stand with values that were taken: what is said of one event stands together."""
    lines = {v.line for values in reading.numbers.values() for v in values}
    beside = [s for s in stages if s.line in lines or s.stage in OFF_PATH]
    return beside if any(s.line in lines for s in beside) else stages


def _in_part(reading: _Reading) -> bool:
    """Whether only some of several are delivered (ruling 4): two numbers are stated, or a rest is spoken of."""
    counts = [s for s in reading.scope.claim.slots if s.type == "count" and reading.known.get(s.name) is None]
    if not counts:
        return False
    lines = reading.scope.doc.lines
    if any(lines[n].of_kind("rest") for n in reading.scope.strength):
        return True
    return any(len({v.value for v in reading.numbers.get(s.name, ())}) > 1 for s in counts)


def _stage_change(reading: _Reading, slot: Slot, seen: StageSeen, known: str | None) -> Change:
    evidence = reading.span(seen.start, seen.end)
    return Change(slot=slot.name, type=slot.type, old=known, new=seen.stage, evidence=evidence)


def _read_certainty(reading: _Reading, slot: Slot, surest: verdicts.Verdict) -> None:
    known = reading.known.get(slot.name)
    if slot.options.get("fixed") or not surest.certainty:
        return
    evidence = reading.span(surest.start, surest.end)
    reading.step("certainty", surest.certainty, 0.0, evidence)
    if surest.certainty == "confirmed" and surer(known, "confirmed"):
        change = Change(slot=slot.name, type=slot.type, old=known, new="confirmed", evidence=evidence)
        reading.values.append(change)
        reading.changed.append(change)


def _compare_values(reading: _Reading, slot: Slot, found: list[Value]) -> None:
    """Sets what is said beside what is known; a value that repeats it outweighs others (ruling 1)."""
    known = reading.known.get(slot.name)
    changes = [
        Change(slot=slot.name, type=slot.type, old=known, new=v.value, evidence=reading.span(v.start, v.end))
        for v in found
    ]
    reading.values += changes
    for value, change in zip(found, changes, strict=True):
        reading.step("value", f"{slot.name} {value.value}: {value.why}", value.score, change.evidence)
    if known is None:
        reading.added += changes
        return
    other_period = slot.name in reading.periods and not any(same_figure(known, c.new) for c in changes)
    if any(same_value(slot.type, known, c.new, reading.rates) for c in changes) and not other_period:
        reading.stated = True
        return
    if not slot.options.get("fixed"):
        reading.changed += changes


def _relation(reading: _Reading) -> str:
    if reading.changed:
        reading.changed = [*reading.changed, *reading.added]
        return "changes"
    if reading.added:
        reading.changed = reading.added
        return "adds"
    return "mentions" if reading.old_news or not reading.stated else "repeats"


def _finding(reading: _Reading, candidate: Candidate, relation: str, certainty: str) -> Finding:
    doc = reading.scope.doc
    claim = reading.scope.claim
    order = {s.name: n for n, s in enumerate(claim.slots)}
    changes = tuple(sorted(reading.changed, key=lambda change: order[change.slot]))
    numbers = _evidence_lines(reading, candidate, changes)
    leading = doc.line_span(numbers[0])
    reading.step("relation", relation)
    return Finding(
        claim=claim.id,
        relation=relation,
        changes=changes,
        values=tuple(reading.values),
        evidence=tuple(doc.line_span(n) for n in numbers),
        confidence=confidence(candidate, relation, changes),
        certainty=certainty,
        attribution=verdicts.attribution(reading.scope, numbers[0]),
        steps=tuple(reading.steps),
        redline=redline(claim.statement, leading.text),
    )


def _evidence_lines(reading: _Reading, candidate: Candidate, changes: tuple[Change, ...]) -> list[int]:
    """The line with the first change leads, then the lines of the hits."""
    starts = [(line.start, n) for n, line in enumerate(reading.scope.doc.lines)]
    first: list[int] = []
    for change in changes[:1]:
        title = change.evidence.field == "title"
        at = change.evidence.start + (0 if title else len(reading.scope.doc.title.text) + 2)
        first.append(max(n for start, n in starts if start <= at))
    hits = [h.line for h in candidate.hits]
    return list(dict.fromkeys([*first, *hits]))[:EVIDENCE]
