"""Reports of the same change, in any language and outlet, as one story. Every step says why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
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
    """Coverage that reports a change."""

    key: StoryKey
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Coverage that reports one change."""

    id: str
    key: StoryKey
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a report belongs, and which stories prove to be one through it."""

    story: str  # "" for a new one
    merged: tuple[str, ...] = ()  # stories that go into it
    steps: tuple[str, ...] = ()  # why, in words


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


def _fits(report: Report, story: Story, same: Same, within: timedelta) -> bool:
    mine, theirs = report.key, story.key
    if (mine.claim, mine.relation, mine.slot) != (theirs.claim, theirs.relation, theirs.slot):
        return False
    near = story.first_at - within <= report.at <= story.last_at + within
    return near and same(mine.value, theirs.value)


def _said(key: StoryKey) -> str:
    return f"{key.claim} {key.relation} {key.slot} {key.value}".rstrip()
