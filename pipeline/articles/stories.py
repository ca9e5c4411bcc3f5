"""Reports of the same change, in any language and outlet, as one story. Every step says why, and can be undone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from pipeline.model.alert import StoryKey

WITHIN = timedelta(days=7)  # between reports of one story; a setting
_TOLERANCE = Decimal("0.05")  # of the larger value: 1.6 and 1.65 billion are one report in two roundings
_NUMBER = re.compile(r"^(?P<bound>[<>~]?=?)(?P<number>-?\d+(?:\.\d+)?(?:e[+-]?\d{1,4})?)(?P<unit>(?: .+)?)$")
_YEAR = re.compile(r"^(?:19|20)\d\d$")

Same = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A copy group that reports a change."""

    group: str
    key: StoryKey
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Reports of one change."""

    id: str
    key: StoryKey
    first_at: datetime
    last_at: datetime
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a report belongs, and which stories prove to be one through it."""

    story: str  # "" for a new one
    merged: tuple[str, ...] = ()  # stories that go into it
    steps: tuple[str, ...] = ()  # why, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """One story that went into another: all that is needed to take it out again."""

    kept: str
    gone: Story
    why: str


def close(one: str, other: str) -> bool:
    """Whether two canonical values are one within tolerance: numbers of one unit and bound within 5 percent.

    Years and everything that is no number must be equal.
    """
    if one == other:
        return True
    if _YEAR.match(one) or _YEAR.match(other):
        return False
    first, second = _NUMBER.match(one), _NUMBER.match(other)
    if not first or not second or (first["unit"], first["bound"]) != (second["unit"], second["bound"]):
        return False
    a, b = Decimal(first["number"]), Decimal(second["number"])
    return abs(a - b) <= _TOLERANCE * max(abs(a), abs(b))


def place(
    report: Report,
    stories: Iterable[Story],
    *,
    same: Same = close,
    within: timedelta = WITHIN,
    apart: frozenset[frozenset[str]] = frozenset(),
) -> Placement:
    """The story that a report belongs to: same claim, relation and slot, value within tolerance, close in time.

    Of several the oldest is kept and the others go into it, except pairs that a person took apart (`apart`, of story
    ids). A story may be given more than once, for each value that it took in. `same` compares two canonical values of
    the slot.
    """
    fitting: dict[str, Story] = {}
    for story in sorted(stories, key=lambda story: (story.first_at, story.id)):
        if story.id not in fitting and _fits(report, story, same, within):
            fitting[story.id] = story
    if not fitting:
        return Placement(story="", steps=(f"no story within {within.days} days says {_said(report.key)}",))
    kept, *others = fitting.values()
    steps = [f"{kept.id} says {_said(kept.key)} from {kept.first_at:%Y-%m-%d} to {kept.last_at:%Y-%m-%d}"]
    merged = []
    for other in others:
        if frozenset({kept.id, other.id}) in apart:
            steps.append(f"{other.id} fits too and stays apart: a person took them apart")
        else:
            merged.append(other.id)
            steps.append(f"{other.id} goes into {kept.id}: this report fits both")
    return Placement(story=kept.id, merged=tuple(merged), steps=tuple(steps))


def joined(story: Story, report: Report) -> Story:
    """The story with a report more; a group that is in it already changes its time only."""
    others = tuple(known for known in story.reports if known.group != report.group)
    return Story(
        id=story.id,
        key=story.key,
        first_at=min(story.first_at, report.at),
        last_at=max(story.last_at, report.at),
        reports=tuple(sorted((*others, report), key=lambda known: (known.at, known.group))),
    )


def merge(kept: Story, gone: Story, *, why: str) -> tuple[Story, Merge]:
    """Two stories as one, under the id and the key of the first, and the record that undoes it."""
    one = kept
    for report in gone.reports:
        one = joined(one, report)
    whole = Story(
        id=kept.id,
        key=kept.key,
        first_at=min(one.first_at, gone.first_at),
        last_at=max(one.last_at, gone.last_at),
        reports=one.reports,
    )
    return whole, Merge(kept=kept.id, gone=gone, why=why)


def unmerge(story: Story, done: Merge) -> tuple[Story, Story]:
    """The two stories that a merge made one; reports that came since stay with the kept one."""
    taken = {report.group for report in done.gone.reports}
    rest = tuple(report for report in story.reports if report.group not in taken)
    times: Sequence[datetime] = [report.at for report in rest] or [story.first_at, story.last_at]
    kept = Story(id=story.id, key=story.key, first_at=min(times), last_at=max(times), reports=rest)
    return kept, done.gone


def _fits(report: Report, story: Story, same: Same, within: timedelta) -> bool:
    mine, theirs = report.key, story.key
    if (mine.claim, mine.relation, mine.slot) != (theirs.claim, theirs.relation, theirs.slot):
        return False
    near = story.first_at - within <= report.at <= story.last_at + within
    return near and same(mine.value, theirs.value)


def _said(key: StoryKey) -> str:
    return f"{key.claim} {key.relation} {key.slot} {key.value}".rstrip()
