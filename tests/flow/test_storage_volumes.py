"""Articles a day and topic: the same whether the days are counted already or not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from pipeline.model.article import Fingerprint
from pipeline.model.finding import Analysis, TopicHit
from pipeline.storage import analyses, articles, copies, volumes
from pipeline.storage import tables as t
from pipeline.storage.session import Store, Transaction

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TODAY = NOW.date()


def covered(tx: Transaction, number: int, at: datetime, *topics: str, like: int | None = None) -> int:
    """The version of an article that was fetched then and touches these topics."""
    article = articles.create(tx, url=f"https://a.example/{number}", source="s", now=at)
    new = articles.NewVersion(
        title="T", text=f"text {number}", fingerprint=Fingerprint(digest=str(number)), fetched_at=at
    )
    version = articles.add_version(tx, article.id, new)
    copies.join(tx, version.id, like=like, similarity=1.0, now=at)
    read_by(tx, version.id, at, *topics)
    return version.id


def read_by(tx: Transaction, version: int, now: datetime, *topics: str) -> None:
    analysis = Analysis(article="a", lang="en", watch_version="w", topics=tuple(TopicHit(topic=one) for one in topics))
    analyses.save(tx, version, analysis, now=now, topics={}, known={})


def settled(store: Store) -> int:
    days = 0
    with store.transaction() as tx:
        while some := volumes.settle(tx, today=TODAY, now=NOW):
            days += some
    return days


def test_days_that_are_counted_once_are_as_those_counted_now(store: Store) -> None:
    with store.transaction() as tx:
        for number in range(40):
            covered(tx, number, NOW - (number // 2) * 5 * DAY, *(("gas", "rail") if number % 3 else ("gas",)))
        first = covered(tx, 100, NOW - 3 * DAY, "rail")
        covered(tx, 101, NOW - 3 * DAY, "rail", like=first)
        ask = {"since": NOW - 56 * DAY, "until": NOW - DAY / 2}
        live = (
            volumes.of_days(tx, **ask),
            volumes.of_days(tx, since=NOW - 9 * DAY),
            volumes.of_days(tx, since=NOW, topic="rail"),
        )
    assert live[0]["rail"][TODAY - 3 * DAY] == 1  # a copy is no second article
    assert settled(store) >= 95
    assert settled(store) == 0
    with store.transaction() as tx:
        assert int(tx.scalar(sa.select(sa.func.count()).select_from(t.topic_days))) > 20
        tx.execute(sa.delete(t.topic_hits).where(t.topic_hits.c.at < NOW - 7 * DAY))  # they are asked no more
        kept = (
            volumes.of_days(tx, **ask),
            volumes.of_days(tx, since=NOW - 9 * DAY),
            volumes.of_days(tx, since=NOW, topic="rail"),
        )
    assert kept == live


def test_articles_read_again_by_other_rules_are_counted_again_on_their_own_day(store: Store) -> None:
    with store.transaction() as tx:
        version = covered(tx, 1, NOW - 20 * DAY, "gas")
    settled(store)
    with store.transaction() as tx:
        read_by(tx, version, NOW, "rail")
        volumes.unsettle(tx, (NOW - 20 * DAY).date(), now=NOW)
        expected: dict[str, dict[date, int]] = {"rail": {(NOW - 20 * DAY).date(): 1}}
        assert volumes.of_days(tx, since=NOW - 56 * DAY) == expected
    settled(store)
    with store.read() as tx:
        assert volumes.of_days(tx, since=NOW - 56 * DAY) == expected
