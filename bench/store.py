"""4. The store: what the service and the review pages ask, over many articles, and what it weighs. SQLite."""

from __future__ import annotations

import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import Figure, Options
from pipeline.settings import shipped
from pipeline.storage import articles, entries, findings, schema, search
from pipeline.storage.session import Transaction, open_store

NAME = "store"
ARTICLES = 10_000  # times --scale; 100 is the 1,000,000 of the floor
FINDINGS_EACH = 0.3
BYTES_EACH = 6_000  # of database
ASKED = 60  # times each question
NOW = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = ("minister", "talks", "border", "trade", "corridor", "report", "market", "school", "river", "bridge")


def fill(path: Path, count: int) -> None:
    """Articles of a year, a version each, and findings, straight into the file."""
    chance = random.Random(4)
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    stamp = articles.t.articles.c.first_seen.type.process_bind_param
    dialect = open_store("sqlite:///:memory:").engine.dialect
    for first in range(0, count, 5_000):
        numbers = range(first + 1, min(first + 5_000, count) + 1)
        at = {n: stamp(NOW - timedelta(minutes=(count - n) * 525_600 / count), dialect) for n in numbers}
        database.executemany(
            "INSERT INTO articles (id, url, source, host, title, lang, first_seen, last_seen, published) "
            "VALUES (?, ?, ?, ?, ?, 'en', ?, ?, ?)",
            [
                (
                    n,
                    f"https://o{n % 50}.example/{n}",
                    f"o{n % 50}",
                    f"o{n % 50}.example",
                    f"Report {n}",
                    at[n],
                    at[n],
                    at[n],
                )
                for n in numbers
            ],
        )
        database.executemany(
            "INSERT INTO addresses (url, article_id) VALUES (?, ?)",
            [(f"https://o{n % 50}.example/{n}", n) for n in numbers],
        )
        database.executemany(
            "INSERT INTO versions (id, article_id, number, title, text, digest, lang, fetched_at, rules_hash) "
            "VALUES (?, ?, 1, ?, ?, ?, 'en', ?, 'r')",
            [(n, n, f"Report {n}", " ".join(chance.choices(WORDS, k=350)), f"{n:064x}", at[n]) for n in numbers],
        )
        database.executemany(
            "INSERT INTO entries (source, key, url, host, first_seen, last_seen, stage, finished_at, article_id) "
            "VALUES (?, ?, ?, ?, ?, ?, 'done', ?, ?)",
            [
                (f"o{n % 50}", f"k{n}", f"https://o{n % 50}.example/{n}", f"o{n % 50}.example", at[n], at[n], at[n], n)
                for n in numbers
            ],
        )
        wanted = [n for n in numbers if n % 10 < FINDINGS_EACH * 10]
        database.executemany(
            "INSERT INTO findings (version_id, article_id, claim, topic, relation, source, found_at, confidence) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, 0.5)",
            [(n, n, f"c{n % 62}", f"t{n % 18}", ("repeats", "changes")[n % 2], f"o{n % 50}", at[n]) for n in wanted],
        )
        database.commit()
    database.execute("ANALYZE")
    database.commit()
    database.close()


def questions() -> dict[str, Callable[[Transaction, int], object]]:
    """What is asked for every entry and by every page, about the n-th thing."""
    day = timedelta(days=1)
    return {
        "article by address": lambda tx, n: articles.find(tx, [f"https://o{n % 50}.example/{n}"]),
        "current version": articles.current,
        "newest articles": lambda tx, _: articles.recent(tx, limit=50),
        "newest articles of an outlet": lambda tx, n: articles.recent(tx, source=f"o{n % 50}", limit=50),
        "articles of a day": lambda tx, _: articles.counts(tx, since=NOW - day, until=NOW),
        "outdated versions": lambda tx, _: articles.outdated(tx, "other", since=NOW - 7 * day, limit=64),
        "newest findings": lambda tx, _: findings.select(tx, findings.Filter(), limit=50),
        "findings of a claim": lambda tx, n: findings.select(tx, findings.Filter(claim=f"c{n % 62}"), limit=50),
        "findings of a topic": lambda tx, n: findings.select(tx, findings.Filter(topic=f"t{n % 18}"), limit=50),
        "findings of an article": lambda tx, n: findings.select(tx, findings.Filter(article_id=n)),
        "findings of a day": lambda tx, _: findings.select(tx, findings.Filter(since=NOW - day, until=NOW)),
        "counted findings": lambda tx, n: findings.count(tx, findings.Filter(claim=f"c{n % 62}")),
        "newest entries of an outlet": lambda tx, n: entries.recent(tx, f"o{n % 50}"),
        "entries of a day": lambda tx, _: entries.outcomes(tx, since=NOW - day, until=NOW),
        "search": lambda tx, _: search.find(tx, "corridor", search.Where(kind="article"), limit=20),
    }


def measure(options: Options) -> list[Figure]:
    """p95 of each question in milliseconds, bytes per article."""
    count = ARTICLES * options.scale
    with tempfile.TemporaryDirectory() as folder:
        free = shutil.disk_usage(folder).free
        if free < 3 * count * BYTES_EACH:
            raise RuntimeError(
                f"{count:,} articles need {3 * count * BYTES_EACH / 1e9:.1f} GB of free disk, not {free / 1e9:.1f}"
            )
        path = Path(folder) / "store.db"
        url = f"sqlite:///{path}"
        schema.upgrade(url, shipped.path("migrations"))
        fill(path, count)
        store = open_store(url)
        chance = random.Random(3)
        slowest: dict[str, float] = {}
        for name, ask in questions().items():
            each = []
            for _ in range(ASKED):
                number = chance.randrange(1, count + 1)
                with store.read() as tx:
                    started = time.perf_counter()
                    ask(tx, number)
                    each.append(1000 * (time.perf_counter() - started))
            slowest[name] = statistics.quantiles(each, n=20)[-1]
        store.close()
        weight = path.stat().st_size / count
    detail = {name: round(value, 2) for name, value in slowest.items()}
    name = f"slowest question at p95, {count:,} articles"
    return [
        Figure(bench=NAME, name=name, value=max(slowest.values()), unit="ms", ceiling=20.0, detail=detail),
        Figure(bench=NAME, name="database per article", value=weight, unit="bytes"),
    ]
