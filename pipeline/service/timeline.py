"""What coverage has said of each claim over the years: first and last value, and the months between."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.model.finding import NEWS
from pipeline.service.wiring import Desk
from pipeline.storage import findings
from pipeline.storage.findings import Filter, SavedFinding

PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A value and when it was published."""

    at: datetime
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """One claim's slots through time."""

    claim: str
    findings: int
    news: int
    first: dict[str, Said]  # slot -> the earliest value
    last: dict[str, Said]
    months: dict[str, dict[str, int]]  # "2024-07" -> relation or "slot=value" -> how often

    def as_record(self) -> dict[str, Any]:
        """For JSON."""
        said = {
            name: {slot: {"at": one.at.isoformat(), "value": one.value} for slot, one in values.items()}
            for name, values in (("first", self.first), ("last", self.last))
        }
        return {
            "claim": self.claim,
            "findings": self.findings,
            "news": self.news,
            **said,
            "months": self.months,
        }


def of_claims(desk: Desk, *, since: datetime | None = None) -> tuple[ClaimLine, ...]:
    """A line for every claim of which anything was found, in the order of the watch."""
    lines = (_line(claim.id, list(_findings(desk, claim.id, since))) for claim in desk.watch.claims)
    return tuple(line for line in lines if line.findings)


def _findings(desk: Desk, claim: str, since: datetime | None) -> Iterator[SavedFinding]:
    last: int | None = None
    while True:
        with desk.store.read() as tx:
            rows = findings.select(tx, Filter(claim=claim, since=since), limit=PAGE, before=last, oldest_first=True)
        yield from rows
        if len(rows) < PAGE:
            return
        last = rows[-1].id


def _line(claim: str, found: list[SavedFinding]) -> ClaimLine:
    found.sort(key=lambda one: (one.published or one.found_at, one.id))
    first: dict[str, Said] = {}
    last: dict[str, Said] = {}
    months: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        at = one.published or one.found_at
        month = months[f"{at:%Y-%m}"]
        month[one.finding.relation] += 1
        for value in one.finding.values or one.finding.changes:
            said = Said(at=at, value=value.new)
            first.setdefault(value.slot, said)
            last[value.slot] = said
            month[f"{value.slot}={value.new}"] += 1
    return ClaimLine(
        claim=claim,
        findings=len(found),
        news=sum(one.finding.relation in NEWS for one in found),
        first=first,
        last=last,
        months={month: dict(counted) for month, counted in months.items()},
    )
