"""The work list: news without a verdict, one item a story, weightiest first, with everything a decision needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pipeline.analyse import known_values
from pipeline.model.alert import Publisher
from pipeline.model.finding import RELATIONS
from pipeline.model.rules import SEVERITIES
from pipeline.model.vantage import Vantage, vantage
from pipeline.model.watch import Claim, Watch
from pipeline.service import lookagain
from pipeline.service.desk import excerpt
from pipeline.service.wiring import Desk
from pipeline.storage import desk as queries
from pipeline.storage import findings, ledger, people
from pipeline.storage.desk import Carrier
from pipeline.storage.findings import SavedFinding
from pipeline.storage.session import Transaction

READ = 400  # findings read for one list; more wait for the next look
SHOWN = 25  # items of one page
RIVALS = 100  # newest findings of a claim among which other values of a slot are looked for
RIVAL_DAYS = 180  # how far back other values of a slot are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One value of a slot and who reports it."""

    value: str
    outlets: tuple[str, ...]
    first_at: datetime | None = None
    last_at: datetime | None = None
    known: bool = False
    current: bool = False  # the value of the finding that is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One changed slot: what it was compared with, what is known by now, what is said, and what others say."""

    name: str
    type: str
    old: str | None
    new: str
    now_known: str | None
    ledger_entry: int  # number of the entry that holds, 0 when the configuration alone speaks
    reported: tuple[Reported, ...] = ()

    @property
    def moved(self) -> bool:
        """The known value is another one by now than that which was compared with."""
        return self.now_known != self.old


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A finding to decide on, with the others of its story."""

    finding: SavedFinding
    others: tuple[int, ...]  # further waiting findings of the story, decided with this one
    claim: Claim
    topic: str
    slots: tuple[Slot, ...]
    quote: excerpt.Passage | None
    context: excerpt.Passage | None
    carriers: tuple[Carrier, ...]
    names: Mapping[str, str]  # source id -> name
    seen: Vantage
    title: str  # of the article
    url: str
    story: int | None
    history: tuple[people.Change, ...] = ()

    @property
    def id(self) -> int:
        return self.finding.id

    @property
    def relation(self) -> str:
        return self.finding.finding.relation


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """The work list at one moment."""

    items: tuple[Item, ...]
    waiting: int  # items in all, those not shown too
    start: int = 0  # how many stand before the first one shown
    counts: Mapping[str, int] = field(default_factory=dict)  # relation -> items
    snoozed: int = 0
    more: bool = False  # there were more findings than one look reads
    look_again: int = 0  # known values to look at again, of all claims


def work(desk: Desk, *, topic: str = "", claim: str = "", start: int = 0, shown: int = SHOWN) -> List:
    """The items that wait for a verdict: denials first, then changes, then additions, weightiest first.

    `start` of them are passed over.
    """
    now = desk.clock.now()
    with desk.store.read() as tx:
        rows = queries.waiting(tx, topic=topic, claim=claim, limit=READ)
        awake = [row for row in rows if row.snoozed_until is None or row.snoozed_until <= now]
        stories = queries.stories_of(tx, [row.id for row in awake])
        groups: dict[tuple[str, str, int], list[Any]] = {}
        for row in awake:
            groups.setdefault((row.claim, row.relation, stories.get(row.id, -row.id)), []).append(row)
        severities = {claim.id: claim.severity for claim in desk.watch.claims}
        ordered = sorted(groups.values(), key=lambda group: _order(group, severities))
        counts: dict[str, int] = {}
        for group in ordered:
            counts[group[0].relation] = counts.get(group[0].relation, 0) + 1
        page = ordered[start : start + shown]
        leads = findings.some(tx, [_lead(group).id for group in page])
        chosen = []
        for group in page:
            lead = leads.get(_lead(group).id)
            if lead is not None:
                chosen.append((lead, tuple(row.id for row in group if row.id != lead.id)))
        items = _items(tx, desk, chosen, stories)
        again = lookagain.due(tx, desk.watch, until=now.date())
    return List(
        items=items,
        start=start,
        waiting=len(ordered),
        counts=counts,
        snoozed=len(rows) - len(awake),
        more=len(rows) == READ,
        look_again=len(again),
    )


def item(desk: Desk, finding_id: int) -> Item | None:
    """One finding as an item, whatever was decided of it; None when there is none."""
    with desk.store.read() as tx:
        row = findings.load(tx, finding_id)
        if row is None:
            return None
        stories = queries.stories_of(tx, [row.id])
        others: tuple[int, ...] = ()
        if row.id in stories and not row.verdict:
            ids = {c.finding_id for c in queries.carriers(tx, [stories[row.id]]).get(stories[row.id], ())}
            found = findings.some(tx, sorted(ids - {row.id}))
            others = tuple(o.id for o in found.values() if not o.verdict and o.superseded_at is None)
        return _items(tx, desk, [(row, others)], stories)[0]


def _order(group: Sequence[Any], severities: Mapping[str, str]) -> tuple[object, ...]:
    lead = _lead(group)
    weight = max((row.importance or 0.0) for row in group)
    severity = severities.get(lead.claim) or "normal"
    return (
        RELATIONS.index(lead.relation),
        -weight,
        -SEVERITIES.index(severity),
        -len(group),
        -lead.confidence,
        -lead.id,
    )


def _lead(group: Sequence[Any]) -> Any:
    return min(group, key=lambda row: (-row.confidence, row.id))


def _items(
    tx: Transaction,
    desk: Desk,
    chosen: Sequence[tuple[SavedFinding, tuple[int, ...]]],
    stories: Mapping[int, int],
) -> tuple[Item, ...]:
    """Items of these findings, each with the numbers of those that are decided along."""
    leads = [row for row, _ in chosen]
    told = {row.id for row in leads}
    carriers = queries.carriers(tx, sorted({stories[i] for i in told if i in stories}))
    texts = queries.texts(tx, [row.version_id for row in leads])
    urls = queries.addresses(tx, [row.article_id for row in leads])
    past = queries.history(tx, "finding", [str(i) for i in told])
    reported = _Reports(tx, desk, sorted({row.finding.claim for row in leads}))
    found = []
    for row, others in chosen:
        text = texts.get(row.version_id)
        story = stories.get(row.id)
        mine = carriers.get(story, ()) if story is not None else ()
        claim = claim_of(desk.watch, row.finding.claim, row.topic)
        said = row.finding
        changes = [saved.change for saved in row.changes]
        found.append(
            Item(
                finding=row,
                others=others,
                claim=claim,
                topic=topic_title(desk.watch, row.topic or claim.topic),
                slots=reported.slots(row, claim),
                quote=excerpt.quote(said.evidence, changes, row.lang),
                context=excerpt.context(text.text, text.title, said.evidence, changes, row.lang) if text else None,
                carriers=mine,
                names=source_names(desk, {row.source, *(c.source for c in mine)}),
                seen=vantage(publishers(desk, mine) or [_publisher(desk, row.source, "", "", "", "")]),
                title=text.title if text else "",
                url=urls.get(row.article_id, ""),
                story=story,
                history=past.get(str(row.id), ()),
            )
        )
    return tuple(found)


class _Reports:
    """What coverage and the ledger say of the slots of all claims that are looked at, read once."""

    def __init__(self, tx: Transaction, desk: Desk, claims: Sequence[str]) -> None:
        self._desk = desk
        since = desk.clock.now() - timedelta(days=RIVAL_DAYS)
        self._reported = {claim: ledger.reported(tx, claim, since=since, most=RIVALS) for claim in claims}
        self._holding = queries.holding(tx, claims)

    def slots(self, row: SavedFinding, claim: Claim) -> tuple[Slot, ...]:
        known = known_values(claim, self._desk.watch)
        return tuple(
            Slot(
                name=change.slot,
                type=change.type,
                old=change.old,
                new=change.new,
                now_known=known.get(change.slot),
                ledger_entry=self._holding.get((claim.id, change.slot), 0),
                reported=self._values(claim.id, change.slot, known.get(change.slot), change.new),
            )
            for change in (saved.change for saved in row.changes)
        )

    def _values(self, claim: str, slot: str, known: str | None, mine: str) -> tuple[Reported, ...]:
        rows = [row for row in self._reported.get(claim, ()) if row.slot == slot]
        return side_by_side(rows, known, mine, source_names(self._desk, {row.source for row in rows}))


def side_by_side(
    rows: Sequence[ledger.Reported], known: str | None, mine: str, names: Mapping[str, str]
) -> tuple[Reported, ...]:
    """The values that coverage gives, most outlets first, each with its outlets; the known one stands first."""
    values: dict[str, list[ledger.Reported]] = {}
    for row in rows:
        values.setdefault(row.value, []).append(row)
    found = []
    for value, said in values.items():
        outlets = tuple(dict.fromkeys(names.get(row.source, row.source) for row in said))
        found.append(
            Reported(
                value=value,
                outlets=outlets,
                first_at=said[0].at,
                last_at=said[-1].at,
                known=value == known,
                current=value == mine,
            )
        )
    found.sort(key=lambda one: (not one.known, -len(one.outlets), one.value))
    if known is not None and known not in values:
        found.insert(0, Reported(value=known, outlets=(), known=True))
    return tuple(found)


def claim_of(watch: Watch, claim: str, topic: str = "") -> Claim:
    """The claim of that id; one that is configured no more is only its id."""
    return next((c for c in watch.claims if c.id == claim), Claim(id=claim, topic=topic, statement=claim))


def topic_title(watch: Watch, topic: str) -> str:
    return next((one.title for one in watch.topics if one.id == topic), topic)


def source_names(desk: Desk, ids: set[str]) -> dict[str, str]:
    return {one: desk.source(one).name or one for one in sorted(ids)}


def publishers(desk: Desk, carriers: Sequence[Carrier]) -> list[Publisher]:
    """The carriers of a story as publishers, for counting independent ones."""
    return [_publisher(desk, c.source, c.family, c.agency, c.url, str(c.copy_group_id or "")) for c in carriers]


def _publisher(desk: Desk, source: str, family: str, agency: str, url: str, group: str) -> Publisher:
    known = desk.source(source)
    return Publisher(
        source=source,
        name=known.name or source,
        family=family or known.family or source,
        country=known.country,
        state=known.state,
        tier=known.tier,
        agency=agency,
        url=url,
        group=group,
    )
