"""Where findings belong: the stories near them are read once an article, and what joins them is written at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from pipeline.articles import stories as joining
from pipeline.diff import values
from pipeline.model.alert import Publisher, StoryKey
from pipeline.model.watch import Rates
from pipeline.service.wiring import Desk
from pipeline.storage import alerts, stories
from pipeline.storage.analyses import AddedFinding
from pipeline.storage.session import Transaction
from pipeline.storage.stories import NewMember, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A change of a finding: its key in the words of its story, the story, and the value as the finding has it."""

    key: StoryKey
    story: int
    value: str


class Placer:
    """Places the findings of one article that have these keys, each new to every story."""

    def __init__(
        self,
        desk: Desk,
        tx: Transaction,
        publisher: Publisher,
        keys: Sequence[StoryKey],
        rates: Rates,
        *,
        now: datetime,
    ) -> None:
        self._tx = tx
        self._publisher = publisher
        self._keys = keys
        self._rates = rates
        self._now = now
        self._moment = min(publisher.published or now, now)
        self._window = desk.settings.articles.story_window
        self._members: list[NewMember] = []
        self._read()
        self.known = frozenset(self._near)  # numbers of stories that were there before

    def _read(self) -> None:
        """The stories that may fit, and those that went into one of them: who says what they said says it, too."""
        since, until = self._moment - self._window, self._moment + self._window
        found = {one.id: one for one in stories.near(self._tx, self._keys, since=since, until=until)}
        self._near = {one.id: one for one in found.values() if one.merged_into is None}
        gone = [(one, _end(one, found)) for one in found.values() if one.merged_into is not None]
        self._taken_in = [replace(one, id=into) for one, into in gone if into in self._near]

    def place(self, added: AddedFinding, keys: Sequence[StoryKey]) -> list[Placed]:
        """Each key of the finding with its story, made where none fits; `store` writes what came of it."""
        types = {change.slot: change.type for change in added.finding.changes}
        return [self._one(added, key, types.get(key.slot, "")) for key in keys]

    def _one(self, added: AddedFinding, key: StoryKey, kind: str) -> Placed:
        found = self._fitting(key, kind)
        story = int(found.story) if found.story else self._make(key)
        told = self._near[story].value
        self._join(added, key, story, "; ".join(found.steps))
        if found.merged:
            self.store()
            for other in found.merged:
                self._merge(int(other), story, found.steps[-1])
            self._read()
        return Placed(key=replace(key, value=told), story=story, value=key.value)

    def _fitting(self, key: StoryKey, kind: str) -> joining.Placement:
        """Where the change belongs. Whether a person took stories apart is asked only where some would become one."""
        fit = partial(
            joining.place,
            joining.Report(key=key, at=self._moment),
            [_as_story(one) for one in (*self._near.values(), *self._taken_in)],
            same=partial(_same, kind, self._rates),
            within=self._window,
        )
        found = fit()
        if not found.merged:
            return found
        pairs = stories.apart(self._tx, [int(one) for one in (found.story, *found.merged)])
        return fit(apart=frozenset(frozenset(map(str, pair)) for pair in pairs))

    def _make(self, key: StoryKey) -> int:
        number = stories.create(self._tx, key, at=self._moment)
        self._near[number] = Story(
            id=number,
            claim=key.claim,
            relation=key.relation,
            slot=key.slot,
            value=key.value,
            first_at=self._moment,
            last_at=self._moment,
            merged_into=None,
        )
        return number

    def _join(self, added: AddedFinding, key: StoryKey, story: int, why: str) -> None:
        publisher = self._publisher
        member = NewMember(
            story_id=story,
            finding_id=added.id,
            version_id=added.version_id,
            slot=key.slot,
            value=key.value,
            at=self._moment,
            source=publisher.source,
            family=publisher.family,
            agency=publisher.agency,
            lang=publisher.lang,
            why=why,
        )
        self._members.append(member)

    def store(self) -> None:
        """Write what was placed since the last call."""
        members, self._members = self._members, []
        stories.add_members(self._tx, members)
        reached = {one.story_id for one in members if not self._spans(self._near[one.story_id])}
        stories.stretch(self._tx, [(story, self._moment) for story in sorted(reached)])
        for story in reached:
            one = self._near[story]
            first, last = min(one.first_at, self._moment), max(one.last_at, self._moment)
            self._near[story] = replace(one, first_at=first, last_at=last)

    def _spans(self, story: Story) -> bool:
        return story.first_at <= self._moment <= story.last_at

    def _merge(self, gone: int, kept: int, why: str) -> None:
        """Two stories prove to be one: so do their alerts, and the older takes in the other's publishers."""
        tx, now = self._tx, self._now
        there = alerts.of_stories(tx, [kept, gone])
        stories.merge(tx, gone, kept, why=why, now=now)
        if kept in there and gone in there and there[kept] != there[gone]:
            alerts.merge(tx, there[gone], there[kept], now=now)


def _same(kind: str, rates: Rates, one: str, other: str) -> bool:
    """Whether two canonical values of a slot of that type are one within tolerance."""
    return one == other or bool(kind and values.same_value(kind, one, other, rates))


def _end(story: Story, found: Mapping[int, Story]) -> int:
    """The number of the story that it went into, through however many."""
    while story.merged_into is not None and story.merged_into in found:
        story = found[story.merged_into]
    return story.id


def _as_story(row: Story) -> joining.Story:
    key = StoryKey(claim=row.claim, relation=row.relation, slot=row.slot, value=row.value)
    return joining.Story(id=str(row.id), key=key, first_at=row.first_at, last_at=row.last_at)
