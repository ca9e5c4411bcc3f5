"""The words of an alert: one line that says what changed, then the evidence, who says so, and what was known."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from pipeline.model.alert import Candidate, Message, Publisher
from pipeline.model.finding import Change, Span
from pipeline.model.rules import SEVERITIES
from pipeline.model.vantage import Vantage, vantage
from pipeline.model.watch import Claim
from pipeline.text import display, template, wording

HEADLINE_CHARS = 300  # longest headline; a claim's title and all its changes usually take under 120
EVIDENCE_CHARS = 600  # longest evidence sentence shown; the median sentence of news has about 130
TITLE_CHARS = 200  # longest title of an article shown
VALUE_CHARS = 80  # longest value shown
NAMES = 6  # publishers named before "and N more"
LISTED = 10  # headlines in a collected message before "and N more"

NO_NAMES: Mapping[str, str] = MappingProxyType({})
_LABELS = {"denies": "Denied", "changes": "Changed", "adds": "New detail", "repeats": "Reported again"}


def headline(claim: Claim, relation: str, changes: Sequence[Change]) -> str:
    """What changed, in one line: `Short name: stage planned -> signed; value new: 1.6 billion USD`."""
    said = [_shift(row) for row in _rows(changes)]
    if relation == "denies" and not any(change.new == "denied" for change in changes):
        said.insert(0, "denied")
    told = "; ".join(said) or _LABELS.get(relation, relation).lower()
    return display.cut(f"{_name(claim)}: {told}", HEADLINE_CHARS)


def render(
    candidate: Candidate,
    claim: Claim,
    *,
    severity: str = "",
    public_url: str = "",
    agencies: Mapping[str, str] = NO_NAMES,
) -> Message:
    """The message of one alert.

    `public_url` is that of the review pages, "" when there are none; `agencies` gives their names by id.
    """
    seen = vantage(candidate.publishers)
    words = _words(candidate, claim, seen, severity or candidate.severity, public_url, agencies)
    return Message(
        id=f"alert-{candidate.id}",
        subject=words.headline,
        text=_text(words),
        html=template.fill("pipeline.alert", "alert.html", {"alert": words}),
        thread=f"claim-{claim.id}",
        data=_data(candidate, claim, words, seen),
    )


def collect(messages: Sequence[Message], *, reason: str, public_url: str = "") -> Message:
    """One message instead of many that were held: the weightiest lines, and how many more there are.

    `reason` says why they were held ("quiet hours", "rate limit"). The id depends only on which messages they are.
    """
    ranked = sorted(messages, key=lambda m: (-_severity(m), m.id))
    ids = sorted(message.id for message in messages)
    shown, more = ranked[:LISTED], len(ranked) - LISTED
    rest = f"and {more} more" if more > 0 else ""
    review = link(public_url, "alerts")
    first = ranked[0].subject if ranked else "no alert"
    subject = first + (f" and {len(ranked) - 1} more" if len(ranked) > 1 else "")
    why = display.clean(reason, 200)
    lines = [f"{len(ranked)} alerts were held ({why}):", "", *(f"- {message.subject}" for message in shown)]
    lines += [rest] if rest else []
    lines += ["", f"All of them: {review or 'claimwatch alerts list'}"]
    values: dict[str, object] = {
        "subject": subject,
        "reason": why,
        "count": len(ranked),
        "lines": [(m.subject, display.safe_link(str(m.data.get("review_url", "")))) for m in shown],
        "rest": rest,
        "review": review,
    }
    return Message(
        id=f"batch-{hashlib.sha256(chr(10).join(ids).encode()).hexdigest()[:20]}",
        subject=subject,
        text="\n".join(lines),
        html=template.fill("pipeline.alert", "batch.html", values),
        data={
            "type": "batch",
            "reason": why,
            "alerts": [
                {"id": m.id, "headline": m.subject, "review_url": m.data.get("review_url", "")}
                for m in sorted(messages, key=lambda m: m.id)
            ],
            "review_url": review,
        },
    )


def link(public_url: str, path: str) -> str:
    """An address on the review pages, "" when they have no public address."""
    return display.safe_link(f"{public_url.rstrip('/')}/{path}") if public_url else ""


@dataclass(frozen=True, slots=True)
class _Row:
    """One slot in words; `old` is "" when it was open."""

    slot: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """Everything that text and HTML say, clean and not yet escaped."""

    id: str
    headline: str
    title: str
    label: str
    severity: str
    certainty: str
    rows: tuple[_Row, ...]
    pieces: tuple[tuple[bool, str], ...]  # of the evidence, with whether it is marked
    lang: str
    direction: str
    said_by: tuple[str, ...]  # outlet, time, speaker
    article: str
    address: str
    known: str
    source: str
    voices: str
    notes: tuple[str, ...]
    review: str


def _words(
    candidate: Candidate, claim: Claim, seen: Vantage, severity: str, public_url: str, agencies: Mapping[str, str]
) -> _Words:
    first = candidate.publishers[0] if candidate.publishers else None
    lead = _sentence(candidate).text if candidate.evidence else ""
    speaker = f"as told: {display.quoted(candidate.attribution, 120)}" if candidate.attribution else ""
    said_by = (_outlet(first, agencies), _time(first.published) if first else "", speaker)
    notes = (_one_sided(seen), _edited(candidate))
    return _Words(
        id=candidate.id,
        headline=headline(claim, candidate.relation, candidate.changes),
        title=_name(claim),
        label=_LABELS.get(candidate.relation, candidate.relation),
        severity=severity,
        certainty=candidate.certainty,
        rows=_rows(candidate.changes),
        pieces=_evidence(candidate),
        lang=display.clean(candidate.lang, 8),
        direction=display.direction(lead, candidate.lang),
        said_by=tuple(part for part in said_by if part),
        article=display.quoted(first.title, TITLE_CHARS) if first and not _same(first.title, lead) else "",
        address=display.safe_link(first.url) if first else "",
        known=display.clean(claim.statement, 400),
        source=display.clean(", ".join(part for part in (claim.document, claim.section) if part), 160),
        voices=_voices(candidate.publishers, seen, agencies),
        notes=tuple(note for note in notes if note),
        review=link(public_url, f"alerts/{candidate.id}"),
    )


def _same(title: str, sentence: str) -> bool:
    """Whether the evidence is the title itself, which then need not be said twice."""
    return display.clean(title).casefold() == display.clean(sentence).casefold()


def _name(claim: Claim) -> str:
    return display.clean(claim.title or claim.statement, 120).rstrip(".")


def _rows(changes: Sequence[Change]) -> tuple[_Row, ...]:
    return tuple(
        _Row(
            change.slot.replace("_", " ").replace("-", " "),
            "" if change.old is None else display.quoted(wording.value(change.old, change.type), VALUE_CHARS),
            display.quoted(wording.value(change.new, change.type), VALUE_CHARS),
        )
        for change in changes
    )


def _shift(row: _Row) -> str:
    return f"{row.slot} {row.old} -> {row.new}" if row.old else f"{row.slot} new: {row.new}"


def _sentence(candidate: Candidate) -> Span:
    return display.telling(candidate.evidence, [change.evidence for change in candidate.changes])


def _evidence(candidate: Candidate) -> tuple[tuple[bool, str], ...]:
    """The most telling evidence sentence in pieces, the changed words marked; cut when it is very long."""
    if not candidate.evidence:
        return ()
    lead = _sentence(candidate)
    spans = [change.evidence for change in candidate.changes if change.evidence.field == lead.field]
    pieces: list[tuple[bool, str]] = []
    room = EVIDENCE_CHARS
    for marked, text in display.segments(lead.text, [(s.start - lead.start, s.end - lead.start) for s in spans]):
        piece = display.inert(display.clean(text, strip=False))
        pieces.append((marked, display.cut(piece, room)))
        room -= len(piece)
        if room <= 0:
            break
    return tuple(pieces)


def _outlet(publisher: Publisher | None, agencies: Mapping[str, str]) -> str:
    if publisher is None:
        return ""
    agency = display.quoted(agencies.get(publisher.agency, publisher.agency), 60)
    name = display.quoted(publisher.name or publisher.source, 80)
    return f"{name} (from {agency})" if agency and agency.casefold() != name.casefold() else name


def _time(at: datetime | None) -> str:
    """`5 June 2025, 14:20 UTC`."""
    if at is None:
        return ""
    at = at.astimezone(UTC)
    return f"{wording.value(at.date().isoformat(), 'date')}, {at:%H:%M} UTC"


def _voices(publishers: Sequence[Publisher], seen: Vantage, agencies: Mapping[str, str]) -> str:
    names = list(dict.fromkeys(_outlet(publisher, agencies) for publisher in publishers))
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    said = f"{seen.independent} ({', '.join(names[:NAMES])}{more})" if names else "0"
    return f"{said}; press of {', '.join(seen.countries)}" if seen.countries else said


def _edited(candidate: Candidate) -> str:
    if not candidate.edited:
        return ""
    before = display.quoted(candidate.before, EVIDENCE_CHARS)
    return "The article was edited without notice" + (f'; before, it said: "{before}"' if before else ".")


def _one_sided(seen: Vantage) -> str:
    if seen.one_sided:
        return f"Only state media of {seen.countries[0]} say so."
    return "Only state media say so." if seen.state_only else ""


def _text(words: _Words) -> str:
    sentence = "".join(f"*{text}*" if marked else text for marked, text in words.pieces).strip()
    known = f"Known: {words.known}" + (f" ({words.source})" if words.source else "")
    blocks = [
        [words.headline],
        [f'"{sentence}"' if sentence else "", " · ".join(words.said_by), words.article, words.address],
        [known, f"Independent publishers: {words.voices}", *words.notes],
        [f"Review: {words.review or f'claimwatch alerts show {words.id}'}"],
    ]
    return "\n\n".join(joined for block in blocks if (joined := "\n".join(line for line in block if line)))


def _severity(message: Message) -> int:
    name = str(message.data.get("severity", ""))
    return SEVERITIES.index(name) if name in SEVERITIES else -1


def _data(candidate: Candidate, claim: Claim, words: _Words, seen: Vantage) -> dict[str, object]:
    """The same for programs, as docs/webhook.schema.json describes it: text as it was found."""
    first = candidate.publishers[0] if candidate.publishers else None
    lead = _sentence(candidate) if candidate.evidence else None
    return {
        "type": "alert",
        "alert": candidate.id,
        "headline": words.headline,
        "severity": words.severity,
        "claim": {
            "id": claim.id,
            "topic": claim.topic,
            "statement": claim.statement,
            "document": claim.document,
            "section": claim.section,
        },
        "relation": candidate.relation,
        "changes": [
            {"slot": c.slot, "type": c.type, "from": c.old, "to": c.new, "text": c.evidence.text}
            for c in candidate.changes
        ],
        "confidence": round(candidate.confidence, 4),
        "certainty": candidate.certainty,
        "attribution": candidate.attribution,
        "edited": candidate.edited,
        "before": candidate.before,
        "evidence": {"in": lead.field, "start": lead.start, "end": lead.end, "text": lead.text} if lead else None,
        "article": {
            "url": first.url if first else "",
            "title": first.title if first else "",
            "outlet": (first.name or first.source) if first else "",
            "source": first.source if first else "",
            "published": first.published.astimezone(UTC).isoformat() if first and first.published else None,
            "lang": candidate.lang,
        },
        "publishers": {
            "independent": seen.independent,
            "origins": list(seen.origins),
            "countries": list(seen.countries),
            "state_only": seen.state_only,
            "one_sided": seen.one_sided,
        },
        "found_at": candidate.found_at.astimezone(UTC).isoformat(),
        "review_url": words.review,
    }
