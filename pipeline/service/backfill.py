"""An archive through the engine into the store: goes on where it stopped, tells what it passed over, alerts nobody."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.articles import address, identity
from pipeline.model.article import Article, Extracted
from pipeline.model.finding import Analysis
from pipeline.model.outcome import Done, Outcome, Reason
from pipeline.model.watch import Watch
from pipeline.service import archive, log, record, timeline
from pipeline.service.archive import Item, Outlets
from pipeline.service.reader import Page, Read
from pipeline.service.wiring import Desk
from pipeline.storage import articles, jobs, revisits
from pipeline.storage.session import Transaction

FAULTS_NAMED = 50  # broken records named one by one; further ones are counted
AHEAD = 2  # batches ready for each slot of the engine


@dataclass(slots=True)
class Progress:
    """How far a backfill has come."""

    files: int = 0
    files_done: int = 0
    bytes_all: int = 0
    bytes_read: int = 0
    records: int = 0  # handled, of this run
    stored: int = 0
    findings: int = 0
    alerts: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    took_s: float = 0.0

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.took_s if self.took_s else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds until the end, None before anything can be said."""
        if not self.bytes_read or not self.took_s:
            return None
        return (self.bytes_all - self.bytes_read) * self.took_s / self.bytes_read


Told = Callable[[Progress], None]


def _silent(_progress: Progress) -> None:
    """Where nobody watches."""


@dataclass(slots=True)
class _Sent:
    """A batch on the engine."""

    items: list[Item]  # those with something to read
    last: int  # number of the last record, read or not
    at_byte: int
    answers: Future[list[Outcome[Any]]]


class Backfill:
    """One run over some files."""

    def __init__(self, desk: Desk, *, alert: bool = False, again: bool = False, told: Told = _silent) -> None:
        self._desk = desk
        self._alert = alert
        self._again = again
        self._told = told
        self._outlets = Outlets(desk.configuration.sources)
        self._began_s = desk.clock.elapsed_s()
        self.progress = Progress()

    def run(self, paths: tuple[Path, ...]) -> Progress:
        """Read the files and what is below the folders. Raises ClaimwatchError for a path that cannot be read."""
        found = archive.files(paths)
        sizes = {path: path.stat().st_size for path in found}
        self.progress.files, self.progress.bytes_all = len(found), sum(sizes.values())
        before = 0
        for path in found:
            self._file(path, before)
            before += sizes[path]
            self.progress.files_done += 1
            self._tell(before)
        return self.progress

    def _file(self, path: Path, before: int) -> None:
        name, state = _mark(path)
        start = self._start(name, state)
        if start is None:
            self.progress.outcomes["file read before"] += 1
            return
        watch, engine = self._desk.watch, self._desk.engine
        records = archive.items(path, self._outlets, page_bytes=self._desk.settings.fetch.page_size)
        under_way: deque[_Sent] = deque()
        for batch in _batches(records, self._desk.settings.engine.batch, start):
            wanted = [item for item in batch if item.content is not None]
            self._count_rest(path, batch)
            sent = engine.submit([item.content for item in wanted if item.content is not None], watch)
            under_way.append(_Sent(wanted, batch[-1].number, batch[-1].at_byte, sent))
            if len(under_way) >= AHEAD * engine.slots:
                self._handle(under_way.popleft(), watch, name, state, before)
        while under_way:
            self._handle(under_way.popleft(), watch, name, state, before)
        self._desk.write_now(
            lambda tx: jobs.mark(tx, name, {**state, "done": True, "record": -1}, now=self._desk.clock.now())
        )

    def _start(self, name: str, state: dict[str, Any]) -> int | None:
        """The record after which to go on, None for a file that was read to its end."""
        kept = self._desk.read_now(lambda tx: jobs.marked(tx, name)) or {}
        same = all(kept.get(key) == value for key, value in state.items())
        if self._again or not same:
            return 0
        return None if kept.get("done") else int(kept.get("record", 0))

    def _count_rest(self, path: Path, batch: Sequence[Item]) -> None:
        progress = self.progress
        for item in batch:
            if item.fault:
                progress.outcomes["broken"] += 1
                log.warning("record passed over", file=str(path), record=item.number, why=item.fault)
                if len(progress.faults) < FAULTS_NAMED:
                    progress.faults.append(f"{path}: record {item.number}: {item.fault}")
            elif item.content is None:
                progress.outcomes["no page"] += 1
        progress.records += sum(item.content is None for item in batch)

    def _handle(self, sent: _Sent, watch: Watch, name: str, state: dict[str, Any], before: int) -> None:
        """Store what a batch brought, and in the same transaction how far the file is done."""
        outcomes = sent.answers.result()

        def store(tx: Transaction) -> None:
            for item, outcome in zip(sent.items, outcomes, strict=True):
                self._one(tx, item, outcome, watch)
            jobs.mark(tx, name, {**state, "record": sent.last}, now=self._desk.clock.now())

        self._desk.write_now(store)
        self.progress.records += len(sent.items)
        self._tell(before + sent.at_byte)

    def _one(self, tx: Transaction, item: Item, outcome: Outcome[Any], watch: Watch) -> None:
        counted = self.progress.outcomes
        if not isinstance(outcome, Done):
            counted[str(outcome.reason)] += 1
            return
        assert item.content is not None
        page, analysis = _as_read(item.content, outcome.value)
        if not analysis.topics and not analysis.findings:
            counted[Reason.NO_TOPIC] += 1
            return
        seen = self._seen(item, page)
        if articles.find(tx, [seen.url]) is not None:
            counted[Reason.KNOWN] += 1
            return
        stored = record.store(self._desk, tx, seen, analysis, watch)
        now = self._desk.clock.now()
        revisits.checked(tx, stored.article_id, now=now, revisit_at=None)  # an archive is not visited again
        counted["stored"] += 1
        self.progress.stored += stored.new
        self.progress.findings += stored.findings
        self.progress.alerts += stored.alerts if self._alert else 0

    def _seen(self, item: Item, page: Extracted) -> record.Seen:
        content = item.content
        assert content is not None
        now = self._desk.clock.now()
        trusted = address.trusted(content.url, page.canonical) if content.url else page.canonical
        url = address.canonical(trusted or content.url) or f"archive:{content.id}"
        source = self._outlets.of(url, content.source)
        at = now if self._alert else min(item.at or page.published or now, now)
        return record.Seen(
            url=url,
            page=page,
            fingerprint=identity.fingerprint(page.title, page.text),
            source=source,
            fetched_at=at,
            backlog=not self._alert,
        )

    def _tell(self, bytes_read: int) -> None:
        self.progress.bytes_read = bytes_read
        self.progress.took_s = self._desk.clock.elapsed_s() - self._began_s
        self._told(self.progress)


def _as_read(content: Article | Page, value: Analysis | Read) -> tuple[Extracted, Analysis]:
    if isinstance(value, Read):
        published = value.extracted.published or (content.published if isinstance(content, Page) else None)
        return replace(value.extracted, published=published), value.analysis
    assert isinstance(content, Article)
    page = Extracted(
        title=content.title,
        text=content.text,
        author=content.author,
        published=content.published,
        site=content.site,
        lang=content.lang,
        origin="archive",
    )
    return page, value


def _batches(records: Iterator[Item], size: int, start: int) -> Iterator[list[Item]]:
    """Records after `start`, so many at a time; those before it are read and let go."""
    fresh = (item for item in records if item.number > start)
    return iter(partial(_next, fresh, size), [])


def _next(records: Iterator[Item], size: int) -> list[Item]:
    return list(islice(records, size))


def _mark(path: Path) -> tuple[str, dict[str, Any]]:
    """Under which name a file's progress is kept, and what must be the same for it to count."""
    resolved = path.resolve()
    status = resolved.stat()
    name = f"backfill:{hashlib.sha256(str(resolved).encode()).hexdigest()[:24]}"
    return name, {"path": str(resolved), "size": status.st_size, "changed": status.st_mtime_ns}


def summary(desk: Desk, *, since: datetime | None = None) -> tuple[timeline.ClaimLine, ...]:
    """What the store now holds of every claim: first and last value, and what was said month by month."""
    return timeline.of_claims(desk, since=since)
