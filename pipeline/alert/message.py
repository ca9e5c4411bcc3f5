"""The words of an alert: one line that says what changed, then the evidence, who says so, and what was known."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.model.alert import Candidate, Message, Publisher
from pipeline.model.finding import Change, Span
from pipeline.model.rules import SEVERITIES
from pipeline.model.vantage import Vantage, vantage
from pipeline.model.watch import Claim
from pipeline.text import display, template, wording

HEADLINE_CHARS = 300  # longest headline; a claim's title and all its changes usually take under 120
EVIDENCE_CHARS = 600  # longest evidence sentence shown; the median sentence of news has about 130
TITLE_CHARS = 200  # longest title of an article shown
NAMES = 6  # publishers named before "and N more"
LISTED = 10  # headlines in a collected message before "and N more"


def headline(claim: Claim, relation: str, changes: Sequence[Change]) -> str:
    """What changed, in one line: `Short name: stage planned -> signed; value new: 1.6 billion USD`."""
    name = display.clean(claim.title or claim.statement, 120)
    said = [_shift(change) for change in changes]
    if relation == "denies" and not any(change.new == "denied" for change in changes):
        said.insert(0, "denied")
    return display.cut(f"{name}: {'; '.join(said) or _RELATION_WORDS.get(relation, relation)}", HEADLINE_CHARS)


_RELATION_WORDS = {"denies": "denied", "changes": "changed", "adds": "new detail", "repeats": "reported again"}


def _shift(change: Change) -> str:
    new = display.quoted(wording.value(change.new, change.type), 80)
    if change.old is None:
        return f"{change.slot} new: {new}"
    if change.old == change.new:
        return f"{change.slot} {new}"
    return f"{change.slot} {display.quoted(wording.value(change.old, change.type), 80)} -> {new}"


def evidence(candidate: Candidate) -> tuple[tuple[bool, str], ...]:
    """The leading evidence sentence in pieces, the changed words marked; cleaned, and cut when it is very long."""
    if not candidate.evidence:
        return ()
    lead = candidate.evidence[0]
    marks = [(s.start - lead.start, s.end - lead.start) for s in _changed(candidate) if s.field == lead.field]
    pieces: list[tuple[bool, str]] = []
    room = EVIDENCE_CHARS
    for marked, text in display.segments(lead.text, marks):
        piece = display.inert(display.clean(text, strip=False))
        pieces.append((marked, display.cut(piece, room)))
        room -= len(piece)
        if room <= 0:
            break
    return tuple(pieces)


def _changed(candidate: Candidate) -> list[Span]:
    return [change.evidence for change in candidate.changes]


def render(candidate: Candidate, claim: Claim, *, severity: str = "", public_url: str = "") -> Message:
    """The message of one alert. `public_url` is that of the review pages, "" when there are none."""
    line = headline(claim, candidate.relation, candidate.changes)
    severity = severity or candidate.severity
    first = candidate.publishers[0] if candidate.publishers else None
    seen = vantage(candidate.publishers)
    review = link(public_url, f"alerts/{candidate.id}")
    values: dict[str, object] = {
        "headline": line,
        "severity": severity,
        "shifts": [_row(change) for change in candidate.changes],
        "relation": candidate.relation,
        "pieces": evidence(candidate),
        "lang": candidate.lang,
        "direction": display.direction(candidate.evidence[0].text if candidate.evidence else "", candidate.lang),
        "outlet": outlet(first),
        "title": display.quoted(first.title, TITLE_CHARS) if first else "",
        "published": clock(first.published) if first else "",
        "address": display.safe_link(first.url) if first else "",
        "attribution": display.quoted(candidate.attribution, 120),
        "certainty": candidate.certainty,
        "edited": candidate.edited,
        "known": display.clean(claim.statement, 400),
        "source": known_source(claim),
        "voices": voices(candidate.publishers, seen),
        "warning": one_sided(seen),
        "review": review,
        "id": candidate.id,
    }
    return Message(
        id=f"alert-{candidate.id}",
        subject=line,
        text=_text(values),
        html=template.fill("pipeline.alert", "alert.html", values),
        thread=f"claim-{claim.id}",
        data=_data(candidate, claim, line, severity, seen, review),
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
    first = ranked[0].subject if ranked else ""
    others = f" and {len(ranked) - 1} more" if len(ranked) > 1 else ""
    values: dict[str, object] = {
        "subject": f"{first}{others}",
        "reason": display.clean(reason, 200),
        "lines": [(m.subject, display.safe_link(str(m.data.get("review_url", "")))) for m in shown],
        "rest": rest,
        "review": review,
    }
    lines = [f"{len(ranked)} alerts were held ({values['reason']}):", ""]
    lines += [f"- {message.subject}" for message in shown]
    lines += [rest] if rest else []
    lines += ["", f"All of them: {review}" if review else "All of them: claimwatch alerts list"]
    return Message(
        id=f"batch-{hashlib.sha256(chr(10).join(ids).encode()).hexdigest()[:20]}",
        subject=str(values["subject"]),
        text="\n".join(lines),
        html=template.fill("pipeline.alert", "batch.html", values),
        data={"type": "batch", "alerts": ids, "reason": values["reason"], "review_url": review},
    )


def _severity(message: Message) -> int:
    name = str(message.data.get("severity", ""))
    return SEVERITIES.index(name) if name in SEVERITIES else -1


@dataclass(frozen=True, slots=True)
class _Row:
    slot: str
    old: str
    new: str


def _row(change: Change) -> _Row:
    old = display.quoted(wording.value(change.old, change.type), 80) if change.old is not None else ""
    return _Row(change.slot, old, display.quoted(wording.value(change.new, change.type), 80))


def outlet(publisher: Publisher | None) -> str:
    """The name an outlet goes by in a message."""
    if publisher is None:
        return ""
    agency = display.quoted(publisher.agency, 60)
    name = display.quoted(publisher.name or publisher.source, 80)
    return f"{name}, from {agency}" if agency and agency.casefold() != name.casefold() else name


def clock(at: datetime | None) -> str:
    """A time for a message, in UTC: `5 June 2025, 14:20 UTC`."""
    if at is None:
        return ""
    at = at.astimezone(UTC)
    return f"{wording.value(f'{at:%Y-%m-%d}', 'date')}, {at:%H:%M} UTC"


def known_source(claim: Claim) -> str:
    """Where the known claim stands: document and section."""
    return display.clean(", ".join(part for part in (claim.document, claim.section) if part), 160)


def voices(publishers: Sequence[Publisher], seen: Vantage) -> str:
    """How many independent publishers say so, which outlets, and the press of which countries."""
    names = list(dict.fromkeys(outlet(publisher) for publisher in publishers))
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    said = f"{seen.independent} ({', '.join(names[:NAMES])}{more})" if names else "0"
    return f"{said}; press of {', '.join(seen.countries)}" if seen.countries else said


def one_sided(seen: Vantage) -> str:
    """A warning where only one side's state media say so."""
    if seen.one_sided:
        return f"Only state media of {seen.countries[0]} say so."
    return "Only state media say so." if seen.state_only else ""


def link(public_url: str, path: str) -> str:
    """An address on the review pages, "" when they have no public address."""
    return display.safe_link(f"{public_url.rstrip('/')}/{path}") if public_url else ""


def _text(values: dict[str, object]) -> str:
    pieces = values["pieces"]
    assert isinstance(pieces, tuple)
    sentence = "".join(f"*{text}*" if marked else text for marked, text in pieces).strip()
    facts = [values["outlet"], values["published"]]
    said = [str(fact) for fact in facts if fact]
    if values["attribution"]:
        said.append(f"according to {values['attribution']}")
    known = f"Known: {values['known']}" + (f" ({values['source']})" if values["source"] else "")
    blocks = [
        [str(values["headline"])],
        [f'"{sentence}"' if sentence else "", ", ".join(said), str(values["title"]), str(values["address"])],
        [known, f"Independent publishers: {values['voices']}", str(values["warning"])],
        ["The article was edited without notice." if values["edited"] else ""],
        [f"Review: {values['review']}" if values["review"] else f"Review: claimwatch alerts show {values['id']}"],
    ]
    return "\n\n".join(joined for block in blocks if (joined := "\n".join(line for line in block if line)))


def _data(
    candidate: Candidate, claim: Claim, line: str, severity: str, seen: Vantage, review: str
) -> dict[str, object]:
    """The same for programs, as docs/webhook.schema.json describes it: text as it was found."""
    first = candidate.publishers[0] if candidate.publishers else None
    lead = candidate.evidence[0] if candidate.evidence else None
    return {
        "type": "alert",
        "alert": candidate.id,
        "headline": line,
        "severity": severity,
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
        "evidence": {"field": lead.field, "start": lead.start, "end": lead.end, "text": lead.text} if lead else None,
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
        "review_url": review,
    }
