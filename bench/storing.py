"""What storing costs: statements and processor time an article, outside of fetching, extraction and analysis.

Pages lie at hand, extracted and analysed before: what is measured is the queue, the record of the version with its
findings, stories and alerts, the entry's end, and the delivery to a file. Labelled texts by what they bring: nothing,
findings that repeat what is known, news; into a database that holds others of them already.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from bench import mix, page_path, same_thread, stock
from bench.figures import Figure, Options, busy
from pipeline.fetch.client import Fetcher
from pipeline.model.article import Article, Extracted, Response
from pipeline.model.finding import NEWS, Analysis
from pipeline.model.outcome import Done, Outcome
from pipeline.model.rules import AlertRules, Channel, Rule, When
from pipeline.model.source import Entry, Source
from pipeline.model.watch import Watch
from pipeline.service import deliver, pages, putoff
from pipeline.service.engine import Engine
from pipeline.service.guarded import analyse_one
from pipeline.service.wiring import Desk, desk
from pipeline.settings.load import Configuration
from pipeline.storage import entries
from pipeline.storage import sources as source_rows
from pipeline.storage.session import Store

NAME = "storing"
MOST = 60  # texts of a kind
LIMITS = {"nothing": 24, "known": 26, "news": 45, "a message": 4}  # statements; about half of what it was


@dataclass(slots=True)
class Shelf:
    """Texts under addresses of the outlets, read and analysed ahead."""

    texts: dict[str, Extracted] = field(default_factory=dict)
    answers: dict[str, Outcome[Analysis]] = field(default_factory=dict)

    async def get(self, url: str, **_: object) -> Response:
        """A page with nothing in it: what it says is known."""
        return Response(url=url, final_url=url, headers=(("content-type", "text/html"),))

    def read(self, _desk: Desk, response: Response, *_: object) -> Outcome[Extracted]:
        """Takes the place of extraction."""
        return Done(self.texts[response.url])


class Answered(Engine):
    """An engine that knows the answers."""

    def __init__(self, answers: Mapping[str, Outcome[Analysis]]) -> None:
        super().__init__()
        self._answers = answers

    def ask(self, article: Any, _watch: Watch) -> Future[Any]:
        """The answer, there already."""
        return same_thread.done(self._answers[article.id])


@dataclass(slots=True)
class Counted:
    """Statements and seconds while something is measured."""

    statements: int = 0
    seconds: float = 0.0

    @contextmanager
    def of(self, store: Store) -> Iterator[None]:
        """Counts what is asked of the store within the block."""

        def note(*_: object) -> None:
            self.statements += 1

        sa.event.listen(store.engine, "before_cursor_execute", note)
        started = busy()
        try:
            yield
        finally:
            self.seconds += busy() - started
            sa.event.remove(store.engine, "before_cursor_execute", note)


def shelves(configuration: Configuration) -> tuple[dict[str, list[str]], Shelf]:
    """Addresses by what their texts bring; the first of each kind are for a database that is not empty."""
    kinds: dict[str, list[str]] = {"nothing": [], "known": [], "news": []}
    shelf = Shelf()
    watch, outlets = configuration.watch, page_path.sources()
    for n, line in enumerate(mix.LABELLED.read_text(encoding="utf-8").splitlines()):
        row: dict[str, Any] = json.loads(line)
        outlet = outlets[n % len(outlets)]
        url = f"https://{outlet.id}.example/text/{n}"
        text = Extracted(title=row.get("title", ""), text=row["text"], lang=row.get("lang", ""))
        answer = analyse_one(_article(url, text, outlet), watch)
        if isinstance(answer, Done):
            shelf.texts[url], shelf.answers[url] = text, answer
            kinds[_brings(answer.value)].append(url)
    return kinds, shelf


def _article(url: str, text: Extracted, outlet: Source) -> Article:
    return Article(id=url, text=text.text, title=text.title, url=url, lang=text.lang, country=outlet.country)


def _brings(analysis: Analysis) -> str:
    if not analysis.findings:
        return "nothing"
    return "news" if any(finding.relation in NEWS for finding in analysis.findings) else "known"


@contextmanager
def at_desk(configuration: Configuration, store: Store, shelf: Shelf, folder: Path) -> Iterator[Desk]:
    """A desk over the store whose pages are those of the shelf, and which tells all news to a file."""
    log = Channel(id="log", kind="file", address=str(folder / "alerts.log"))
    rules = AlertRules(channels=(log,), rules=(Rule(id="news", channels=("log",), when=When(relations=tuple(NEWS))),))
    changed = replace(configuration, sources=page_path.sources(), data=folder, alerts=rules)
    real = putoff.read_page
    with desk(changed, store=store) as built:
        # only storing is measured: what comes before it has its answers at hand
        built.engine = Answered(shelf.answers)
        putoff.read_page = shelf.read  # type: ignore[assignment]
        try:
            yield built
        finally:
            putoff.read_page = real


def work(built: Desk, shelf: Shelf, urls: Sequence[str]) -> pages.Worked:
    """Puts the addresses into the queue and works it off."""
    new = [Entry(source=url.split("/")[2].split(".")[0], key=url, url=url, title="") for url in urls]
    with built.store.transaction() as tx:
        entries.add(tx, new, now=built.clock.now())
    return asyncio.run(pages.work(built, cast(Fetcher, shelf)))  # of a client only `get` is asked here


def _measured(kind: str, name: str, store: Store, work_off: Callable[[], pages.Worked | deliver.Delivered]) -> Figure:
    counted = Counted()
    with counted.of(store):
        done = work_off()
    count = done.taken if isinstance(done, pages.Worked) else done.sent
    milliseconds = round(1000 * counted.seconds / count, 2)
    return Figure(
        bench=NAME,
        name=f"{kind}: statements for {name}",
        value=counted.statements / count,
        unit="",
        ceiling=LIMITS[name.removeprefix("an article that brings ")],
        detail={"count": count, "processor_ms": milliseconds},
    )


def measure(_options: Options) -> list[Figure]:
    """Articles of each kind, and the delivery of what they told, on both databases."""
    configuration = mix.configuration()
    kinds, shelf = shelves(configuration)
    figures = []
    for kind, store in stock.stores(1):
        with tempfile.TemporaryDirectory() as folder, at_desk(configuration, store, shelf, Path(folder)) as built:
            with store.transaction() as tx:
                source_rows.sync(tx, page_path.sources(), now=built.clock.now())
            work(built, shelf, [url for urls in kinds.values() for url in urls[MOST : 2 * MOST]])
            deliver.deliver(built)
            for brings, urls in kinds.items():
                work_off = partial(work, built, shelf, urls[:MOST])
                figures.append(_measured(kind, f"an article that brings {brings}", store, work_off))
            figures.append(_measured(kind, "a message", store, partial(deliver.deliver, built)))
    return figures
