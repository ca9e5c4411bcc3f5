"""Topics: how much was written, which stories, and the rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pipeline.model.watch import Claim, Topic
from pipeline.service.desk.today import source_names
from pipeline.service.wiring import Desk
from pipeline.storage import desk as queries
from pipeline.storage import volumes
from pipeline.storage.desk import StoryLine

DAYS = 56  # of the volume chart: eight weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """Articles a day, oldest first, copies counted once."""

    first: date
    days: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.days)

    @property
    def week(self) -> int:
        return sum(self.days[-7:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    topic: Topic
    claims: int
    volume: Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    line: Line
    claims: tuple[Claim, ...]
    stories: tuple[StoryLine, ...]
    articles: tuple[Any, ...]
    names: Mapping[str, str]


def known(desk: Desk, topic: str) -> bool:
    """Whether the configuration has that topic."""
    return any(one.id == topic for one in desk.watch.topics)


def lines(desk: Desk) -> tuple[Line, ...]:
    """The configured topics in their order."""
    today = desk.clock.now().date()
    with desk.store.read() as tx:
        counted = volumes.of_days(tx, since=desk.clock.now() - timedelta(days=DAYS))
    return tuple(
        Line(
            topic=topic,
            claims=sum(1 for claim in desk.watch.claims if claim.topic == topic.id),
            volume=_volume(counted.get(topic.id, {}), today),
        )
        for topic in desk.watch.topics
    )


def whole(desk: Desk, topic_id: str, *, before: int | None = None) -> Whole | None:
    """One topic, None when it is not configured; articles go on with `before`, the last hit's number."""
    topic = next((one for one in desk.watch.topics if one.id == topic_id), None)
    if topic is None:
        return None
    claims = tuple(claim for claim in desk.watch.claims if claim.topic == topic_id)
    now = desk.clock.now()
    with desk.store.read() as tx:
        counted = volumes.of_days(tx, since=now - timedelta(days=DAYS), topic=topic_id)
        stories = queries.story_lines(tx, claims=[claim.id for claim in claims], limit=12) if claims else ()
        articles = queries.of_topic(tx, topic_id, before=before, limit=30)
    volume = _volume(counted.get(topic_id, {}), now.date())
    return Whole(
        line=Line(topic=topic, claims=len(claims), volume=volume),
        claims=claims,
        stories=stories,
        articles=articles,
        names=source_names(desk, {row.source for row in articles}),
    )


def _volume(counted: Mapping[date, int], today: date) -> Volume:
    first = today - timedelta(days=DAYS - 1)
    return Volume(first=first, days=tuple(counted.get(first + timedelta(days=n), 0) for n in range(DAYS)))
