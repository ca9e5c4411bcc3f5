"""Claims: the list with state, last change and disagreement; one claim's values, timeline and history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.analyse import known_values
from pipeline.model.watch import Claim
from pipeline.service.desk.today import Reported, claim_of, side_by_side, source_names, topic_title
from pipeline.service.wiring import Desk
from pipeline.settings.watch import with_known
from pipeline.storage import desk as queries
from pipeline.storage import findings, ledger
from pipeline.storage.findings import SavedFinding
from pipeline.storage.ledger import LedgerEntry

LATELY = timedelta(days=90)
REPORTS = 400  # newest findings whose values are drawn and set side by side
DISAGREE = 2  # values that coverage gives for one slot lately, the known one aside, from which claims are marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A slot of a claim, its known value and where that comes from."""

    name: str
    type: str
    value: str | None
    configured: str | None  # of the claim files
    entry: LedgerEntry | None  # of the ledger, when it has the last word
    reported: tuple[Reported, ...] = ()
    look_again: date | None = None  # when whoever accepted it wanted it to be looked at again
    due: bool = False  # that day has come

    @property
    def rivals(self) -> tuple[Reported, ...]:
        """Values that coverage gives and that are not the known one."""
        return tuple(one for one in self.reported if not one.known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A claim in the list."""

    claim: Claim
    topic: str
    known: tuple[Known, ...]
    findings: int = 0
    news: int = 0
    waiting: int = 0
    last_news: datetime | None = None
    last: datetime | None = None
    disputed: bool = False
    accepted: bool = False  # the ledger changed it

    @property
    def due(self) -> bool:
        """A value of it is to be looked at again."""
        return any(slot.due for slot in self.known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value as one outlet gave it at one time."""

    slot: str
    value: str
    source: str
    outlet: str
    finding: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """All there is about one claim."""

    line: Line
    points: tuple[Point, ...]
    history: tuple[LedgerEntry, ...]
    findings: tuple[SavedFinding, ...]
    names: Mapping[str, str]
    as_of: datetime | None = None


def lines(desk: Desk, *, topic: str = "", asked: str = "") -> tuple[Line, ...]:
    """The configured claims in their order, those of a topic or with these words in them."""
    now = desk.clock.now()
    since = now - LATELY
    words = asked.casefold().split()
    with desk.store.read() as tx:
        active = queries.activity(tx, [claim.id for claim in desk.watch.claims], since=since)
        values = queries.values_lately(tx, since=since)
        held = ledger.look_again_days(tx)
    found = []
    for claim in desk.watch.claims:
        said = f"{claim.id} {claim.title} {claim.statement}".casefold()
        if (topic and claim.topic != topic) or not all(word in said for word in words):
            continue
        found.append(
            _line(desk, claim, active.get(claim.id), held.get(claim.id, {}), values.get(claim.id, {}), now.date())
        )
    return tuple(found)


def whole(desk: Desk, claim_id: str, *, as_of: datetime | None = None, limit: int = 60) -> Whole | None:
    """One claim, or None when neither the configuration nor the ledger knows it.

    `as_of` gives the values that were believed then.
    """
    configured = any(claim.id == claim_id for claim in desk.watch.claims)
    with desk.store.read() as tx:
        history = ledger.history(tx, claim_id)
        rows = findings.select(tx, findings.Filter(claim=claim_id, until=as_of), limit=limit)
        if not configured and not history and not rows:
            return None
        claim = claim_of(desk.watch, claim_id, rows[0].topic if rows else "")
        reported = ledger.reported(tx, claim_id, until=as_of, most=REPORTS)
        active = queries.activity(tx, [claim_id], since=desk.clock.now() - LATELY).get(claim_id)
        overlay = ledger.known(tx, as_of=as_of)
    names = source_names(desk, {row.source for row in reported} | {row.source for row in rows})
    watch = with_known(desk.configuration.watch, overlay)
    holding = {entry.slot: entry for entry in history if _held(entry, as_of)}
    days = {name: entry.look_again_at for name, entry in holding.items()}
    today = desk.clock.now().date()
    now_known = known_values(claim, watch)
    slots = tuple(
        Known(
            name=slot.name,
            type=slot.type,
            value=now_known.get(slot.name),
            configured=slot.known,
            entry=holding.get(slot.name),
            look_again=days.get(slot.name),
            due=as_of is None and _due(days.get(slot.name), today),
            reported=side_by_side([r for r in reported if r.slot == slot.name], now_known.get(slot.name), "", names),
        )
        for slot in claim.slots
    )
    line = Line(
        claim=claim,
        topic=topic_title(desk.watch, claim.topic),
        known=slots,
        findings=active.findings if active else 0,
        news=active.news if active else 0,
        waiting=active.waiting if active else 0,
        last_news=active.last_news if active else None,
        last=active.last if active else None,
        disputed=any(len(slot.rivals) >= DISAGREE for slot in slots),
        accepted=bool(holding),
    )
    points = tuple(
        Point(
            slot=row.slot,
            value=row.value,
            source=row.source,
            outlet=names.get(row.source, row.source),
            finding=row.finding_id,
            at=row.at,
        )
        for row in reported
    )
    return Whole(line=line, points=points, history=history, findings=rows, names=names, as_of=as_of)


def _held(entry: LedgerEntry, as_of: datetime | None) -> bool:
    if as_of is None:
        return entry.undone_at is None
    return entry.learned_at <= as_of and (entry.undone_at is None or entry.undone_at > as_of)


def _line(
    desk: Desk,
    claim: Claim,
    active: queries.Activity | None,
    held: Mapping[str, date | None],
    lately: Mapping[str, int],
    today: date,
) -> Line:
    known = known_values(claim, desk.watch)
    slots = tuple(
        Known(
            name=slot.name,
            type=slot.type,
            value=known.get(slot.name),
            configured=slot.known,
            entry=None,
            look_again=held.get(slot.name),
            due=_due(held.get(slot.name), today),
        )
        for slot in claim.slots
    )
    return Line(
        claim=claim,
        topic=topic_title(desk.watch, claim.topic),
        known=slots,
        findings=active.findings if active else 0,
        news=active.news if active else 0,
        waiting=active.waiting if active else 0,
        last_news=active.last_news if active else None,
        last=active.last if active else None,
        disputed=any(number >= DISAGREE for number in lately.values()),
        accepted=bool(held),
    )


def _due(on: date | None, today: date) -> bool:
    return on is not None and on <= today
