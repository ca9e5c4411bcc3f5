"""Where analysis runs: here, in processes, or on a cluster; the answer is the same."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from pipeline.analyse import analyse
from pipeline.model.article import Article
from pipeline.model.finding import Analysis
from pipeline.model.outcome import Done, Failed, Outcome, Reason
from pipeline.model.watch import Watch

WATCHES_KEPT_COUNT = 2  # per worker process: the one in force and the one before a reload
_watches: dict[str, Watch] = {}  # of a worker process: what has travelled to it


class WatchMissing(Exception):
    """A worker process has not seen this version of the watch yet."""


def analyse_one(article: Article, watch: Watch) -> Outcome[Analysis]:
    """Analyse one article; an error of the reader stays with its article.

    Failed(analysis-error) carries the type and message, and is worth no second try: the reader is deterministic.
    """
    try:
        return Done(analyse(article, watch))
    except Exception as error:  # noqa: BLE001 - one poisoned article must not stop the others; stored with its type
        return Failed(Reason.ANALYSIS_ERROR, f"{type(error).__name__}: {error}", retry=False)


def _work(version: str, packed: bytes | None, articles: Sequence[Article]) -> list[Outcome[Analysis]]:
    """In a worker: analyse a batch with the watch of that version, which travels once a process."""
    if packed is not None and version not in _watches:
        while len(_watches) >= WATCHES_KEPT_COUNT:
            _watches.pop(next(iter(_watches)))
        _watches[version] = pickle.loads(packed)  # noqa: S301 - packed by our own coordinator, over its own pool or TLS
    if version not in _watches:
        raise WatchMissing(version)
    return [analyse_one(article, _watches[version]) for article in articles]


class Engine:
    """Runs batches of articles through `analyse`; thread-safe to call from one coordinator."""

    def __init__(self, executor: Executor | None = None) -> None:
        self._executor = executor
        self._packed: tuple[str, bytes] = ("", b"")

    def submit(self, articles: Sequence[Article], watch: Watch) -> Callable[[], list[Outcome[Analysis]]]:
        """Start a batch; the call that comes back waits for its answers, in order."""
        if self._executor is None:
            return lambda: [analyse_one(article, watch) for article in articles]
        executor = self._executor
        future: Future[list[Outcome[Analysis]]] = executor.submit(_work, watch.version, None, tuple(articles))

        def wait() -> list[Outcome[Analysis]]:
            try:
                return future.result()
            except WatchMissing:
                return executor.submit(_work, watch.version, self._pack(watch), tuple(articles)).result()

        return wait

    def run(self, articles: Sequence[Article], watch: Watch) -> list[Outcome[Analysis]]:
        """Analyse a batch and wait: one outcome an article, in order."""
        return self.submit(articles, watch)()

    def _pack(self, watch: Watch) -> bytes:
        if self._packed[0] != watch.version:
            self._packed = (watch.version, pickle.dumps(watch, protocol=pickle.HIGHEST_PROTOCOL))
        return self._packed[1]


@contextmanager
def engine(kind: str = "inline", workers: int = 1) -> Iterator[Engine]:
    """The engine of the settings: `inline` in this process, `processes` in so many others."""
    if kind == "inline":
        yield Engine()
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield Engine(pool)
