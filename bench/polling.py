"""3. Polling: many sources through the service against the bare client, and latency from item to alert under load."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bench import feeds, mix
from bench.figures import Figure, Options
from bench.page_path import Shelf
from pipeline.analyse import analyse
from pipeline.model.article import Article
from pipeline.model.rules import AlertRules, Channel, Rule, When
from pipeline.model.source import Entry, Source
from pipeline.service import pages, poll
from pipeline.service.wiring import Desk, desk, fetcher, with_sources
from pipeline.settings.load import Configuration
from pipeline.storage import entries, outbox
from pipeline.storage import sources as source_rows

NAME = "polling"
SOURCES = 500  # times --scale; 10 is the 5,000 of the floor
ITEMS = 30
RATE = 20  # articles a second
LOAD_S = 15
LOOK_S = 0.02
ADDRESS = re.compile(r"https://o\.example/(\d+)")
NEWS = (
    "Pakistan has signed a contract to sell {n} JF-17 fighter jets to Azerbaijan, officials said on Friday. "
    "The deal is worth ${n} billion, they said. " + "The two sides have been in talks since the spring. " * 12
)
PLAIN = "The match ended level after a long evening of rain and the crowd went home by tram. " * 15


@contextlib.contextmanager
def opened(configuration: Configuration, sources: tuple[Source, ...], **fetch: object) -> Iterator[Desk]:
    """A desk over a new database with an outbox that fills."""
    with tempfile.TemporaryDirectory() as folder:
        changed = with_sources(configuration, sources, **fetch)
        database = changed.settings.database.model_copy(update={"url": f"sqlite:///{folder}/bench.db"})
        alerts = AlertRules(
            channels=(Channel(id="log", kind="file", address=f"{folder}/alerts.log"),),
            rules=(Rule(id="news", channels=("log",), when=When(relations=("denies", "changes", "adds"))),),
        )
        settings = changed.settings.model_copy(update={"database": database})
        changed = replace(changed, settings=settings, alerts=alerts, data=Path(folder))
        with desk(changed, upgrade=True) as built:
            yield built


def _service(configuration: Configuration, base: str, count: int) -> dict[str, float]:
    """Sources a second through a full poll with its store: new, then unchanged (304)."""
    endpoint = base.removeprefix("http://")
    known = tuple(Source(id=f"s{n}", url=f"{base}/{n}") for n in range(count))
    rates: dict[str, float] = {}
    options = {"allow_private": (endpoint,), "host_delay": timedelta(), "per_host": 16, "concurrency": feeds.AT_ONCE}
    with opened(configuration, known, **options) as built:

        async def once() -> poll.Polled:
            async with fetcher(built.settings) as client:
                return await poll.poll(built, client)

        for kind in ("changed", "unchanged"):
            with built.store.transaction() as tx:
                source_rows.sync(tx, known, now=built.clock.now())
                for one in known:
                    source_rows.look_now(tx, one.id, now=built.clock.now())
            started = time.perf_counter()
            polled = asyncio.run(once())
            rates[kind] = count / (time.perf_counter() - started)
            if polled.asked != count:
                raise RuntimeError(f"{polled.asked} of {count} sources were asked: {dict(polled.reasons)}")
    return rates


def _polls(options: Options) -> list[Figure]:
    configuration = mix.configuration()
    count = SOURCES * options.scale
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=feeds.serve, args=(there, ITEMS), daemon=True)
    server.start()
    base = f"http://127.0.0.1:{here.recv()}"
    each: dict[str, list[float]] = {"changed": [], "unchanged": []}
    seen: dict[str, dict[str, list[float]]] = {kind: {"bare": [], "service": []} for kind in each}
    for _ in range(options.rounds):
        rates = _service(configuration, base, count)
        for kind in each:
            started = time.perf_counter()
            asyncio.run(feeds.bare(base, count, changed=kind == "changed"))
            bare = count / (time.perf_counter() - started)
            each[kind].append(rates[kind] / bare)
            seen[kind]["bare"].append(bare)
            seen[kind]["service"].append(rates[kind])
    here.send("stop")
    server.join()
    return [
        Figure(
            bench=NAME,
            name=f"{count:,} sources, {kind}: times the bare client",
            value=statistics.median(ratios),
            floor=0.8,
            rounds=tuple(ratios),
            detail={f"{who}_per_s": round(statistics.median(r)) for who, r in seen[kind].items()},
        )
        for kind, ratios in each.items()
    ]


async def _load(built: Desk, at_hand: Shelf) -> list[float]:
    """Articles come at a steady rate; how long each alert took from then until it was seen in the outbox."""
    queued: dict[str, float] = {}
    waits: list[float] = []
    stop = asyncio.Event()

    async def come() -> None:
        began = time.perf_counter()
        for number, url in enumerate(at_hand.pages):
            await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
            queued[url.rpartition("/")[2]] = time.perf_counter()
            entry = Entry(source="o", key=url, url=url, title="")
            await built.write(lambda tx, entry=entry: entries.add(tx, [entry], now=built.clock.now()))
        stop.set()

    async def work() -> None:
        while True:
            worked = await pages.work(built, at_hand)  # type: ignore[arg-type]
            if stop.is_set() and not worked.taken:
                return
            await asyncio.sleep(0 if worked.taken else LOOK_S)

    async def look(until: asyncio.Task[None]) -> None:
        seen: set[int] = set()
        while not until.done():
            await asyncio.sleep(LOOK_S)
            for row in await built.read(lambda tx: outbox.select(tx, limit=200)):
                if row.id not in seen:
                    seen.add(row.id)
                    named = ADDRESS.search(str(row.payload))
                    if named:
                        waits.append(time.perf_counter() - queued[named[1]])

    worker = asyncio.create_task(work())
    await asyncio.gather(come(), worker, look(worker))
    return waits


def _latency() -> list[Figure]:
    configuration = mix.configuration()
    source = Source(id="o", url="https://o.example/feed", country="GB", family="o")
    made = {}
    for number in range(RATE * LOAD_S):
        text = NEWS.format(n=number + 5) if number % 20 == 0 else PLAIN + f" Match {number}."
        body = f"<html><body><article><h1>Report {number}</h1><p>{text}</p></article></body></html>"
        made[f"https://o.example/{number}"] = body.encode()
    watch = configuration.watch
    analyse(Article(id="warm", text=NEWS), watch)
    with opened(configuration, (source,), per_host=16) as built:
        with built.store.transaction() as tx:
            source_rows.sync(tx, [source], now=built.clock.now())
        waits = asyncio.run(_load(built, Shelf(made)))
    if not waits:
        raise RuntimeError("no alert came")
    points = statistics.quantiles(waits, n=100, method="inclusive")
    detail = {"p50_s": round(points[49], 3), "p95_s": round(points[94], 3), "p99_s": round(points[98], 3)}
    detail |= {"alerts": len(waits), "articles": len(made)}
    name = f"poll to outbox under {RATE} articles a second, p95"
    return [Figure(bench=NAME, name=name, value=points[94], unit="s", ceiling=1.0, detail=detail)]


def measure(options: Options) -> list[Figure]:
    """Rates against the bare client, then latency."""
    return [*_latency(), *_polls(options)]
