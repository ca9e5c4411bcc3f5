"""7. Analysis on two workers against one, this process included: throughput of labelled texts through the engine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext

from bench import analysis, mix
from bench.archive import cluster
from bench.figures import Figure, Options
from pipeline.model.article import Article
from pipeline.model.outcome import Done
from pipeline.model.watch import Watch
from pipeline.service.engine import Engine, engine
from pipeline.settings.load import Configuration

NAME = "engine"
ARTICLES = 1_200  # times --scale; some ten seconds on one worker
KINDS = ("processes", "dask")
WORKERS = (1, 2)


@contextmanager
def _opened(configuration: Configuration, kind: str, workers: int) -> Iterator[Engine]:
    """An engine of so many workers, each of which has compiled the watch."""
    with cluster(workers) if kind == "dask" else nullcontext("") as address:
        chosen = {"kind": kind, "workers": workers, "address": address}
        with engine(configuration.settings.engine.model_copy(update=chosen)) as built:
            yield built


def _seconds(built: Engine, some: Sequence[Article], watch: Watch) -> float:
    started = time.perf_counter()
    answers = built.run(some, watch)
    if not all(isinstance(answer, Done) for answer in answers):
        raise RuntimeError("an article was not read")
    return time.perf_counter() - started


def _speed_up(configuration: Configuration, kind: str, some: Sequence[Article], rounds: int) -> Figure:
    """One and two workers in turns, after a run of each that is not counted."""
    watch = configuration.watch
    taken: dict[int, list[float]] = {workers: [] for workers in WORKERS}
    with ExitStack() as stack:
        engines = {workers: stack.enter_context(_opened(configuration, kind, workers)) for workers in WORKERS}
        for built in engines.values():
            _seconds(built, some, watch)
        for _ in range(rounds):
            for workers, built in engines.items():
                taken[workers].append(_seconds(built, some, watch))
    each = tuple(one / two for one, two in zip(taken[1], taken[2], strict=True))
    detail = {f"{n}_workers_per_s": round(len(some) / statistics.median(s)) for n, s in taken.items()}
    name = f"{kind}: analysis on two workers, times one, coordinator included"
    return Figure(bench=NAME, name=name, value=statistics.median(each), floor=1.6, rounds=each, detail=detail)


def measure(options: Options) -> list[Figure]:
    """Speed-up of each kind of engine."""
    configuration = mix.configuration()
    texts = analysis.articles(configuration.watch)
    some = [texts[n % len(texts)] for n in range(ARTICLES * options.scale)]
    return [_speed_up(configuration, kind, some, options.rounds) for kind in KINDS]
