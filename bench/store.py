"""4. The store: what the service and the review pages ask, over many articles, and what it weighs. Both databases."""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bench import mix, stock
from bench.figures import Figure, Options
from pipeline.articles import sketch
from pipeline.model.alert import StoryKey
from pipeline.model.watch import Watch
from pipeline.storage import (
    alerts,
    articles,
    copies,
    decisions,
    desk,
    digests,
    entries,
    findings,
    ledger,
    outbox,
    periods,
    retention,
    revisits,
    search,
    sources,
    stories,
    upkeep,
    volumes,
)
from pipeline.storage import tables as t
from pipeline.storage.session import Store, Transaction

NAME = "store"
ARTICLES = 10_000  # times --scale; 100 is the 1,000,000 of the limit
FINDINGS_EACH = 0.3
ASKED = 40  # times each question
LIMIT_MS = 20.0
DAY = timedelta(days=1)

Question = Callable[[Transaction, int], object]


def of_the_service(watch: Watch) -> dict[str, Question]:
    """What is asked for every entry, article and message, and once for a digest; about the n-th thing."""
    now, since = stock.NOW, stock.NOW - DAY
    work: dict[str, Any] = {"now": now, "limit": 50, "lease": DAY, "holder": "bench"}
    claims = [claim.id for claim in watch.claims if claim.slots]
    return {
        "entries due": lambda tx, _: entries.claim(tx, per_host=2, **work),
        "sources due": lambda tx, _: sources.claim_due(tx, per_host=2, **work),
        "articles to look at again": lambda tx, _: revisits.claim_revisits(tx, per_host=2, **work),
        "article by address": lambda tx, n: articles.find(tx, [f"https://o{n % 12}.example/news/{n}"]),
        "current version": articles.current,
        "versions of an article": articles.versions,
        "copies of a text": lambda tx, n: copies.candidates(
            tx, sketch.bands(random.Random(n).randbytes(504)), recipe=sketch.RECIPE
        ),
        "versions that other rules read": lambda tx, _: articles.outdated(tx, "other", since=now - 7 * DAY, limit=64),
        "stories near": lambda tx, n: stories.near(
            tx,
            [StoryKey(claim=claims[n % len(claims)], relation="changes", slot="stage", value="")],
            since=now - 14 * DAY,
            until=now,
        ),
        "messages due": lambda tx, _: outbox.claim_due(tx, **work),
        "told of late": lambda tx, n: outbox.told(tx, since=since, claims=[claims[n % len(claims)]]),
        "accepted values": lambda tx, _: ledger.known(tx),
        "digests of late": lambda tx, _: digests.latest(tx, "morning", limit=30),
        "findings of a day": lambda tx, _: findings.select(tx, findings.Filter(since=since, until=now), limit=200),
        "articles of a day": lambda tx, _: articles.counts(tx, since=since, until=now),
        "entries of a day": lambda tx, _: entries.outcomes(tx, since=since, until=now),
        "last news of claims": lambda tx, _: periods.last_news(tx, claims[:20], until=now),
    }


def of_the_pages(watch: Watch) -> dict[str, Question]:
    """What the review pages ask, about the n-th thing."""
    now = stock.NOW
    claims = [claim.id for claim in watch.claims if claim.slots]
    topics = [topic.id for topic in watch.topics]

    def claim(n: int) -> str:
        return claims[n % len(claims)]

    def where(n: int) -> findings.Filter:
        return findings.Filter(claim=claim(n))

    return {
        "what waits": lambda tx, _: desk.waiting(tx, limit=400),
        "what waits of a topic": lambda tx, n: desk.waiting(tx, topic=topics[n % len(topics)], limit=400),
        "a story's carriers": lambda tx, n: desk.carriers(tx, [1 + n % 200]),
        "values of a claim lately": lambda tx, n: ledger.reported(tx, claim(n), since=now - 180 * DAY, most=100),
        "values of a claim": lambda tx, n: ledger.reported(tx, claim(n), most=400),
        "activity of all claims": lambda tx, _: desk.activity(tx, claims, since=now - 90 * DAY),
        "values of all claims lately": lambda tx, _: desk.values_lately(tx, since=now - 90 * DAY),
        "newest findings": lambda tx, _: findings.select(tx, findings.Filter(), limit=50),
        "findings of a claim": lambda tx, n: findings.select(tx, where(n), limit=60),
        "open findings of a claim": lambda tx, n: findings.select(tx, replace(where(n), verdict=""), limit=50),
        "findings of a topic": lambda tx, n: findings.select(
            tx, findings.Filter(topic=topics[n % len(topics)]), limit=50
        ),
        "findings of an article": lambda tx, n: findings.select(tx, findings.Filter(article_id=n)),
        "findings counted": lambda tx, n: findings.count(tx, where(n)),
        "newest stories": lambda tx, _: desk.story_lines(tx, limit=50),
        "stories of a claim": lambda tx, n: desk.story_lines(tx, claims=[claim(n)], limit=12),
        "articles a day, all topics": lambda tx, _: volumes.of_days(tx, since=now - 56 * DAY),
        "articles of a topic": lambda tx, n: desk.of_topic(tx, topics[n % len(topics)], limit=30),
        "newest articles": lambda tx, _: articles.recent(tx, limit=50),
        "newest articles of a source": lambda tx, n: articles.recent(tx, source=f"o{n % 12}", limit=50),
        "newest entries of a source": lambda tx, n: entries.recent(tx, f"o{n % 12}"),
        "shares of all sources": lambda tx, _: desk.shares(tx, since=(now - 30 * DAY).date()),
        "newest alerts": lambda tx, _: alerts.select(tx, limit=51),
        "decisions of an alert": lambda tx, n: decisions.decisions(tx, alert_id=1 + n % 200),
        "verdicts": lambda tx, _: desk.verdicts(tx, limit=2_000),
        "why dismissed": lambda tx, _: desk.dismissals(tx, after=_newest(tx) - 6_000),
        "search, a frequent word": lambda tx, _: search.find(tx, "jets", limit=31),
        "search, two words": lambda tx, _: search.find(tx, "contract corridor", limit=31),
        "search, best of the newest": lambda tx, _: search.find(tx, "contract corridor", ranked=True, limit=31),
        "search, findings of a claim": lambda tx, n: search.find(
            tx, "jets", search.Where(kind="finding", claim=claim(n)), limit=31
        ),
        "search, counted": lambda tx, _: search.count(tx, "contract"),
        "search, findings of a claim counted": lambda tx, n: search.count(
            tx, "jets", search.Where(kind="finding", claim=claim(n))
        ),
    }


def _newest(tx: Transaction) -> int:
    return int(tx.scalar(sa.select(sa.func.max(t.findings.c.id))) or 0)


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds of a question: on the clock of the wall, and of processor time here (a server's is not in it)."""

    p95: float
    least: float
    processor_p95: float


def timed(store: Store, watch: Watch, count: int, asked: int = ASKED) -> dict[str, Took]:
    """How long each question takes, about another thing every time; nothing stays changed."""
    chance = random.Random(3)
    gc.collect()
    gc.freeze()  # as the service does: else one asking in twenty waits for garbage of what was imported
    took: dict[str, Took] = {}
    for name, ask in (of_the_service(watch) | of_the_pages(watch)).items():
        each, worked = [], []
        for turn in range(asked + 3):
            number = chance.randrange(1, count + 1)
            with store.engine.execution_options(claimwatch_writes=True).connect() as connection:
                tx = Transaction(connection)
                connection.execute(sa.text("SELECT 1"))
                started, working = time.perf_counter(), time.process_time()
                ask(tx, number)
                if turn >= 3:  # statements are put together and compiled once
                    each.append(1000 * (time.perf_counter() - started))
                    worked.append(1000 * (time.process_time() - working))
                connection.rollback()
        last, most = statistics.quantiles(each, n=20)[-1], statistics.quantiles(worked, n=20)[-1]
        took[name] = Took(last, min(each), most)
    return took


def settle(store: Store) -> None:
    """Counts the days that are over, as the service does every hour."""
    with store.transaction() as tx:
        while volumes.settle(tx, today=stock.NOW.date(), now=stock.NOW):
            pass


def measure(options: Options) -> list[Figure]:
    """The slowest question at p95, bytes an article, and seconds to prune a month, on each database."""
    count = ARTICLES * options.scale
    many = int(count * FINDINGS_EACH)
    watch = mix.configuration().watch
    figures = []
    for kind, store in stock.stores(count):
        stock.fill(store, watch, articles=count, findings=many)
        settle(store)
        took = timed(store, watch, count)
        worst = max(took, key=lambda name: took[name].p95)
        over = sorted(name for name, one in took.items() if one.p95 > LIMIT_MS)
        detail: dict[str, Any] = {"slowest": worst, "over": over}
        for name, one in took.items():
            detail[name] = f"p95 {one.p95:.2f}, least {one.least:.2f}, processor time at p95 {one.processor_p95:.2f}"
        name = f"slowest question at p95, {kind}, {count:,} articles, {many:,} findings"
        figures.append(Figure(bench=NAME, name=name, value=took[worst].p95, unit="ms", ceiling=LIMIT_MS, detail=detail))
        weight = upkeep.status(store).bytes_used / count
        figures.append(Figure(bench=NAME, name=f"database per article, {kind}", value=weight, unit="bytes"))
        figures.append(_pruned(kind, store))
    return figures


def _pruned(kind: str, store: Store) -> Figure:
    """How long it takes to let go of a month, once everything older than retention has gone."""
    keep = retention.Retention()
    retention.prune(store, keep, now=stock.NOW)
    started = time.perf_counter()
    gone = retention.prune(store, keep, now=stock.NOW + 30 * DAY)
    took = time.perf_counter() - started
    return Figure(bench=NAME, name=f"prune a month, {kind}", value=took, unit="s", detail=dict(gone))
