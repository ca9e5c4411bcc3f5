"""Findings of one story and change, gathered into one item."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipeline.digest import importance
from pipeline.digest.facts import Facts
from pipeline.digest.record import Item, Quote, Shift
from pipeline.model.alert import Candidate, Publisher
from pipeline.model.finding import Change
from pipeline.model.rules import SEVERITIES
from pipeline.model.vantage import origins, vantage
from pipeline.model.watch import Claim
from pipeline.text import display

OTHERS = 2  # further quotes, from publishers independent of the first


def build(candidates: Sequence[Candidate], facts: Facts) -> tuple[Item, ...]:
    """An item for each alert among the candidates, which are sorted by time; of those without one, for each story."""
    groups: dict[tuple[str, ...], list[Candidate]] = {}
    for candidate in candidates:
        alert = (candidate.id,) if candidate.id else ("", candidate.claim, candidate.story or candidate.finding)
        groups.setdefault((*alert, candidate.relation), []).append(candidate)
    return tuple(_item(group, facts) for group in groups.values())


def title(facts: Facts, claim: str) -> str:
    """The short name of a claim; its id when it is no longer configured."""
    known = facts.claims.get(claim)
    return (known.title or known.statement).rstrip(".") if known else claim


def _item(group: Sequence[Candidate], facts: Facts) -> Item:
    shifts = _shifts(group)
    lead = _lead(group, {(shift.slot, shift.new) for shift in shifts})
    claim = facts.claims.get(lead.claim) or Claim(id=lead.claim, topic=lead.topic, statement=lead.claim)
    publishers = _publishers(group)
    seen = vantage(publishers)
    severity = max((c.severity for c in group), key=_rank)
    points, parts = importance.parts(lead.relation, severity, lead.changes, seen.independent, _tier(publishers))
    return Item(
        id=lead.id,
        claim=lead.claim,
        title=title(facts, lead.claim),
        statement=claim.statement,
        source=", ".join(part for part in (claim.document, claim.section) if part),
        topic=lead.topic,
        topic_title=facts.topics.get(lead.topic, lead.topic),
        relation=lead.relation,
        severity=severity,
        certainty=lead.certainty,
        confidence=round(lead.confidence, 4),
        shifts=shifts,
        quote=quote(lead, facts),
        redline=lead.redline,
        outlets=tuple(dict.fromkeys(p.name or p.source for p in publishers)),
        independent=seen.independent,
        countries=seen.countries,
        state_only=seen.state_only,
        one_sided=seen.one_sided,
        edited=any(c.edited for c in group),
        before=next((c.before for c in (lead, *group) if c.before), ""),
        alerted=lead.id in facts.alerted,
        first_run=all(c.first_run for c in group),
        importance=points,
        parts=parts,
        findings=tuple(c.finding for c in group),
        more=_others(lead, group, facts),
    )


def _shifts(group: Sequence[Candidate]) -> tuple[Shift, ...]:
    """Every slot that the group reports, with the value of most independent publishers; of equals the earliest."""
    values: dict[str, dict[str, list[Candidate]]] = {}
    changes: dict[str, Change] = {}
    for candidate in group:
        for change in candidate.changes:
            values.setdefault(change.slot, {}).setdefault(change.new, []).append(candidate)
            changes.setdefault(change.slot, change)
    found = []
    for slot, said in values.items():
        ranked = sorted(said, key=lambda new: -len(origins([p for c in said[new] for p in c.publishers[:1]])))
        change = changes[slot]
        found.append(Shift(slot=slot, type=change.type, old=change.old, new=ranked[0], also=tuple(ranked[1:])))
    return tuple(found)


def _lead(group: Sequence[Candidate], said: Collection[tuple[str, str]]) -> Candidate:
    """The finding to show: it says most of what the item says; of equals the surest, best in tier, earliest."""

    def order(candidate: Candidate) -> tuple[object, ...]:
        agrees = sum((change.slot, change.new) in said for change in candidate.changes)
        return -agrees, -candidate.confidence, _tier(candidate.publishers[:1]), candidate.found_at, candidate.finding

    return min(group, key=order)


def quote(candidate: Candidate, facts: Facts) -> Quote | None:
    """The leading evidence sentence of a candidate with its changed words, None when there is none."""
    if not candidate.evidence:
        return None
    sentence = display.telling(candidate.evidence, [change.evidence for change in candidate.changes])
    spans = [change.evidence for change in candidate.changes if change.evidence.field == sentence.field]
    marks = sorted(
        {
            (max(0, span.start - sentence.start), min(len(sentence.text), span.end - sentence.start))
            for span in spans
            if span.start < sentence.end and span.end > sentence.start
        }
    )
    first = candidate.publishers[0] if candidate.publishers else None
    return Quote(
        text=sentence.text,
        marks=tuple(marks),
        lang=candidate.lang,
        outlet=(first.name or first.source) if first else "",
        agency=facts.agencies.get(first.agency, first.agency) if first else "",
        title=first.title if first else "",
        url=first.url if first else "",
        published=first.published if first else None,
        attribution=candidate.attribution,
    )


def _others(lead: Candidate, group: Sequence[Candidate], facts: Facts) -> tuple[Quote, ...]:
    """How publishers independent of the leading one put it."""
    found: list[Quote] = []
    seen = set(origins(lead.publishers[:1]))
    for candidate in group:
        mine = set(origins(candidate.publishers[:1]))
        said = quote(candidate, facts)
        if candidate is lead or said is None or mine & seen:
            continue
        seen |= mine
        found.append(said)
        if len(found) == OTHERS:
            break
    return tuple(found)


def _publishers(group: Sequence[Candidate]) -> tuple[Publisher, ...]:
    """Everybody who carries the story, once an article; the carriers of the period first."""
    found = {(p.source, p.url): p for candidate in group for p in candidate.publishers[:1]}
    for candidate in group:
        for publisher in candidate.publishers[1:]:
            found.setdefault((publisher.source, publisher.url), publisher)
    return tuple(found.values())


def _tier(publishers: Sequence[Publisher]) -> int:
    return min((p.tier for p in publishers), default=3)


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else 0
