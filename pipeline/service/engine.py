"""Where analysis runs: in this process, in processes of this machine, or on a cluster. The answer is the same.

Articles come one by one from many places; those that wait while every slot is busy travel together in one batch, so
the cost of handing work over does not show. What is handed out is bounded; the rest waits with its caller, and the
database keeps the queue.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, overload

from pipeline.errors import ConfigError
from pipeline.model.article import Article
from pipeline.model.finding import Analysis
from pipeline.model.outcome import Outcome
from pipeline.model.source import FeedDocument
from pipeline.model.watch import Watch
from pipeline.service.guard import Guard, pack
from pipeline.service.guarded import Limits, analyse_one, bundle, unbundle, weight
from pipeline.settings.settings import Engine as EngineSettings

if TYPE_CHECKING:
    from pipeline.service.feedreader import Feed
    from pipeline.service.guarded import Item

Answers = list[Outcome[Any]]  # an Analysis for an article, a Read for a page, a FeedDocument for a feed
SLOTS_PER_WORKER = 2  # one in work, one ready
# A task of Dask costs its coordinator, scheduler and worker some 5 ms besides analysis, whatever is in it.
LARGER_ON_DASK = 4  # times
SHARE = 4  # a batch beyond the ordinary takes this part of what waits: the last ones are small, and end at one time
WEIGHT = 500_000  # characters or bytes: a batch ends with what brings it there, which is some seconds of work


class Backend(Protocol):
    """A place to run a batch. Called from several threads at once, each call waits for its answers."""

    def run(self, watch: Watch, articles: Sequence[Item]) -> Answers:
        """One outcome an article, in order."""

    def close(self) -> None:
        """Let go of processes and connections."""


class Here:
    """This process, without limits: for the command line, where a person waits and can stop it."""

    def run(self, watch: Watch, articles: Sequence[Item]) -> Answers:
        """See Backend."""
        return [analyse_one(article, watch) for article in articles]

    def close(self) -> None:
        """See Backend."""


class Processes:
    """Guarded children of this process: one for each call at a time, up to `workers`."""

    def __init__(self, workers: int, limits: Limits) -> None:
        self._guards = [Guard(limits) for _ in range(workers)]
        self._free: queue.LifoQueue[Guard] = queue.LifoQueue()  # the warm one first
        for guard in reversed(self._guards):
            self._free.put(guard)
        self._packed: tuple[str, bytes] = ("", b"")

    def run(self, watch: Watch, articles: Sequence[Item]) -> Answers:
        """See Backend."""
        version, packed = self._packed
        if version != watch.version:
            version, packed = self._packed = (watch.version, pack(watch))
        guard = self._free.get()
        try:
            return unbundle(guard.run(version, packed, bundle(articles), len(articles)))
        finally:
            self._free.put(guard)

    def close(self) -> None:
        """See Backend."""
        for guard in self._guards:
            guard.end()


@dataclass(slots=True)
class _Asked:
    """One article on its way."""

    article: Article | Feed
    watch: Watch
    answer: Future[Outcome[Any]] = field(default_factory=Future)


class Engine:
    """Runs articles through `analyse`, and what else is read under limits. To be called from any thread."""

    def __init__(
        self, backend: Backend | None = None, *, slots: int = 1, batch: int = 16, largest: int | None = None
    ) -> None:
        """Batches of `batch` articles, of up to `largest` while many wait."""
        self._backend = backend or Here()
        self._batch = batch
        self._largest = max(batch, largest or batch)
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="engine")
        self._slots = threading.BoundedSemaphore(slots)
        self._waiting: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._dispatcher: threading.Thread | None = None
        self._lock = threading.Lock()
        self.slots = slots

    @property
    def apart(self) -> bool:
        """Whether it has children of this process: what should not hold up this process, or end it, is read there."""
        return isinstance(self._backend, Processes)

    @overload
    def ask(self, article: Article, watch: Watch) -> Future[Outcome[Analysis]]: ...

    @overload
    def ask(self, article: Feed, watch: Watch) -> Future[Outcome[FeedDocument]]: ...

    def ask(self, article: Article | Feed, watch: Watch) -> Future[Outcome[Any]]:
        """Begin with one article or feed; it travels with others that wait."""
        with self._lock:
            if self._dispatcher is None:
                self._dispatcher = threading.Thread(target=self._dispatch, name="engine", daemon=True)
                self._dispatcher.start()
        asked = _Asked(article, watch)
        self._waiting.put(asked)
        return asked.answer

    def submit(self, articles: Sequence[Item], watch: Watch) -> Future[Answers]:
        """Begin with a batch as it is. Bounding how many are under way is up to the caller."""
        return self._pool.submit(self._backend.run, watch, tuple(articles))

    def run(self, articles: Sequence[Article], watch: Watch) -> Answers:
        """Analyse a batch and wait: one outcome an article, in order."""
        if isinstance(self._backend, Here):
            return self._backend.run(watch, articles)
        return [future.result() for future in [self.ask(article, watch) for article in articles]]

    def _dispatch(self) -> None:
        """Hand over what waits whenever a slot is free."""
        first: _Asked | None = None
        while True:
            self._slots.acquire()
            first = first or self._waiting.get()
            if first is None:
                self._slots.release()
                return
            batch, first = self._gathered(first)
            self._pool.submit(self._answer, batch)

    def _gathered(self, first: _Asked) -> tuple[list[_Asked], _Asked | None]:
        """What waits and wants the same watch, up to a batch, and the one that wants another."""
        batch = [first]
        most = min(max(self._batch, self._waiting.qsize() // SHARE), self._largest)
        size = weight(first.article)
        while len(batch) < most and size < WEIGHT:
            try:
                asked = self._waiting.get_nowait()
            except queue.Empty:
                break
            if asked is None:
                self._waiting.put(None)
                break
            if asked.watch.version != first.watch.version:
                return batch, asked
            batch.append(asked)
            size += weight(asked.article)
        return batch, None

    def _answer(self, batch: list[_Asked]) -> None:
        try:
            wanted = [asked for asked in batch if asked.answer.set_running_or_notify_cancel()]
            if wanted:
                answers = self._backend.run(wanted[0].watch, [asked.article for asked in wanted])
                for asked, answer in zip(wanted, answers, strict=True):
                    asked.answer.set_result(answer)
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
            for asked in batch:
                if asked.answer.running():
                    asked.answer.set_exception(error)
        finally:
            self._slots.release()

    def close(self) -> None:
        """Take nothing more; what is under way is cut off."""
        self._waiting.put(None)
        self._backend.close()
        self._pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def engine(settings: EngineSettings | None = None, *, guarded: bool = False) -> Iterator[Engine]:
    """The engine of the settings. With `guarded` an inline one gets a child of its own, so that limits hold.

    Raises ConfigError for a cluster whose library is not installed.
    """
    settings = settings or EngineSettings()
    built = _built(settings, guarded=guarded)
    try:
        yield built
    finally:
        built.close()


def _built(settings: EngineSettings, *, guarded: bool) -> Engine:
    limits = Limits(time=settings.article_timeout, memory_bytes=settings.article_memory)
    if settings.kind == "dask":
        try:
            from pipeline.service.cluster import Cluster
        except ModuleNotFoundError as error:
            raise ConfigError(
                "the library for clusters is not installed",
                thing="engine: dask",
                hint="pip install 'claimwatch[cluster]'",
            ) from error
        largest = LARGER_ON_DASK * settings.batch
        return Engine(Cluster(settings, limits), slots=settings.in_flight, batch=settings.batch, largest=largest)
    if settings.kind == "inline" and not guarded:
        return Engine(batch=settings.batch)
    workers = settings.workers if settings.kind == "processes" else 1
    return Engine(Processes(workers, limits), slots=workers * SLOTS_PER_WORKER, batch=settings.batch)
