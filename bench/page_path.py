"""1. The page path: bytes to findings stored in SQLite, against bare extraction of the same pages, per core."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import cast

import trafilatura

from bench import mix
from bench.figures import Figure, Options, busy, in_turns, ratios
from pipeline.fetch.client import Fetcher
from pipeline.model.article import Response
from pipeline.model.source import Entry, Source
from pipeline.service import pages
from pipeline.service.wiring import Desk, desk
from pipeline.settings.load import Configuration
from pipeline.storage import entries, findings
from pipeline.storage import sources as source_rows

NAME = "pages"
SHARE = 0.05  # of the pages of the mix touch a topic
OUTLETS = 24
COUNTRY = "GB"  # of the outlets: a desk's sources have one, and reports need not name it


@dataclass(frozen=True, slots=True)
class Shelf:
    """A client whose pages lie at hand: what is measured begins with their bytes."""

    pages: dict[str, bytes]

    async def get(self, url: str, **_: object) -> Response:
        """The page, at once."""
        return Response(
            url=url, final_url=url, headers=(("content-type", "text/html; charset=utf-8"),), body=self.pages[url]
        )


def sources() -> tuple[Source, ...]:
    """Outlets on hosts of their own."""
    return tuple(
        Source(id=f"o{n}", url=f"https://o{n}.example/feed", country=COUNTRY, family=f"o{n}") for n in range(OUTLETS)
    )


def shelf(some: Sequence[bytes], name: str = "page") -> Shelf:
    """The pages under addresses of the outlets in turn."""
    return Shelf({f"https://o{n % OUTLETS}.example/{name}/{n}": page for n, page in enumerate(some)})


@contextmanager
def queued(configuration: Configuration, at_hand: Shelf, *, put_off: bool = True) -> Iterator[Desk]:
    """A new database whose queue holds an entry for every page."""
    articles = configuration.settings.articles.model_copy(update={"put_off": put_off})
    with tempfile.TemporaryDirectory() as folder:
        database = configuration.settings.database.model_copy(update={"url": f"sqlite:///{folder}/bench.db"})
        settings = configuration.settings.model_copy(update={"articles": articles, "database": database})
        changed = replace(configuration, settings=settings, sources=sources(), data=Path(folder))
        with desk(changed, upgrade=True) as built:
            with built.store.transaction() as tx:
                source_rows.sync(tx, sources(), now=built.clock.now())
            fill(built, at_hand)
            yield built


def fill(built: Desk, at_hand: Shelf) -> None:
    """An entry in the queue for every page."""
    new = [Entry(source=f"o{n % OUTLETS}", key=url, url=url, title="") for n, url in enumerate(at_hand.pages)]
    with built.store.transaction() as tx:
        entries.add(tx, new, now=built.clock.now())


def client(at_hand: Shelf) -> Fetcher:
    """The shelf as the page path takes it: of a client only `get` is asked there."""
    return cast(Fetcher, at_hand)


def work(built: Desk, at_hand: Shelf) -> pages.Worked:
    """The queue to its end."""
    return asyncio.run(pages.work(built, client(at_hand)))


def found(built: Desk) -> Counter[tuple[object, ...]]:
    """Every finding of a store, without the numbers that depend on order.

    Those of a version that another one has replaced count too: two pages of the bench may share a template and with it
    a canonical address, and which of them is the later version hangs on which were put off.
    """
    with built.store.read() as tx:
        return Counter(
            (one.finding.claim, one.finding.relation, tuple((c.slot, c.new) for c in one.finding.changes))
            for one in findings.select(tx, findings.Filter(current=False), limit=100_000)
        )


def mixed(options: Options, configuration: Configuration) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """Pages to warm up with, pages of the mix, and pages that all touch a topic."""
    real = mix.real(options.pages)
    texts = [text for text in mix.labelled(configuration.watch) if text.touches]
    order = random.Random(8)
    order.shuffle(real)
    order.shuffle(texts)
    half = len(real) // 2
    wanted = max(1, round(half * SHARE / (1 - SHARE)))
    touching = mix.filled_all(real[:half], texts)
    measured = real[half:] + touching[:wanted]
    order.shuffle(measured)
    return real[:half] + touching[wanted + 50 :], measured, touching[wanted : wanted + 50]


def _rounds(
    configuration: Configuration, some: Sequence[bytes], warm: Sequence[bytes], rounds: int
) -> tuple[dict[str, list[float]], pages.Worked]:
    """Seconds of our path and of both modes of bare extraction."""
    first, at_hand = shelf(warm, "before"), shelf(some)
    last: list[pages.Worked] = []
    own: list[float] = []

    def ours() -> None:
        with queued(configuration, first) as built:
            work(built, first)  # a service that has run a while, on other pages
            fill(built, at_hand)
            started = busy()
            last.append(work(built, at_hand))
            own.append(busy() - started)

    def bare(*, fast: bool) -> None:
        for page in some:
            trafilatura.bare_extraction(page, with_metadata=True, fast=fast)

    ways: dict[str, Callable[[], None]] = {
        "ours": ours,
        "default": partial(bare, fast=False),
        "fast": partial(bare, fast=True),
    }
    for way in ways.values():
        way()
    own.clear()
    taken = in_turns(ways, rounds=rounds, clock=busy)
    return {**taken, "ours": own}, last[-1]


def equal(configuration: Configuration, some: Sequence[bytes]) -> tuple[bool, int]:
    """Whether findings are the same with and without the filter, and how many there are."""
    results = []
    for put_off in (True, False):
        at_hand = shelf(some)
        with queued(configuration, at_hand, put_off=put_off) as built:
            work(built, at_hand)
            results.append(found(built))
    return results[0] == results[1], results[1].total()


def _figures(kind: str, taken: dict[str, list[float]], worked: pages.Worked, count: int) -> Iterator[Figure]:
    passed = 1 - worked.outcomes["put-off"] / count
    detail = {"pages": count, "passed": round(passed, 4), "outcomes": dict(worked.outcomes)}
    detail |= {f"{way}_ms": round(1000 * sorted(s)[len(s) // 2] / count, 2) for way, s in taken.items()}
    limits = {"mix": {"default": 15.0, "fast": 8.0}, "all touch": {"fast": 0.9}}.get(kind, {})
    for mode in ("default", "fast"):
        value, each = ratios(taken[mode], taken["ours"])
        name = f"{kind}: times trafilatura, {mode} mode"
        yield Figure(bench=NAME, name=name, value=value, floor=limits.get(mode), rounds=each, detail=detail)
    yield Figure(bench=NAME, name=f"{kind}: share that passes the filter", value=passed, unit="", detail=detail)


def measure(options: Options) -> list[Figure]:
    """The mix, pages that all touch a topic, the demo's pages; and the equality of findings."""
    configuration = mix.configuration()
    warm, some, touching = mixed(options, configuration)
    demo = mix.demo_pages()
    figures: list[Figure] = []
    for kind, measured in (("mix", some), ("all touch", touching), ("demo", demo)):
        taken, worked = _rounds(configuration, measured, warm, options.rounds)
        figures += _figures(kind, taken, worked, len(measured))
    texts = mix.labelled(configuration.watch)
    templates = mix.real(options.pages)
    everything = [
        *mix.filled_all(templates, texts * options.scale),
        *mix.filled_all(demo, texts * options.scale),
        *templates,
        *demo,
    ]
    same, count = equal(configuration, everything)
    detail = {"pages": len(everything), "findings": count}
    name = f"findings equal with and without the filter, {len(everything)} pages, {count} findings"
    return [*figures, Figure(bench=NAME, name=name, value=float(same), unit="", floor=1.0, detail=detail)]
