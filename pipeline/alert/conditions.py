"""Whether a candidate meets the conditions of a rule, and if not, which one it fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.model.alert import Candidate
from pipeline.model.rules import CERTAINTIES, SEVERITIES, When
from pipeline.model.vantage import Vantage, vantage
from pipeline.text import size

Check = Callable[[When, Candidate, Vantage], str]


def unmet(when: When, candidate: Candidate) -> str:
    """Why the candidate does not meet the conditions, in words; "" when it meets them all."""
    seen = vantage(candidate.publishers)
    for check in _CHECKS:
        reason = check(when, candidate, seen)
        if reason:
            return reason
    return ""


def rank(value: str, scale: Sequence[str]) -> int:
    """The place of a value on a scale, -1 for one that is not on it."""
    return scale.index(value) if value in scale else -1


def _one_of(name: str, wanted: Sequence[str], given: Sequence[str]) -> str:
    if not wanted or set(wanted) & set(given):
        return ""
    return f"{name} {', '.join(sorted(set(given))) or 'unknown'}, wanted {' or '.join(wanted)}"


def _subject(when: When, candidate: Candidate, _: Vantage) -> str:
    return (
        _one_of("relation", when.relations, (candidate.relation,))
        or _one_of("claim", when.claims, (candidate.claim,))
        or _one_of("topic", when.topics, (candidate.topic,))
        or _one_of("slot", when.slots, tuple(change.slot for change in candidate.changes))
    )


def _change(when: When, candidate: Candidate, _: Vantage) -> str:
    """One change that is large enough, or that cannot be measured, is enough."""
    limits = [
        (when.min_change, "ratio", "change"),
        (when.min_steps, "steps", "steps"),
        (when.min_days, "days", "days"),
    ]
    sizes = [size.of(change.type, change.old, change.new) for change in candidate.changes]
    for least, part, name in limits:
        if least is None or not sizes:
            continue
        measured = [getattr(one, part) for one in sizes]
        told = [abs(value) for value in measured if value is not None]
        if len(told) == len(sizes) and max(told) < least:
            return f"{name} {float(max(told)):g}, wanted {least:g} or more"
    return ""


def _trust(when: When, candidate: Candidate, _: Vantage) -> str:
    if when.min_confidence is not None and candidate.confidence < when.min_confidence:
        return f"confidence {candidate.confidence:.2f}, wanted {when.min_confidence:.2f} or more"
    if when.min_certainty and rank(candidate.certainty, CERTAINTIES) < rank(when.min_certainty, CERTAINTIES):
        return f"certainty {candidate.certainty}, wanted {when.min_certainty} or more"
    if when.min_severity and rank(candidate.severity, SEVERITIES) < rank(when.min_severity, SEVERITIES):
        return f"severity {candidate.severity}, wanted {when.min_severity} or more"
    if when.edited is not None and candidate.edited != when.edited:
        return "a silent edit" if candidate.edited else "no silent edit"
    return ""


def _origin(when: When, candidate: Candidate, _: Vantage) -> str:
    publishers = candidate.publishers
    best = min((p.tier for p in publishers), default=99)
    if when.max_tier is not None and best > when.max_tier:
        return f"source tier {best}, wanted {when.max_tier} or better"
    countries = {p.country for p in publishers if p.country}
    if when.not_countries and countries and countries <= set(when.not_countries):
        return f"only published in {', '.join(sorted(countries))}"
    return (
        _one_of("country", when.countries, sorted(countries))
        or _one_of("language", when.languages, (candidate.lang, *(p.lang for p in publishers if p.lang)))
        or _one_of("source", when.sources, tuple(p.source for p in publishers))
    )


def _independence(when: When, _: Candidate, seen: Vantage) -> str:
    if when.min_publishers is not None and seen.independent < when.min_publishers:
        return f"{seen.independent} independent publishers, wanted {when.min_publishers} or more"
    if when.one_sided is not None and seen.one_sided != when.one_sided:
        return (
            "only one country's state media say so" if seen.one_sided else "not only one country's state media say so"
        )
    return ""


_CHECKS: tuple[Check, ...] = (_subject, _change, _trust, _origin, _independence)
