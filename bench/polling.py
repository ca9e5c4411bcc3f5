"""3. Polling: many sources through the service with its store, against the bare client; memory over many cycles."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench import feeds, mix
from bench.figures import Figure, Options
from bench.start import resident
from pipeline.cli.main import GARBAGE_AFTER
from pipeline.model.rules import AlertRules, Channel, Rule, When
from pipeline.model.source import Source
from pipeline.service import poll
from pipeline.service.guarded import WARM_UP
from pipeline.service.wiring import Desk, desk, fetcher, with_sources
from pipeline.settings.load import Configuration
from pipeline.storage import sources as source_rows

NAME = "polling"
SOURCES = 500  # times --scale; 10 is the 5,000 of the floor
ITEMS = 30
HOSTS = 8  # of loopback, so that the limit of requests at once to one host, which is kept, limits nothing here
ATOM_SHARE = 5  # of the sources: one in so many is asked for as Atom, too
MEMORY_SOURCES = 500
CYCLES = 50
WARM = 10  # cycles after which pools and caches are filled
MB = 1e6


@dataclass
class Timed:
    """How long something took, and how much of it this process and its children worked."""

    wall_s: float = 0.0
    processor_s: float = 0.0


@contextlib.contextmanager
def timed() -> Iterator[Timed]:
    """Fills what it gives at the end of the block."""
    took, wall_s, processor_s = Timed(), time.perf_counter(), _worked_s()
    yield took
    took.wall_s, took.processor_s = time.perf_counter() - wall_s, _worked_s() - processor_s


def _worked_s() -> float:
    """Processor time of this process and of the children that it has now; the server is left out."""
    apart = (process.pid for process in multiprocessing.active_children())
    children = _children() - set(apart)
    return time.process_time() + sum(_of(child) for child in children)


def _children() -> set[int]:
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread may end meanwhile
            found.update(int(child) for child in (task / "children").read_text().split())
    return found


def _of(process: int) -> float:
    """User and system time of a process, in seconds (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def opened(
    configuration: Configuration, sources: tuple[Source, ...], *, guarded: bool = True, **fetch: object
) -> Iterator[Desk]:
    """A desk over a new database with an outbox that fills; with a child that reads, as `claimwatch run` has it."""
    with tempfile.TemporaryDirectory() as folder:
        changed = with_sources(configuration, sources, **fetch)
        database = changed.settings.database.model_copy(update={"url": f"sqlite:///{folder}/bench.db"})
        alerts = AlertRules(
            channels=(Channel(id="log", kind="file", address=f"{folder}/alerts.log"),),
            rules=(Rule(id="news", channels=("log",), when=When(relations=("denies", "changes", "adds"))),),
        )
        settings = changed.settings.model_copy(update={"database": database})
        changed = replace(changed, settings=settings, alerts=alerts, data=Path(folder))
        with desk(changed, upgrade=True, guarded=guarded) as built:
            yield built


def sources_of(port: int, count: int, kind: str = "") -> tuple[tuple[Source, ...], dict[str, Any]]:
    """So many sources of the server, and how to fetch them."""
    endpoints = tuple(f"127.0.0.{1 + n}:{port}" for n in range(HOSTS))
    known = tuple(Source(id=f"s{n}", url=f"http://{endpoints[n % HOSTS]}/{kind}{n}") for n in range(count))
    options = {"allow_private": endpoints, "host_delay": timedelta(), "per_host": 16, "concurrency": feeds.AT_ONCE}
    return known, options


def make_due(built: Desk, known: tuple[Source, ...], *, forget: tuple[Source, ...] = ()) -> None:
    """Make every source due; what was remembered of the answers of some is forgotten, so that they are read again."""
    now = built.clock.now()
    with built.store.transaction() as tx:
        source_rows.sync(tx, known, now=now)
        states = source_rows.load_all(tx)
        forgotten = {source.id for source in forget}
        blank = [(state, replace(state, etag="", last_modified="", body_hash="")) for state in states.values()]
        changed = [(was, replace(state if was.source in forgotten else was, next_poll_at=now)) for was, state in blank]
        source_rows.save_polled(tx, changed, now=now)


def _both(configuration: Configuration, port: int, count: int, kind: str) -> dict[str, tuple[Timed, Timed]]:
    """A full poll with its store: every entry new, then unchanged (304). Right after each the bare client."""
    known, options = sources_of(port, count, kind)
    took: dict[str, tuple[Timed, Timed]] = {}
    with opened(configuration, known, **options) as built:
        built.engine.run([WARM_UP], built.watch)  # the child that a running service has: a feed is read there, too

        async def once() -> poll.Polled:
            async with fetcher(built.settings) as client:
                return await poll.poll(built, client)

        for state in ("changed", "unchanged"):
            make_due(built, known)
            with timed() as ours:
                polled = asyncio.run(once())
            if (polled.asked, polled.answered) != (count, count):
                raise RuntimeError(f"{polled.answered} of {count} sources answered: {dict(polled.reasons)}")
            with timed() as bare:
                asyncio.run(feeds.bare(f"http://127.0.0.1:{port}", count, changed=state == "changed", kind=kind))
            took[state] = (ours, bare)
    return took


def _polls(port: int, options: Options) -> list[Figure]:
    """Both ways in turns; Atom apart and fewer."""
    configuration = mix.configuration()
    count = SOURCES * options.scale
    rounds: dict[tuple[str, str, int], list[tuple[Timed, Timed]]] = {
        ("changed", "", count): [],
        ("unchanged", "", count): [],
        ("changed", feeds.ATOM, count // ATOM_SHARE): [],
    }
    kinds = dict.fromkeys((kind, many) for _, kind, many in rounds)
    for _ in range(options.rounds):
        both = {(kind, many): _both(configuration, port, many, kind) for kind, many in kinds}
        for (state, kind, many), seen in rounds.items():
            seen.append(both[kind, many][state])
    return [_compared(state, kind, many, seen) for (state, kind, many), seen in rounds.items()]


def _compared(state: str, kind: str, count: int, seen: list[tuple[Timed, Timed]]) -> Figure:
    ratios = [bare.wall_s / ours.wall_s for ours, bare in seen]
    detail = {
        "service_per_s": round(count / statistics.median(ours.wall_s for ours, _ in seen)),
        "bare_per_s": round(count / statistics.median(bare.wall_s for _, bare in seen)),
        "by_processor_time": round(statistics.median(bare.processor_s / ours.processor_s for ours, bare in seen), 2),
    }
    return Figure(
        bench=NAME,
        name=f"{count:,} sources{' of Atom' if kind else ''}, {state}: times the bare client",
        value=statistics.median(ratios),
        floor=None if kind else 0.8,
        rounds=tuple(ratios),
        detail=detail,
    )


def _cycles(port: int, pipe: Connection) -> None:
    """Poll again and again, half of the feeds read anew each time, and tell the memory after each."""
    known, options = sources_of(port, MEMORY_SOURCES)
    with opened(mix.configuration(), known, **options) as built:

        async def run() -> list[float]:
            sizes = []
            async with fetcher(built.settings) as client:
                for cycle in range(CYCLES):
                    make_due(built, known, forget=known[cycle % 2 :: 2])
                    await poll.poll(built, client)
                    gc.collect()
                    sizes.append(resident(os.getpid()))
            return sizes

        pipe.send(asyncio.run(run()))


def _memory(port: int) -> Figure:
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_cycles, args=(port, there))
    process.start()
    sizes: list[float] = here.recv()
    process.join()
    early, late = statistics.median(sizes[WARM : 2 * WARM]), statistics.median(sizes[-WARM:])
    detail = {"sources": MEMORY_SOURCES, "early_mb": round(early / MB, 1), "late_mb": round(late / MB, 1)}
    name = f"memory after {CYCLES} cycles, times that after {2 * WARM}"
    return Figure(bench=NAME, name=name, value=late / early, ceiling=1.05, detail=detail)


def measure(options: Options) -> list[Figure]:
    """Rates against the bare client, then memory. Garbage is collected as the program has it, for both ways."""
    gc.set_threshold(GARBAGE_AFTER, 20, 20)
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    server = spawn.Process(target=feeds.serve, args=(there, ITEMS), daemon=True)
    server.start()
    port = here.recv()
    figures = [*_polls(port, options), _memory(port)]
    here.send("stop")
    server.join()
    return figures
